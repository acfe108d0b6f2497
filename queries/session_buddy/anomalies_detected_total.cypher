// Anomalies detected, by type (drop, spike, pattern_shift, as the detector wrote it) and skill.
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

# The difference of sums and not `increase`: most anomalies are the first of their kind and skill, and `increase` does
# not see the first value of a series. What the first run of all counts is the whole past: it is left out until the KPI had
# caught up five minutes before.
[[alert]]
name     = "SessionBuddyHighAnomalyRate"
expr     = '''
sum(anomalies_detected_total) - (sum(anomalies_detected_total offset 5m) or vector(0)) > 5
and on () max(cypher_exporter_kpi_window_lag_seconds{kpi="session_buddy/anomalies_detected_total"} offset 5m) < 60
'''
for      = "2m"
severity = "warning"
summary  = "{{ $value }} anomalies were detected in 5 minutes"
*/
MATCH (a:Anomaly)
WHERE a.system = 'session_buddy' AND a.timestamp > $since AND a.timestamp <= $until
RETURN coalesce(a.type, 'unknown') AS anomaly_type, coalesce(a.target, 'unknown') AS skill_name, count(*) AS value
