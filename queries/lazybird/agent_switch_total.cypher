// Agent switches during a task.
/*kpi
type = "counter"
mode = "window"

[panel]
title = "Agent Switches per Hour"
kind  = "timeseries"
expr  = 'sum by (from_agent, to_agent) (increase(lazybird_agent_switch_total[1h]))'

[[alert]]
name        = "LazybirdSwitchesOften"
expr        = 'sum(rate(lazybird_agent_switch_total[30m])) > 0.5'
for         = "15m"
severity    = "info"
summary     = 'Tasks switch agents {{ $value | printf "%.1f" }} times per second'
description = "The labels from_agent and to_agent of lazybird_agent_switch_total show which agent is replaced. Check its errors and its quality score."
*/
MATCH (w:AgentSwitch)
WHERE w.system = 'lazybird' AND w.timestamp > $since AND w.timestamp <= $until
RETURN coalesce(w.from_agent, 'unknown') AS from_agent, coalesce(w.to_agent, 'unknown') AS to_agent, count(*) AS value
