// Anomalies detected, by type (as written by the detector: drop, spike, pattern_shift) and skill.
/*kpi
name  = "anomalies_detected_total"
type  = "counter"
mode  = "window"
every = "1m"

[[panel]]
title      = "Anomaly Detection"
kind       = "stat"
expr       = 'sum(increase(anomalies_detected_total[5m]))'
thresholds = [{ from = 0, color = "green" }, { from = 1, color = "yellow" }, { from = 5, color = "red" }]

[[panel]]
title = "Anomaly Detection Rate"
kind  = "timeseries"
unit  = "opm"
expr  = 'sum by (anomaly_type, skill_name) (rate(anomalies_detected_total[5m])) * 60'

[[panel]]
title = "Anomaly Timeline"
kind  = "timeseries"
expr  = 'sum by (anomaly_type) (increase(anomalies_detected_total[5m]))'

[[panel]]
title = "Skills with Most Anomalies"
kind  = "table"
expr  = 'topk(10, sum by (skill_name) (anomalies_detected_total))'

# A difference of sums instead of `increase`: most anomalies are the first of their type and skill, and `increase` does not see
# the first value of a series. The first run counts the whole past, so the alert starts only when the KPI has been up to date for
# five minutes.
[[alert]]
name        = "SessionBuddyHighAnomalyRate"
expr        = '''
sum(anomalies_detected_total) - (sum(anomalies_detected_total offset 5m) or vector(0)) > 5
and on () max(cypher_exporter_kpi_window_lag_seconds{kpi="session_buddy/anomalies_detected_total"} offset 5m) < 60
'''
for         = "2m"
severity    = "warning"
summary     = "{{ $value }} anomalies were detected in 5 minutes"
description = "The labels anomaly_type and skill_name of anomalies_detected_total show what is unusual. Check recent changes to these skills."
*/
MATCH (a:Anomaly)
WHERE a.system = 'session_buddy' AND a.timestamp > $since AND a.timestamp <= $until
RETURN coalesce(a.type, 'unknown') AS anomaly_type, coalesce(a.target, 'unknown') AS skill_name, count(*) AS value
