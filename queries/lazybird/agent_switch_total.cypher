// Mid-task agent switches.
/*kpi
type = "counter"
mode = "window"

[panel]
title = "Agent Switches per Hour"
kind  = "timeseries"
expr  = 'sum by (from_agent, to_agent) (increase(lazybird_agent_switch_total[1h]))'

[[alert]]
name     = "LazybirdSwitchesOften"
expr     = 'sum(rate(lazybird_agent_switch_total[30m])) > 0.5'
for      = "15m"
severity = "info"
summary  = 'Tasks change their agent {{ $value | printf "%.1f" }} times a second'
*/
MATCH (w:AgentSwitch)
WHERE w.system = 'lazybird' AND w.timestamp > $since AND w.timestamp <= $until
RETURN coalesce(w.from_agent, 'unknown') AS from_agent, coalesce(w.to_agent, 'unknown') AS to_agent, count(*) AS value
