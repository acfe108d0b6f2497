//! Files that do not load: one row for each rule, with the message, the text under the caret and the fix.

use super::*;
use crate::diagnostic::Problem;

const PATH: &str = "queries/p/m.cypher";

fn problems(text: &str) -> Vec<Problem> {
    load_all(&[(PATH, text)], &[]).problems
}

/// A text and the message, the text under the caret and the fix of its only problem.
type Case<'a> = (&'a str, &'a str, &'a str, &'a str);

/// Compares all of them before it complains.
fn hold(cases: &[Case<'_>], text: impl Fn(&str) -> String) {
    let wrong = cases.iter().filter_map(|(case, message, under, fix)| {
        let text = text(case);
        let found: Vec<_> = problems(&text)
            .into_iter()
            .map(|problem| {
                let under = text[problem.span().cloned().unwrap_or_default()].to_owned();
                (problem.message, under, problem.fix)
            })
            .collect();
        let expected = (message.to_string(), under.to_string(), fix.to_string());
        (found != [expected]).then(|| format!("{case}\n{found:#?}"))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn rendered(text: &str) -> String {
    let shown: Vec<_> = problems(text)
        .iter()
        .map(|problem| problem.render(text, false))
        .collect();
    shown.join("\n\n")
}

#[test]
fn one_rule_one_row_header() {
    let cases: &[Case<'_>] = &[
        (
            "nmae = \"x\"",
            "unknown key `nmae`",
            "nmae",
            "did you mean `name`?",
        ),
        (
            "[[alert]]\nname = \"A\"\nwhen = \"> 1\"\nlabels = 1",
            "unknown key `labels`",
            "labels",
            "an alert knows `name`, `expr`, `when`, `for`, `severity`, `summary`, `description`, `runbook`, `fires`, `silent`",
        ),
        (
            "name = 5",
            "`name` cannot be 5",
            "5",
            "write a string in quotes",
        ),
        (
            "name = \"a-b\"",
            "the metric cannot be called `a-b`: invalid character `-`: use ASCII letters, digits and `_`",
            "\"a-b\"",
            "rename the file, or write a legal `name` into the header",
        ),
        (
            "name = \"a:b\"",
            "the metric cannot be called `a:b`: `:` is reserved for recording rules",
            "\"a:b\"",
            "rename the file, or write a legal `name` into the header",
        ),
        (
            "name = \"\"",
            "the metric cannot be called ``: a name cannot be empty",
            "\"\"",
            "rename the file, or write a legal `name` into the header",
        ),
        (
            "type = \"guage\"",
            "`type` cannot be \"guage\"",
            "\"guage\"",
            "did you mean \"gauge\"? It is one of \"gauge\", \"counter\", \"histogram\", \"summary\", \"info\", \"stateset\"",
        ),
        (
            "type = \"histgram\"\nbuckets = [1]\nunit = \"s\"",
            "`type` cannot be \"histgram\"",
            "\"histgram\"",
            "did you mean \"histogram\"? It is one of \"gauge\", \"counter\", \"histogram\", \"summary\", \"info\", \"stateset\"",
        ),
        (
            "type = \"counter\"",
            "the name of a metric of type counter ends in `_total`, `p_m` does not",
            "",
            "call it `p_m_total`, by the file's name or by `name` in the header",
        ),
        (
            "type = \"info\"\nname = \"x\"",
            "the name of a metric of type info ends in `_info`, `x` does not",
            "\"x\"",
            "call it `x_info`, by the file's name or by `name` in the header",
        ),
        (
            "type = \"counter\"\nname = \"_total\"",
            "`_total` is only the suffix of a metric of type counter, not a name",
            "\"_total\"",
            "put before it what is counted or told",
        ),
        (
            "unit = \"seconds\"",
            "`p_m` does not end in its unit `seconds`",
            "\"seconds\"",
            "call it `p_m_seconds`, or leave `unit` out",
        ),
        (
            "unit = \"m\"\nname = \"m\"",
            "`m` does not end in its unit `m`",
            "\"m\"",
            "call it `m_m`, or leave `unit` out",
        ),
        (
            "unit = \"seconds\"\nname = \"a_seconds_total_total\"\ntype = \"counter\"",
            "`a_seconds_total_total` does not end in its unit `seconds`",
            "\"seconds\"",
            "call it `a_seconds_total_seconds_total`, or leave `unit` out",
        ),
        (
            "unit = \"\"",
            "`unit` is empty",
            "\"\"",
            "write a value, or take `unit` out",
        ),
        (
            "unit = \"a b\"",
            "`p_m` does not end in its unit `a b`",
            "\"a b\"",
            "a unit is the end of a name: use ASCII letters, digits and `_`",
        ),
        (
            "unit = \"m\"\ntype = \"info\"\nname = \"p_m_info\"",
            "a metric of type info has no `unit`",
            "\"m\"",
            "take `unit` out, or give the metric another `type`",
        ),
        (
            "help = \" \"",
            "`p_m` has no HELP text",
            "",
            "write one sentence as the first line of the file: `// Number of …`",
        ),
        (
            "value = \"vale\"",
            "the query returns no column `vale`",
            "\"vale\"",
            "did you mean `value`?",
        ),
        (
            "value = \"count\"",
            "the query returns no column `count`",
            "\"count\"",
            "the query returns `a`, `value`",
        ),
        (
            "labels = [\"b\"]",
            "the query returns no column `b`",
            "\"b\"",
            "the query returns `a`, `value`",
        ),
        (
            "labels = [\"a\", \"a\"]",
            "the label `a` stands twice",
            "\"a\"",
            "keep one of them",
        ),
        (
            "labels = [\"a\", \"value\"]",
            "the column `value` is a value and cannot be a label as well",
            "\"value\"",
            "take it out of `labels`",
        ),
        (
            "labels = \"a\"",
            "`labels` cannot be \"a\"",
            "\"a\"",
            "write a list of strings, e.g. [\"a\", \"b\"]",
        ),
        (
            "buckets = [1]",
            "a metric of type gauge has no `buckets`",
            "[1]",
            "take `buckets` out, or give the metric another `type`",
        ),
        (
            "type = \"histogram\"",
            "a histogram needs `buckets`",
            "\"histogram\"",
            "write the upper bounds, e.g. buckets = [0.1, 0.5, 1, 5]",
        ),
        (
            "type = \"histogram\"\nbuckets = []",
            "`buckets` do not rise",
            "[]",
            "write at least one bound, each above the one before; +Inf is added by itself",
        ),
        (
            "type = \"histogram\"\nbuckets = [1, 1]",
            "`buckets` do not rise",
            "[1, 1]",
            "write at least one bound, each above the one before; +Inf is added by itself",
        ),
        (
            "type = \"histogram\"\nbuckets = [1, inf]",
            "`buckets` cannot be this list",
            "[1, inf]",
            "write a list of finite numbers, e.g. [0.1, 1, 10]",
        ),
        (
            "type = \"summary\"",
            "a summary needs `quantiles`",
            "\"summary\"",
            "name a column for each quantile: quantiles = { \"0.5\" = \"p50\", \"0.99\" = \"p99\" }",
        ),
        (
            "type = \"summary\"\nquantiles = { \"1.5\" = \"value\" }",
            "`quantiles` is no map of quantiles to columns",
            "{ \"1.5\" = \"value\" }",
            "name a column for each quantile from 0 to 1: { \"0.5\" = \"p50\", \"0.99\" = \"p99\" }",
        ),
        (
            "type = \"summary\"\nquantiles = { \"0.5\" = \"p50\" }",
            "the query returns no column `p50`",
            "\"p50\"",
            "the query returns `a`, `value`",
        ),
        (
            "type = \"summary\"\nquantiles = { \"0.5\" = \"value\", \"0.50\" = \"a\" }",
            "the quantile 0.5 stands twice",
            "\"a\"",
            "keep one of them",
        ),
        (
            "type = \"summary\"\nvalue = \"a\"\nquantiles = { \"0.5\" = \"value\" }",
            "a metric of type summary has no `value`",
            "\"a\"",
            "take `value` out, or give the metric another `type`",
        ),
        (
            "every = 5",
            "`every` cannot be 5",
            "5",
            "write a duration above zero in quotes, e.g. \"30s\", \"5m\" or \"1h 30m\"",
        ),
        (
            "every = \"0s\"",
            "`every` cannot be \"0s\"",
            "\"0s\"",
            "write a duration above zero in quotes, e.g. \"30s\", \"5m\" or \"1h 30m\"",
        ),
        (
            "timeout = \"200y\"",
            "`timeout` cannot be \"200y\"",
            "\"200y\"",
            "write a duration above zero in quotes, e.g. \"30s\", \"5m\" or \"1h 30m\"",
        ),
        (
            "every = \"1m\"\ncron = \"0 2 * * *\"",
            "the KPI has both `every` and `cron`",
            "\"0 2 * * *\"",
            "keep one of them",
        ),
        (
            "cron = \"@daily\"",
            "`@daily` is no cron expression: its number of fields is 1",
            "\"@daily\"",
            "write five fields (minute hour day month weekday) or six with seconds first, in UTC: \"0 2 * * *\"",
        ),
        (
            "cron = \"0 0 30 2 *\"",
            "`0 0 30 2 *` is no cron expression: no date ever matches it",
            "\"0 0 30 2 *\"",
            "write five fields (minute hour day month weekday) or six with seconds first, in UTC: \"0 2 * * *\"",
        ),
        (
            "mode = \"windows\"",
            "`mode` cannot be \"windows\"",
            "\"windows\"",
            "did you mean \"window\"? It is one of \"snapshot\", \"window\"",
        ),
        (
            "lag = \"5s\"",
            "`lag` is for windows only",
            "\"5s\"",
            "write mode = \"window\", or take it out",
        ),
        (
            "start = \"now\"",
            "`start` is for windows only",
            "\"now\"",
            "write mode = \"window\", or take it out",
        ),
        (
            "time = \"iso\"",
            "`time` is for windows only",
            "\"iso\"",
            "write mode = \"window\", or take it out",
        ),
        (
            "params = { d = 2026-11-21 }",
            "a parameter cannot be a TOML date or an integer beyond 64 bits",
            "{ d = 2026-11-21 }",
            "write a date as a string and turn it into one in the query: `datetime($from)`",
        ),
        (
            "params = { x = 1 }",
            "the query does not use `$x`",
            "{ x = 1 }",
            "take it out of `params`",
        ),
        (
            "params = [{ x = 1 }, { x = 2 }]",
            "the query does not use `$x`",
            "{ x = 1 }",
            "take it out of `params`",
        ),
        (
            "params = { since = 1 }",
            "`since` is kept for windows",
            "{ since = 1 }",
            "call the parameter otherwise",
        ),
        (
            "graph = \"\"",
            "`graph` is empty",
            "\"\"",
            "write a value, or take `graph` out",
        ),
        (
            "database = 1",
            "`database` cannot be 1",
            "1",
            "write a string in quotes",
        ),
        (
            "on_error = \"zero\"",
            "`on_error` cannot be \"zero\"",
            "\"zero\"",
            "write \"keep\", \"drop\" or a number to publish",
        ),
        (
            "on_error = nan",
            "`on_error` cannot be nan",
            "nan",
            "write \"keep\", \"drop\" or a number to publish",
        ),
        (
            "on_error = 0\ntype = \"counter\"\nname = \"x_total\"",
            "a metric of type counter cannot take a number on error",
            "0",
            "write \"keep\" or \"drop\"",
        ),
        (
            "stale_after = \"1m\"",
            "`stale_after` is shorter than the interval: values would vanish between two runs",
            "\"1m\"",
            "write at least \"5m\"",
        ),
        (
            "expect = { b = [\"x\"] }",
            "`expect` names `b`, which is no label",
            "b",
            "the labels are `a`",
        ),
        (
            "expect = { a = [] }",
            "`expect.a` is no list of values",
            "[]",
            "write the values as strings, e.g. [\"success\", \"failed\"]",
        ),
        (
            "expect = { a = [1] }",
            "`expect.a` is no list of values",
            "[1]",
            "write the values as strings, e.g. [\"success\", \"failed\"]",
        ),
        (
            "expect = { a = [\"x\", \"y\", \"x\"] }",
            "`x` is expected twice",
            "\"x\"",
            "keep one of them",
        ),
        (
            "expect = { a = [\"x\"] }\ntype = \"info\"\nname = \"x_info\"",
            "a metric of type info has no zero to expect",
            "a",
            "take `expect` out",
        ),
        (
            "expect = { a = [\"x\", \"y\"] }\nmax_series = 1",
            "`expect` makes 2 combinations, more than `max_series` = 1",
            "a",
            "expect fewer values, or raise `max_series`",
        ),
        (
            "on_duplicate = \"add\"",
            "`on_duplicate` cannot be \"add\"",
            "\"add\"",
            "one of \"error\", \"sum\"",
        ),
        (
            "on_duplicate = \"sum\"\ntype = \"info\"\nname = \"x_info\"",
            "a metric of type info cannot be summed",
            "\"sum\"",
            "take `on_duplicate` out",
        ),
        (
            "max_series = 0",
            "`max_series` cannot be 0",
            "0",
            "write a whole number above zero",
        ),
        (
            "panel = true",
            "`panel = true` says nothing",
            "true",
            "leave it out: a panel is made by default",
        ),
        (
            "panel = { kind = \"graph\" }",
            "`kind` cannot be \"graph\"",
            "\"graph\"",
            "one of \"barchart\", \"bargauge\", \"gauge\", \"heatmap\", \"histogram\", \"piechart\", \"stat\", \"state-timeline\", \"table\", \"timeseries\"",
        ),
        (
            "panel = { thresholds = [{ from = 1 }] }",
            "a threshold needs `from` and `color`",
            "{ from = 1 }",
            "e.g. { from = 0.6, color = \"yellow\" }",
        ),
        (
            "panel = { thresholds = [{ from = 1, color = \"red\" }, { from = 0, color = \"green\" }] }",
            "the thresholds do not rise",
            "{ thresholds = [{ from = 1, color = \"red\" }, { from = 0, color = \"green\" }] }",
            "write them from the lowest `from` to the highest",
        ),
        (
            "[[alert]]\nwhen = \"> 1\"",
            "the alert has no name",
            "[[alert]]",
            "give it one: name = \"PatternReuseLow\"",
        ),
        (
            "[[alert]]\nname = \"a b\"\nwhen = \"> 1\"",
            "`a b` is no name for an alert",
            "\"a b\"",
            "use ASCII letters, digits and `_`, as in PatternReuseLow",
        ),
        (
            "[[alert]]\nname = \"A\"",
            "the alert has no condition",
            "[[alert]]",
            "say when it fires: when = \"< 0.6\", or expr = '…' in PromQL",
        ),
        (
            "[[alert]]\nname = \"A\"\nexpr = \"x > 1\"\nwhen = \"> 1\"",
            "the alert has both `expr` and `when`",
            "\"> 1\"",
            "keep one of them",
        ),
        (
            "[[alert]]\nname = \"A\"\nwhen = \"0.6\"",
            "`when` cannot be \"0.6\"",
            "\"0.6\"",
            "write an operator and a number: when = \"< 0.6\"; for more write `expr` in PromQL",
        ),
        (
            "[[alert]]\nname = \"A\"\nwhen = \"> 1\"\nseverity = \"urgent\"",
            "`severity` cannot be \"urgent\"",
            "\"urgent\"",
            "one of \"critical\", \"warning\", \"info\"",
        ),
        (
            "[[alert]]\nname = \"A\"\nexpr = 'sum(x) by a > 1'",
            "invalid PromQL in `expr`: expected `(`, found `a`",
            "a",
            "fix the PromQL; to try it, paste it into the page of Prometheus",
        ),
        (
            "[[alert]]\nname = \"A\"\nexpr = \"x{a=\\\"b\\\"} >\"",
            "invalid PromQL in `expr`: expected an expression, found end of input",
            "\"x{a=\\\"b\\\"} >\"",
            "fix the PromQL; to try it, paste it into the page of Prometheus",
        ),
        (
            "[panel]\nexpr = [\"x\", \"rate(x)\"]",
            "invalid PromQL in `expr`: `rate` expects a range vector, found an instant vector: add a range, as in rate(x[15m])",
            "x",
            "fix the PromQL; to try it, paste it into the page of Prometheus",
        ),
        (
            "[panel]\nexpr = []",
            "`expr` cannot be this list",
            "[]",
            "write PromQL in quotes, or a list of such",
        ),
        (
            "[panel]\nexpr = \"x\"\nlegend = [\"a\", \"b\"]",
            "`legend` names 2 of 1 lines",
            "\"a\"",
            "write one for each `expr`, in the same order",
        ),
        (
            "[[alert]]\nname = \"A\"\nwhen = \"> 1\"\nfires = { x = \"2x9\" }",
            "here `silent` is missing",
            "{ x = \"2x9\" }",
            "write both: fires = { 'x' = '1x30' } and silent = { … }, one sample a minute",
        ),
        (
            "[[alert]]\nname = \"A\"\nwhen = \"> 1\"\nfires = { \"x y\" = \"2x9\" }\nsilent = { x = \"1\" }",
            "`x y` is no series",
            "\"x y\"",
            "write it as Prometheus shows it: 'x' or 'x{a=\"b\"}'",
        ),
        (
            "[[alert]]\nname = \"A\"\nwhen = \"> 1\"\nfires = { x = \"2y9\" }\nsilent = { x = \"1\" }",
            "these are no values",
            "2y9",
            "write promtool's notation, one sample a minute: '0.9x60 0.5x30', '0+2x90'",
        ),
        (
            "type = \"histogram\"\nbuckets = [1]\n[[alert]]\nname = \"A\"\nwhen = \"> 1\"",
            "`when` needs one metric with a plain value: a gauge or a counter",
            "[[alert]]",
            "write the condition as `expr` in PromQL",
        ),
        (
            "[[metric]]\nvalue = \"value\"",
            "this metric has no name",
            "[[metric]]",
            "write `name = \"…\"` into each `[[metric]]`",
        ),
        (
            "value = \"value\"\n[[metric]]\nname = \"x\"",
            "`value` and `[[metric]]` cannot stand together",
            "\"value\"",
            "move `value` into one of the `[[metric]]` tables",
        ),
        (
            "buckets = [1]\n[[metric]]\nname = \"x\"",
            "a metric of type gauge has no `buckets`",
            "[1]",
            "take `buckets` out, or give the metric another `type`",
        ),
        (
            "graph = \"x\"\ngraph = \"y\"",
            "this is not TOML: duplicate key",
            "graph",
            "mend the TOML; strings stand in quotes, tables as `[name]`",
        ),
    ];
    hold(cases, with_header);
}

#[test]
fn one_rule_one_row_query() {
    let window = "/*kpi\nmode = \"window\"\ntype = \"counter\"\nname = \"x_total\"\n*/";
    let cases: &[Case<'_>] = &[
        (
            "RETURN 1 AS value",
            "`p_m` has no HELP text",
            "",
            "write one sentence as the first line of the file: `// Number of …`",
        ),
        (
            "// H.\nRETURN 1 AS vale",
            "the query returns no column `value`",
            "vale",
            "name the value: `RETURN … AS value`, or say in the header which column it is: value = \"…\"",
        ),
        (
            "// H.\nRETURN 1 AS value, 2 AS value",
            "two columns are called `value`",
            "value",
            "give one of them another name, with AS",
        ),
        (
            "// H.\nMATCH (n) RETURN n.id, 1 AS value",
            "the column `n.id` cannot be a label: invalid character `.`: use ASCII letters, digits and `_`",
            "n.id",
            "name the column as Prometheus names labels, e.g. `… AS id`",
        ),
        (
            "// H.\nMATCH (n) RETURN n.a AS __a, 1 AS value",
            "the column `__a` cannot be a label: names that start with `__` are reserved for Prometheus",
            "__a",
            "name the column as Prometheus names labels, e.g. `… AS label`",
        ),
        (
            "// H.\n/*kpi type = \"histogram\"\nbuckets = [1] */ MATCH (n) RETURN n.a AS le, 1 AS value",
            "a histogram writes the label `le` itself",
            "le",
            "name the column otherwise",
        ),
        (
            "// H.\n/*kpi type = \"summary\"\nquantiles = { \"1\" = \"value\" } */ MATCH (n) RETURN n.a AS quantile, 1 AS value",
            "a summary writes the label `quantile` itself",
            "quantile",
            "name the column otherwise",
        ),
        (
            "// H.\n/*kpi type = \"stateset\" */ MATCH (n) RETURN n.a AS p_m, n.s AS value",
            "a stateset writes the label `p_m` itself",
            "p_m",
            "name the column otherwise",
        ),
        (
            "// H.\nMATCH (n {a: $x, b: $x}) RETURN 1 AS value",
            "the parameter `$x` has no value",
            "$x",
            "give it a value in the header: params = { x = … }",
        ),
        (
            "// H.\n/*kpi params = { group = 1 } */ MATCH (n {b: $group, a: $gruop}) RETURN 1 AS value",
            "the parameter `$gruop` has no value",
            "$gruop",
            "did you mean `$group`?",
        ),
        (
            "// H.\n/*kpi params = { a = 1 } */ MATCH (n {b: $a, a: $b}) RETURN 1 AS value",
            "the parameter `$b` has no value",
            "$b",
            "give it a value in the header: params = { b = … }",
        ),
        (
            "// H.\n/*kpi params = [{ a = 1 }, {}] */ MATCH (n {a: $a}) RETURN 1 AS value",
            "here the parameter `$a` has no value",
            "{}",
            "the query uses `$a`: give it a value in each set of `params`",
        ),
        (
            "// H.\nMATCH (n) WHERE n.t > $since RETURN 1 AS value",
            "`$since` is given to windows only",
            "$since",
            "write mode = \"window\" into the header, or another parameter into the query",
        ),
        (
            &format!("// H.\n{window}MATCH (n) WHERE n.t > $since RETURN 1 AS value"),
            "a window query must use `$until`",
            "\"window\"",
            "ask for the events of the window only: WHERE e.timestamp > $since AND e.timestamp <= $until",
        ),
        (
            "// H.\n/*kpi mode = \"window\" */MATCH (n) WHERE n.t > $since AND n.t <= $until RETURN 1 AS value",
            "a metric of type gauge cannot be counted in windows",
            "\"window\"",
            "window KPIs are counters or histograms: give it another `type`",
        ),
        (
            "// H.\n/*kpi\nname = \"x_total\"\ntype = \"counter\"\nmode = \"window\"\nstale_after = \"1h\"\n*/MATCH (n) WHERE n.t > $since AND n.t <= $until RETURN 1 AS value",
            "`stale_after` is for snapshots: what a window KPI has counted is right however old it is",
            "\"1h\"",
            "take it out; cypher_exporter_kpi_window_lag_seconds tells how far the totals are behind",
        ),
        (
            "// H.\n/*kpi\nname = \"x_total\"\ntype = \"counter\"\nmode = \"window\"\non_duplicate = \"error\"\n*/MATCH (n) WHERE n.t > $since AND n.t <= $until RETURN 1 AS value",
            "the rows of a window add up, also those with the same labels",
            "\"error\"",
            "take `on_duplicate` out",
        ),
        (
            "// H.\n/*kpi\nname = \"x\"\nRETURN 1 AS value",
            "this comment never ends",
            "/*",
            "close it with `*/`",
        ),
        (
            "// H.\n/*kpi */ /*kpi */ RETURN 1 AS value",
            "a second header",
            "/*kpi",
            "join it with the first",
        ),
        (
            "// H.\nRETURN 1 AS value /*kpi name = \"x\" */",
            "a header after the query has begun is not read",
            "/*kpi",
            "move it above the query",
        ),
        (
            "// H.\n/*kpi cron = \"*/5 * * * *\" */ RETURN 1 AS value",
            "this ends the header in the middle of a string",
            "*/",
            "a string of the header cannot hold `*/`; in a cron expression write `0-59/5` for every fifth minute",
        ),
        (
            "// H.\n/*kpi\nhelp = '''a */ b'''\nnonsense\n*/ RETURN 1 AS value",
            "this ends the header in the middle of a string",
            "*/",
            "a string of the header cannot hold `*/`; in a cron expression write `0-59/5` for every fifth minute",
        ),
        (
            "// H.\n/*kpi help = 'C:\\users' */ RETURN 1 AS value",
            "invalid Unicode escape `\\users`: the server expects four hexadecimal digits after `\\u`, even in a comment",
            "\\users",
            "double the backslash (`\\\\u`) or use a slash",
        ),
        (
            "// H.\n/*kpi expect = { a = [\"x\"] } */ RETURN 1 AS value",
            "`expect` names `a`, which is no label",
            "a",
            "the query returns no label",
        ),
    ];
    hold(cases, str::to_owned);
}

#[test]
fn a_dash_in_the_files_name_must_go() {
    let catalog = load_all(&[("queries/p/a-b.cypher", "// H.\nRETURN 1 AS value")], &[]);
    let messages: Vec<_> = catalog
        .problems
        .iter()
        .map(|problem| (&*problem.message, &*problem.fix))
        .collect();
    let message = "the metric cannot be called `p_a-b`: invalid character `-`: use ASCII letters, digits and `_`";
    assert_eq!(
        messages,
        [(
            message,
            "rename the file, or write a legal `name` into the header"
        )]
    );
}

#[test]
fn a_header_that_escapes_would_end_early_is_refused() {
    // The server undoes `\u002a\u002f` to `*/` before it looks for the end of the comment.
    assert!(
        !problems("// H.\n/*kpi help = \"a \\u002a\\u002f b\" */ RETURN 1 AS value").is_empty()
    );
}

#[test]
fn the_server_would_undo_what_hides_a_write() {
    for text in [
        "// H. \\u000a CREATE (n)\nRETURN 1 AS value",
        "// H.\n/*kpi \\u002a\\u002f CREATE (n) \\u002f\\u002a */ RETURN 1 AS value",
    ] {
        assert!(load_all(&[(PATH, text)], &[]).kpis.is_empty(), "{text}");
    }
}

#[test]
fn all_problems_of_a_file_are_shown_at_once() {
    insta::assert_snapshot!(rendered("// Something.
/*kpi
nmae = \"x\"
type = \"guage\"
every = 5
cron = \"never\"
[[alert]]
when = \"0.6\"
*/
MATCH (n {a: $x})
RETURN n.x AS `n x`, count(n) AS vale
"), @r#"
    error: unknown key `nmae`
     --> queries/p/m.cypher:3:1
      |
    3 | nmae = "x"
      | ^^^^
      |
      = help: did you mean `name`?

    error: `type` cannot be "guage"
     --> queries/p/m.cypher:4:8
      |
    4 | type = "guage"
      |        ^^^^^^^
      |
      = help: did you mean "gauge"? It is one of "gauge", "counter", "histogram", "summary", "info", "stateset"

    error: `every` cannot be 5
     --> queries/p/m.cypher:5:9
      |
    5 | every = 5
      |         ^
      |
      = help: write a duration above zero in quotes, e.g. "30s", "5m" or "1h 30m"

    error: `never` is no cron expression: its number of fields is 1
     --> queries/p/m.cypher:6:8
      |
    6 | cron = "never"
      |        ^^^^^^^
      |
      = help: write five fields (minute hour day month weekday) or six with seconds first, in UTC: "0 2 * * *"

    error: the alert has no name
     --> queries/p/m.cypher:7:1
      |
    7 | [[alert]]
      | ^^^^^^^^^
      |
      = help: give it one: name = "PatternReuseLow"

    error: `when` cannot be "0.6"
     --> queries/p/m.cypher:8:8
      |
    8 | when = "0.6"
      |        ^^^^^
      |
      = help: write an operator and a number: when = "< 0.6"; for more write `expr` in PromQL

    error: the parameter `$x` has no value
      --> queries/p/m.cypher:10:14
       |
    10 | MATCH (n {a: $x})
       |              ^^
       |
       = help: give it a value in the header: params = { x = … }

    error: the column `n x` cannot be a label: invalid character ` `: use ASCII letters, digits and `_`
      --> queries/p/m.cypher:11:15
       |
    11 | RETURN n.x AS `n x`, count(n) AS vale
       |               ^^^^^
       |
       = help: name the column as Prometheus names labels, e.g. `… AS nx`
    "#);
}

#[test]
fn problems_as_people_see_them() {
    insta::assert_snapshot!(rendered("RETURN 1 AS value"), @"
    error: `p_m` has no HELP text
     --> queries/p/m.cypher:1:1
      |
    1 | RETURN 1 AS value
      | ^
      |
      = help: write one sentence as the first line of the file: `// Number of …`
    ");
    insta::assert_snapshot!(rendered("// Help.\r\n/*kpi\r\nunit = \"s\"\r\n*/\r\nMATCH (n)\r\nRETURN n.é, 1 AS value\r\n"), @r#"
    error: `p_m` does not end in its unit `s`
     --> queries/p/m.cypher:3:8
      |
    3 | unit = "s"
      |        ^^^
      |
      = help: call it `p_m_s`, or leave `unit` out

    error: the column `n.é` cannot be a label: invalid character `.`: use ASCII letters, digits and `_`
     --> queries/p/m.cypher:6:8
      |
    6 | RETURN n.é, 1 AS value
      |        ^^^
      |
      = help: name the column as Prometheus names labels, e.g. `… AS label`
    "#);
    insta::assert_snapshot!(rendered("// Help.\n/*kpi cron = \"*/5 * * * *\" */\nRETURN 1 AS value"), @r#"
    error: this ends the header in the middle of a string
     --> queries/p/m.cypher:2:15
      |
    2 | /*kpi cron = "*/5 * * * *" */
      |               ^^
      |
      = help: a string of the header cannot hold `*/`; in a cron expression write `0-59/5` for every fifth minute
    "#);
    insta::assert_snapshot!(rendered("// Help.\n/*kpi\nname = \"x\"\n\nMATCH (n)\nRETURN 1 AS value"), @"
    error: this comment never ends
     --> queries/p/m.cypher:2:1
      |
    2 | /*kpi
      | ^^
      |
      = help: close it with `*/`
    ");
    insta::assert_snapshot!(rendered("// Help.\nMATCH (n) SET n.x = 1 RETURN count(n) AS value"), @"
    error: `SET` writes to the graph, but a KPI must be read-only
     --> queries/p/m.cypher:2:11
      |
    2 | MATCH (n) SET n.x = 1 RETURN count(n) AS value
      |           ^^^
      |
      = help: remove the SET clause
    ");
    insta::assert_snapshot!(rendered("// Help.\nMATCH (n) WHERE n.a = $a RETURN count(n) AS value"), @"
    error: the parameter `$a` has no value
     --> queries/p/m.cypher:2:23
      |
    2 | MATCH (n) WHERE n.a = $a RETURN count(n) AS value
      |                       ^^
      |
      = help: give it a value in the header: params = { a = … }
    ");
    insta::assert_snapshot!(rendered(&with_header("params = { a = 1 }")), @"
    warning: the query does not use `$a`
     --> queries/p/m.cypher:3:10
      |
    3 | params = { a = 1 }
      |          ^^^^^^^^^
      |
      = help: take it out of `params`
    ");
    insta::assert_snapshot!(rendered(&with_header("[[alert]]\nname = \"A\"\nwhen = \"0.6\"")), @r#"
    error: `when` cannot be "0.6"
     --> queries/p/m.cypher:5:8
      |
    5 | when = "0.6"
      |        ^^^^^
      |
      = help: write an operator and a number: when = "< 0.6"; for more write `expr` in PromQL
    "#);
    insta::assert_snapshot!(rendered("// Help.\nMATCH (n) RETURN *"), @"
    error: `RETURN *` does not name its columns
     --> queries/p/m.cypher:2:18
      |
    2 | MATCH (n) RETURN *
      |                  ^
      |
      = help: name the columns, e.g. `RETURN n.group AS group, n.count AS value`
    ");
    insta::assert_snapshot!(rendered(""), @"
    error: expected a statement, found none
     --> queries/p/m.cypher:1:1
      |
    1 |
      | ^
      |
      = help: write a query that ends with RETURN
    ");
}
