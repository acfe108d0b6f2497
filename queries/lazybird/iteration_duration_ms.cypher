// Duration of an iteration, in milliseconds.
/*kpi
type    = "histogram"
unit    = "ms"
mode    = "window"
buckets = [500, 1000, 2000, 5000]

[panel]
title = "Average Iteration Duration"
kind  = "timeseries"
unit  = "ms"
expr  = 'sum(rate(lazybird_iteration_duration_ms_sum[30m])) / sum(rate(lazybird_iteration_duration_ms_count[30m]))'
*/
// The target for an iteration is 9 s and the last bucket is 5 s, so most are in the +Inf bucket and quantiles never exceed 5 s.
// The panel therefore shows the mean (sum / count).
MATCH (s:Step)
WHERE s.system = 'lazybird' AND s.kind = 'iteration' AND s.duration_ms IS NOT NULL
  AND s.timestamp > $since AND s.timestamp <= $until
RETURN s.duration_ms AS value
