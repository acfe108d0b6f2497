// A2A response size in bytes, by agent; requests without a response are left out.
/*kpi
name    = "a2a_response_size_bytes"
type    = "histogram"
mode    = "window"
every   = "1m"
buckets = [100, 500, 1000, 5000, 10000, 50000, 100000]
*/
// The protocol allows 10 MB. Responses larger than 100 kB are in the +Inf bucket, so quantiles never exceed 100 kB.
MATCH (c:Call)
WHERE c.system = 'agentos' AND c.kind = 'a2a' AND c.response_bytes IS NOT NULL
  AND c.timestamp > $since AND c.timestamp <= $until
RETURN coalesce(c.target, 'unknown') AS agent, c.response_bytes AS value
