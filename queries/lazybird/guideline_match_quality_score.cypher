// Quality of guideline matches (0 to 1).
/*kpi
type    = "histogram"
mode    = "window"
buckets = [0.1, 0.3, 0.5, 0.7, 0.9]
*/
// Matches above 0.9 are in the +Inf bucket, so quantiles never exceed 0.9.
MATCH (s:Step)
WHERE s.system = 'lazybird' AND s.kind = 'guideline_match' AND s.score IS NOT NULL
  AND s.timestamp > $since AND s.timestamp <= $until
RETURN s.score AS value
