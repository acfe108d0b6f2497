// Quality evaluations: latency, speedup and errors found.
/*kpi
mode = "window"

[[metric]]
name    = "lazybird_evaluation_latency_ms"
help    = "Quality evaluation latency, in milliseconds."
type    = "histogram"
value   = "duration_ms"
buckets = [500, 1000, 2000, 5000, 10000]

[[metric]]
name    = "lazybird_parallel_eval_speedup"
help    = "Speedup from parallel evaluation: serial time divided by elapsed time."
type    = "histogram"
value   = "speedup"
buckets = [1.0, 1.2, 1.4, 1.6, 1.8, 2.0]

[[metric]]
name  = "lazybird_type_errors_total"
help  = "Type checking errors found by evaluations."
type  = "counter"
value = "type_errors"

[[metric]]
name  = "lazybird_test_failures_total"
help  = "Test failures found by evaluations."
type  = "counter"
value = "test_failures"
*/
// Evaluations that take longer than 10 s, and speedups above 2, are in the +Inf bucket, so quantiles never exceed these; the mean
// (sum / count) has no such limit.
MATCH (s:Step)
WHERE s.system = 'lazybird' AND s.kind = 'evaluation' AND s.timestamp > $since AND s.timestamp <= $until
WITH s.duration_ms AS duration_ms,
     CASE WHEN s.duration_ms > 0 THEN 1.0 * s.serial_ms / s.duration_ms END AS speedup,
     CASE WHEN s.type_errors >= 0 THEN s.type_errors END AS type_errors,
     CASE WHEN s.test_failures >= 0 THEN s.test_failures END AS test_failures
WHERE coalesce(duration_ms, type_errors, test_failures) IS NOT NULL
RETURN duration_ms, speedup, type_errors, test_failures
