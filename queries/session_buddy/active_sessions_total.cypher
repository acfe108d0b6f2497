// Sessions that have started and not yet ended: a gauge in spite of its name.
/*kpi
name  = "active_sessions_total"
every = "1m"

[[panel]]
title      = "Active Sessions"
kind       = "stat"
thresholds = [{ from = 0, color = "green" }, { from = 100, color = "red" }]

[[panel]]
title = "Alert Rules Summary"
kind  = "stat"
expr  = 'sum by (alertstate) (ALERTS{alertname=~"SessionBuddy.*"}) or on () vector(0)'

[[alert]]
name     = "SessionBuddyActiveSessionsZero"
when     = "== 0"
for      = "10m"
severity = "info"
summary  = "No session is active"
*/
MATCH (s:Session)
WHERE s.system = 'session_buddy' AND s.started_at IS NOT NULL AND s.ended_at IS NULL
RETURN count(s) AS value
