// CCR tokens used, by provider and direction (input, output).
/*kpi
name  = "ccr_tokens_total"
type  = "counter"
mode  = "window"
every = "1m"

[panel]
title = "CCR Token Usage by Provider"
kind  = "timeseries"
expr  = 'sum by (provider, direction) (increase(ccr_tokens_total[5m]))'
*/
MATCH (c:Call)
WHERE c.system = 'agentos' AND c.kind = 'ccr' AND c.timestamp > $since AND c.timestamp <= $until
UNWIND ['input', 'output'] AS direction
WITH c, direction, CASE WHEN direction = 'input' THEN c.tokens_in ELSE c.tokens_out END AS tokens
RETURN coalesce(c.target, 'unknown') AS provider, direction, sum(CASE WHEN tokens >= 0 THEN tokens END) AS value
