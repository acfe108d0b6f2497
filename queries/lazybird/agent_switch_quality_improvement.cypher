// Quality improvement from switching the agent; negative where quality fell.
/*kpi
type    = "histogram"
mode    = "window"
buckets = [-10, -5, 0, 5, 10, 15, 20]

[panel]
title = "Quality Improvement from Switching"
kind  = "heatmap"
expr  = 'sum by (le) (increase(lazybird_agent_switch_quality_improvement_bucket[1d]))'
*/
// Improvements may be negative, so there is no sum, which could fall, and no mean. Those beyond -10 and 20 are in the first
// bucket and in +Inf: no quantile can show more.
MATCH (w:AgentSwitch)
WHERE w.system = 'lazybird' AND w.quality_delta IS NOT NULL AND w.timestamp > $since AND w.timestamp <= $until
RETURN w.quality_delta AS value
