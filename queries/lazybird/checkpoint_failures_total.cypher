// Failed checkpoint gates, by checkpoint.
/*kpi
type   = "counter"
mode   = "window"
expect = { checkpoint = ["1", "2", "3"] }

[panel]
title = "Checkpoint Failures per Hour"
kind  = "timeseries"
expr  = 'sum by (checkpoint) (increase(lazybird_checkpoint_failures_total[1h]))'
*/
MATCH (s:Step)
WHERE s.system = 'lazybird' AND s.kind = 'checkpoint' AND toLower(s.status) = 'fail'
  AND s.timestamp > $since AND s.timestamp <= $until
RETURN coalesce(toString(toInteger(s.ordinal)), 'unknown') AS checkpoint, count(*) AS value
