// Security vulnerabilities detected by evaluations, by severity.
/*kpi
type   = "counter"
mode   = "window"
expect = { severity = ["critical", "high", "medium", "low"] }

[panel]
title = "Security Vulnerabilities per Day"
kind  = "timeseries"
expr  = 'sum by (severity) (increase(lazybird_security_vulnerabilities_total[1d]))'
*/
MATCH (s:Step)
WHERE s.system = 'lazybird' AND s.kind = 'evaluation' AND s.timestamp > $since AND s.timestamp <= $until
UNWIND [['critical', s.vuln_critical], ['high', s.vuln_high], ['medium', s.vuln_medium], ['low', s.vuln_low]] AS found
RETURN found[0] AS severity, sum(CASE WHEN found[1] >= 0 THEN found[1] END) AS value
