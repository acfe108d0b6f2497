// Duration of single iterations, in milliseconds.
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
// An iteration is to take 9 s, and the last bucket is 5 s: those are all in +Inf, and no quantile can show more than 5 s. So the
// panel shows the mean, sum by count.
MATCH (s:Step)
WHERE s.system = 'lazybird' AND s.kind = 'iteration' AND s.duration_ms IS NOT NULL
  AND s.timestamp > $since AND s.timestamp <= $until
RETURN s.duration_ms AS value
