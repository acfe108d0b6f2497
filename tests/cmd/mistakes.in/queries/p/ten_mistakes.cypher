/*kpi
nmae = "x"
unit = "seconds"
every = 5
cron = "0 2 * *"
on_error = "zero"
max_series = 0
expect = { group = ["x", "x"] }

[[alert]]
when = "0.6"
*/
MATCH (n {a: $x})
RETURN n.g AS group, n.x AS `n x`, count(n) AS vale
