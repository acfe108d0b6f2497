// Sessions that have started and not ended; a gauge despite its name.
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
name        = "SessionBuddyActiveSessionsZero"
when        = "== 0"
for         = "10m"
severity    = "info"
summary     = "No session is active"
description = "Expected while no one is working. At other times check that session tracking is running."
*/
MATCH (s:Session)
WHERE s.system = 'session_buddy' AND s.started_at IS NOT NULL AND s.ended_at IS NULL
RETURN count(s) AS value
