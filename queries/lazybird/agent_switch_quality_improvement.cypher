// Change of the quality score after an agent switch; negative if the quality fell.
/*kpi
type    = "histogram"
mode    = "window"
buckets = [-10, -5, 0, 5, 10, 15, 20]

[panel]
title = "Quality Improvement from Switching"
kind  = "heatmap"
expr  = 'sum by (le) (increase(lazybird_agent_switch_quality_improvement_bucket[1d]))'
*/
// Changes can be negative, so the histogram has no sum, which could fall, and no mean. Changes below -10 are in the first bucket and
// those above 20 in the +Inf bucket, so quantiles never leave that range.
MATCH (w:AgentSwitch)
WHERE w.system = 'lazybird' AND w.quality_delta IS NOT NULL AND w.timestamp > $since AND w.timestamp <= $until
RETURN w.quality_delta AS value
