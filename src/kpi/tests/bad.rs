//! Files that do not load: one row for each rule, with the message, the text under the caret and the fix.

use super::*;
use crate::diagnostic::Problem;

const PATH: &str = "queries/p/m.cypher";

fn problems(text: &str) -> Vec<Problem> {
    load_all(&[(PATH, text)], &[]).problems
}

/// A text and the message, the text under the caret and the fix of its only problem.
type Case<'a> = (&'a str, &'a str, &'a str, &'a str);

/// Compares all of them before it fails.
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
            "[[alert]]\nname = \"A\"\nwhen = \"> 1\"\ncolour = 1",
            "unknown key `colour`",
            "colour",
            "use one of the keys of an alert: `name`, `expr`, `when`, `for`, `severity`, `keep_firing_for`, `labels`, `summary`, `description`, `runbook`, `fires`, `silent`",
        ),
        (
            "[[alert]]\nname = \"A\"\nwhen = \"> 1\"\nlabels = { team = 1 }",
            "expected a string for the label `team`, found 1",
            "1",
            "write the value in quotes",
        ),
        (
            "[[alert]]\nname = \"A\"\nwhen = \"> 1\"\nlabels = { severity = \"high\" }",
            "invalid label `severity` of an alert: it is set by the key `severity`",
            "severity",
            "rename or remove the label",
        ),
        (
            "[[alert]]\nname = \"A\"\nwhen = \"> 1\"\nkeep_firing_for = 5",
            "invalid `keep_firing_for`: 5",
            "5",
            "write a duration above zero in quotes, e.g. \"30s\", \"5m\" or \"1h 30m\"",
        ),
        (
            "every = \"99ms\"",
            "`every` is shorter than the minimum of 100 ms",
            "\"99ms\"",
            "write at least \"100ms\"",
        ),
        (
            "name = 5",
            "invalid `name`: 5",
            "5",
            "write a string in quotes",
        ),
        (
            "name = \"a-b\"",
            "invalid metric name `a-b`: invalid character `-`: use ASCII letters, digits and `_`",
            "\"a-b\"",
            "rename the file, or add a valid `name` to the header",
        ),
        (
            "name = \"a:b\"",
            "invalid metric name `a:b`: `:` is reserved for recording rules",
            "\"a:b\"",
            "rename the file, or add a valid `name` to the header",
        ),
        (
            "name = \"\"",
            "invalid metric name ``: a name cannot be empty",
            "\"\"",
            "rename the file, or add a valid `name` to the header",
        ),
        (
            "type = \"guage\"",
            "invalid `type`: \"guage\"",
            "\"guage\"",
            "did you mean \"gauge\"? Allowed: \"gauge\", \"counter\", \"histogram\", \"summary\", \"info\", \"stateset\"",
        ),
        (
            "type = \"histgram\"\nbuckets = [1]\nunit = \"s\"",
            "invalid `type`: \"histgram\"",
            "\"histgram\"",
            "did you mean \"histogram\"? Allowed: \"gauge\", \"counter\", \"histogram\", \"summary\", \"info\", \"stateset\"",
        ),
        (
            "type = \"counter\"",
            "the name of a metric of type counter must end in `_total`, found `p_m`",
            "",
            "rename the file, or add `name = \"p_m_total\"` to the header",
        ),
        (
            "type = \"info\"\nname = \"x\"",
            "the name of a metric of type info must end in `_info`, found `x`",
            "\"x\"",
            "rename the file, or add `name = \"x_info\"` to the header",
        ),
        (
            "type = \"counter\"\nname = \"_total\"",
            "`_total` is only the suffix of a metric of type counter, not a name",
            "\"_total\"",
            "put the name of what is measured before it",
        ),
        (
            "unit = \"seconds\"",
            "the name `p_m` must end in its unit `seconds`",
            "\"seconds\"",
            "rename the metric to `p_m_seconds`, or remove `unit`",
        ),
        (
            "unit = \"m\"\nname = \"m\"",
            "the name `m` must end in its unit `m`",
            "\"m\"",
            "rename the metric to `m_m`, or remove `unit`",
        ),
        (
            "unit = \"seconds\"\nname = \"a_seconds_total_total\"\ntype = \"counter\"",
            "the name `a_seconds_total_total` must end in its unit `seconds`",
            "\"seconds\"",
            "rename the metric to `a_seconds_total_seconds_total`, or remove `unit`",
        ),
        (
            "unit = \"\"",
            "`unit` is empty",
            "\"\"",
            "write a value, or remove `unit`",
        ),
        (
            "unit = \"a b\"",
            "the name `p_m` must end in its unit `a b`",
            "\"a b\"",
            "write the unit in ASCII letters, digits and `_`, as at the end of the name",
        ),
        (
            "unit = \"m\"\ntype = \"info\"\nname = \"p_m_info\"",
            "`unit` is not allowed for a metric of type info",
            "\"m\"",
            "remove `unit`, or change `type`",
        ),
        (
            "help = \" \"",
            "`p_m` has no HELP text",
            "",
            "add a comment above the query: `// Number of …`",
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
            "the label `a` is listed twice",
            "\"a\"",
            "remove one of them",
        ),
        (
            "labels = [\"a\", \"value\"]",
            "the column `value` is a value and cannot also be a label",
            "\"value\"",
            "remove it from `labels`",
        ),
        (
            "labels = \"a\"",
            "invalid `labels`: \"a\"",
            "\"a\"",
            "write a list of strings, e.g. [\"a\", \"b\"]",
        ),
        (
            "buckets = [1]",
            "`buckets` is not allowed for a metric of type gauge",
            "[1]",
            "remove `buckets`, or change `type`",
        ),
        (
            "type = \"histogram\"",
            "a histogram must have `buckets`",
            "\"histogram\"",
            "add the upper bounds, e.g. buckets = [0.1, 0.5, 1, 5]",
        ),
        (
            "type = \"histogram\"\nbuckets = []",
            "`buckets` are not in ascending order",
            "[]",
            "write at least one bound, each above the previous one; +Inf is added automatically",
        ),
        (
            "type = \"histogram\"\nbuckets = [1, 1]",
            "`buckets` are not in ascending order",
            "[1, 1]",
            "write at least one bound, each above the previous one; +Inf is added automatically",
        ),
        (
            "type = \"histogram\"\nbuckets = [1, inf]",
            "invalid `buckets`: a list",
            "[1, inf]",
            "write a list of finite numbers, e.g. [0.1, 1, 10]",
        ),
        (
            "type = \"summary\"",
            "a summary must have `quantiles`",
            "\"summary\"",
            "name a column for each quantile: quantiles = { \"0.5\" = \"p50\", \"0.99\" = \"p99\" }",
        ),
        (
            "type = \"summary\"\nquantiles = { \"1.5\" = \"value\" }",
            "`quantiles` must be a table of quantiles and columns",
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
            "the quantile 0.5 is listed twice",
            "\"a\"",
            "remove one of them",
        ),
        (
            "type = \"summary\"\nvalue = \"a\"\nquantiles = { \"0.5\" = \"value\" }",
            "`value` is not allowed for a metric of type summary",
            "\"a\"",
            "remove `value`, or change `type`",
        ),
        (
            "every = 5",
            "invalid `every`: 5",
            "5",
            "write a duration above zero in quotes, e.g. \"30s\", \"5m\" or \"1h 30m\"",
        ),
        (
            "every = \"0s\"",
            "invalid `every`: \"0s\"",
            "\"0s\"",
            "write a duration above zero in quotes, e.g. \"30s\", \"5m\" or \"1h 30m\"",
        ),
        (
            "timeout = \"200y\"",
            "invalid `timeout`: \"200y\"",
            "\"200y\"",
            "write a duration above zero in quotes, e.g. \"30s\", \"5m\" or \"1h 30m\"",
        ),
        (
            "every = \"1m\"\ncron = \"0 2 * * *\"",
            "the KPI has both `every` and `cron`",
            "\"0 2 * * *\"",
            "remove one of them",
        ),
        (
            "cron = \"@daily\"",
            "invalid cron expression `@daily`: expected 5 or 6 fields, found 1",
            "\"@daily\"",
            "write five fields (minute hour day month weekday) or six with seconds first, in UTC: \"0 2 * * *\"",
        ),
        (
            "cron = \"0 0 30 2 *\"",
            "invalid cron expression `0 0 30 2 *`: no date ever matches it",
            "\"0 0 30 2 *\"",
            "write five fields (minute hour day month weekday) or six with seconds first, in UTC: \"0 2 * * *\"",
        ),
        (
            "mode = \"windows\"",
            "invalid `mode`: \"windows\"",
            "\"windows\"",
            "did you mean \"window\"? Allowed: \"snapshot\", \"window\"",
        ),
        (
            "lag = \"5s\"",
            "`lag` is allowed only with `mode = \"window\"`",
            "\"5s\"",
            "add `mode = \"window\"`, or remove the key",
        ),
        (
            "start = \"now\"",
            "`start` is allowed only with `mode = \"window\"`",
            "\"now\"",
            "add `mode = \"window\"`, or remove the key",
        ),
        (
            "time = \"iso\"",
            "`time` is allowed only with `mode = \"window\"`",
            "\"iso\"",
            "add `mode = \"window\"`, or remove the key",
        ),
        (
            "params = { d = 2026-11-21 }",
            "a parameter must not be a TOML date or an integer beyond 64 bits",
            "{ d = 2026-11-21 }",
            "write a date as a string and convert it in the query: `datetime($from)`",
        ),
        (
            "params = { x = 1 }",
            "the query does not use `$x`",
            "{ x = 1 }",
            "remove it from `params`",
        ),
        (
            "params = [{ x = 1 }, { x = 2 }]",
            "the query does not use `$x`",
            "{ x = 1 }",
            "remove it from `params`",
        ),
        (
            "params = { since = 1 }",
            "`since` is reserved for window queries",
            "{ since = 1 }",
            "rename the parameter",
        ),
        (
            "graph = \"\"",
            "`graph` is empty",
            "\"\"",
            "write a value, or remove `graph`",
        ),
        (
            "database = 1",
            "invalid `database`: 1",
            "1",
            "write a string in quotes",
        ),
        (
            "on_error = \"zero\"",
            "invalid `on_error`: \"zero\"",
            "\"zero\"",
            "write \"keep\", \"drop\" or a number to publish",
        ),
        (
            "on_error = nan",
            "invalid `on_error`: nan",
            "nan",
            "write \"keep\", \"drop\" or a number to publish",
        ),
        (
            "on_error = 0\ntype = \"counter\"\nname = \"x_total\"",
            "a number in `on_error` is not allowed for a metric of type counter",
            "0",
            "write \"keep\" or \"drop\"",
        ),
        (
            "stale_after = \"1m\"",
            "`stale_after` is shorter than the interval: values would be stale between two runs",
            "\"1m\"",
            "write at least \"5m\"",
        ),
        (
            "expect = { b = [\"x\"] }",
            "`expect` names `b`, which is not a label",
            "b",
            "the labels are `a`",
        ),
        (
            "expect = { a = [] }",
            "`expect.a` must be a list of strings",
            "[]",
            "write at least one value in quotes, e.g. [\"success\", \"failed\"]",
        ),
        (
            "expect = { a = [1] }",
            "`expect.a` must be a list of strings",
            "[1]",
            "write at least one value in quotes, e.g. [\"success\", \"failed\"]",
        ),
        (
            "expect = { a = [\"x\", \"y\", \"x\"] }",
            "`x` is listed twice",
            "\"x\"",
            "remove one of them",
        ),
        (
            "expect = { a = [\"x\"] }\ntype = \"info\"\nname = \"x_info\"",
            "`expect` is not allowed for a metric of type info: it has no zero",
            "a",
            "remove `expect`",
        ),
        (
            "expect = { a = [\"x\", \"y\"] }\nmax_series = 1",
            "`expect` has 2 combinations, more than `max_series` = 1",
            "a",
            "list fewer values, or increase `max_series`",
        ),
        (
            "on_duplicate = \"add\"",
            "invalid `on_duplicate`: \"add\"",
            "\"add\"",
            "use one of \"error\", \"sum\"",
        ),
        (
            "on_duplicate = \"sum\"\ntype = \"info\"\nname = \"x_info\"",
            "`on_duplicate = \"sum\"` is not allowed for a metric of type info",
            "\"sum\"",
            "remove `on_duplicate`",
        ),
        (
            "max_series = 0",
            "invalid `max_series`: 0",
            "0",
            "write a whole number above zero",
        ),
        (
            "panel = true",
            "`panel = true` has no effect",
            "true",
            "remove it: a panel is generated by default",
        ),
        (
            "panel = { kind = \"graph\" }",
            "invalid `kind`: \"graph\"",
            "\"graph\"",
            "use one of \"barchart\", \"bargauge\", \"gauge\", \"heatmap\", \"histogram\", \"piechart\", \"stat\", \"state-timeline\", \"table\", \"timeseries\"",
        ),
        (
            "panel = { thresholds = [{ from = 1 }] }",
            "a threshold must have `from` and `color`",
            "{ from = 1 }",
            "write, for example, { from = 0.6, color = \"yellow\" }",
        ),
        (
            "panel = { thresholds = [{ from = 1, color = \"red\" }, { from = 0, color = \"green\" }] }",
            "the thresholds are not in ascending order",
            "{ thresholds = [{ from = 1, color = \"red\" }, { from = 0, color = \"green\" }] }",
            "sort them by `from`",
        ),
        (
            "[[alert]]\nwhen = \"> 1\"",
            "the alert has no `name`",
            "[[alert]]",
            "add a name: `name = \"PatternReuseLow\"`",
        ),
        (
            "[[alert]]\nname = \"a b\"\nwhen = \"> 1\"",
            "invalid alert name `a b`",
            "\"a b\"",
            "use ASCII letters, digits and `_`, for example `PatternReuseLow`",
        ),
        (
            "[[alert]]\nname = \"A\"",
            "the alert has no condition",
            "[[alert]]",
            "add a condition: when = \"< 0.6\", or expr = '…' in PromQL",
        ),
        (
            "[[alert]]\nname = \"A\"\nexpr = \"x > 1\"\nwhen = \"> 1\"",
            "the alert has both `expr` and `when`",
            "\"> 1\"",
            "remove one of them",
        ),
        (
            "[[alert]]\nname = \"A\"\nwhen = \"0.6\"",
            "invalid `when`: \"0.6\"",
            "\"0.6\"",
            "write an operator and a number: when = \"< 0.6\"; for other conditions write `expr` in PromQL",
        ),
        (
            "[[alert]]\nname = \"A\"\nwhen = \"> 1\"\nseverity = \"urgent\"",
            "invalid `severity`: \"urgent\"",
            "\"urgent\"",
            "use one of \"critical\", \"warning\", \"info\"",
        ),
        (
            "[[alert]]\nname = \"A\"\nexpr = 'sum(x) by a > 1'",
            "invalid PromQL in `expr`: expected `(`, found `a`",
            "a",
            "fix the PromQL; the expression browser of Prometheus can test it",
        ),
        (
            "[[alert]]\nname = \"A\"\nexpr = \"x{a=\\\"b\\\"} >\"",
            "invalid PromQL in `expr`: expected an expression, found end of input",
            "\"x{a=\\\"b\\\"} >\"",
            "fix the PromQL; the expression browser of Prometheus can test it",
        ),
        (
            "[panel]\nexpr = [\"x\", \"rate(x)\"]",
            "invalid PromQL in `expr`: `rate` expects a range vector, found an instant vector: add a range, as in rate(x[15m])",
            "x",
            "fix the PromQL; the expression browser of Prometheus can test it",
        ),
        (
            "[panel]\nexpr = []",
            "invalid `expr`: a list",
            "[]",
            "write PromQL in quotes, or a list of PromQL strings",
        ),
        (
            "[panel]\nexpr = \"x\"\nlegend = [\"a\", \"b\"]",
            "expected one `legend` for each `expr`, found 2 for 1",
            "\"a\"",
            "write one legend for each `expr`, in the same order",
        ),
        (
            "[[alert]]\nname = \"A\"\nwhen = \"> 1\"\nsummary = \"x {{ $lables.region }}\"",
            "invalid template in `summary`: unknown variable `$lables`",
            "$lables",
            "did you mean `$labels`?",
        ),
        (
            "[[alert]]\nname = \"A\"\nwhen = \"> 1\"\nsummary = \"{{ $labels.region }\"",
            "invalid template in `summary`: unexpected character `}`",
            "}",
            "close the action with two braces: }}",
        ),
        (
            "[[alert]]\nname = \"A\"\nwhen = \"> 1\"\ndescription = \"{{ $value | humanise }}\"",
            "invalid template in `description`: unknown function `humanise`",
            "humanise",
            "did you mean `humanize`?",
        ),
        (
            "[[alert]]\nname = \"A\"\nwhen = \"> 1\"\nrunbook = \"https://example.org/{{page}}\"",
            "invalid template in `runbook`: unknown function `page`",
            "page",
            "use a function of Prometheus templates; to write braces into the text, use {{ \"{{\" }}",
        ),
        (
            "[[alert]]\nname = \"A\"\nwhen = \"> 1\"\nfires = { x = \"2x9\" }",
            "`silent` is missing",
            "{ x = \"2x9\" }",
            "write both: fires = { 'x' = '1x30' } and silent = { … }, one sample per minute",
        ),
        (
            "[[alert]]\nname = \"A\"\nwhen = \"> 1\"\nfires = { \"x y\" = \"2x9\" }\nsilent = { x = \"1\" }",
            "expected a series, found `x y`",
            "\"x y\"",
            "write it as Prometheus shows it, for example 'x' or 'x{a=\"b\"}'",
        ),
        (
            "[[alert]]\nname = \"A\"\nwhen = \"> 1\"\nfires = { x = \"2y9\" }\nsilent = { x = \"1\" }",
            "invalid sample values",
            "2y9",
            "use the notation of promtool, one sample per minute: '0.9x60 0.5x30', '0+2x90'",
        ),
        (
            "type = \"histogram\"\nbuckets = [1]\n[[alert]]\nname = \"A\"\nwhen = \"> 1\"",
            "`when` needs one metric with a plain value: a gauge or a counter",
            "[[alert]]",
            "write the condition as `expr` in PromQL",
        ),
        (
            "[[metric]]\nvalue = \"value\"",
            "this metric has no `name`",
            "[[metric]]",
            "add `name = \"…\"` to each `[[metric]]`",
        ),
        (
            "value = \"value\"\n[[metric]]\nname = \"x\"",
            "`value` is not allowed at the top of a header with `[[metric]]`",
            "\"value\"",
            "move `value` into one of the `[[metric]]` tables",
        ),
        (
            "buckets = [1]\n[[metric]]\nname = \"x\"",
            "`buckets` is not allowed for a metric of type gauge",
            "[1]",
            "remove `buckets`, or change `type`",
        ),
        (
            "graph = \"x\"\ngraph = \"y\"",
            "invalid TOML: duplicate key",
            "graph",
            "fix the TOML: strings need quotes, tables are written `[name]`",
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
            "add a comment above the query: `// Number of …`",
        ),
        (
            "// H.\nRETURN 1 AS vale",
            "the query returns no column `value`",
            "vale",
            "name the value column `AS value`, or name it in the header: value = \"…\"",
        ),
        (
            "// H.\nRETURN 1 AS value, 2 AS value",
            "two columns have the name `value`",
            "value",
            "rename one of them with AS",
        ),
        (
            "// H.\nMATCH (n) RETURN n.id, 1 AS value",
            "the column `n.id` is not a valid label name: invalid character `.`: use ASCII letters, digits and `_`",
            "n.id",
            "rename the column, e.g. `… AS id`",
        ),
        (
            "// H.\nMATCH (n) RETURN n.a AS __a, 1 AS value",
            "the column `__a` is not a valid label name: names that start with `__` are reserved for Prometheus",
            "__a",
            "rename the column, e.g. `… AS label`",
        ),
        (
            "// H.\n/*kpi type = \"histogram\"\nbuckets = [1] */ MATCH (n) RETURN n.a AS le, 1 AS value",
            "the label `le` is reserved: a histogram adds it itself",
            "le",
            "rename the column",
        ),
        (
            "// H.\n/*kpi type = \"summary\"\nquantiles = { \"1\" = \"value\" } */ MATCH (n) RETURN n.a AS quantile, 1 AS value",
            "the label `quantile` is reserved: a summary adds it itself",
            "quantile",
            "rename the column",
        ),
        (
            "// H.\n/*kpi type = \"stateset\" */ MATCH (n) RETURN n.a AS p_m, n.s AS value",
            "the label `p_m` is reserved: a stateset adds it itself",
            "p_m",
            "rename the column",
        ),
        (
            "// H.\nMATCH (n {a: $x, b: $x}) RETURN 1 AS value",
            "the parameter `$x` has no value",
            "$x",
            "add a value to the header: params = { x = … }",
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
            "add a value to the header: params = { b = … }",
        ),
        (
            "// H.\n/*kpi params = [{ a = 1 }, {}] */ MATCH (n {a: $a}) RETURN 1 AS value",
            "this set has no value for the parameter `$a`",
            "{}",
            "add a value for `a` to each set of `params`",
        ),
        (
            "// H.\nMATCH (n) WHERE n.t > $since RETURN 1 AS value",
            "`$since` exists only in window queries",
            "$since",
            "add `mode = \"window\"` to the header, or use another parameter",
        ),
        (
            &format!("// H.\n{window}MATCH (n) WHERE n.t > $since RETURN 1 AS value"),
            "a window query must use `$until`",
            "\"window\"",
            "restrict the query to the window: WHERE e.timestamp > $since AND e.timestamp <= $until",
        ),
        (
            "// H.\n/*kpi mode = \"window\" */MATCH (n) WHERE n.t > $since AND n.t <= $until RETURN 1 AS value",
            "expected a counter or a histogram in window mode, found a gauge",
            "\"window\"",
            "change `type` to \"counter\" or \"histogram\", or remove `mode`",
        ),
        (
            "// H.\n/*kpi\nname = \"x_total\"\ntype = \"counter\"\nmode = \"window\"\nstale_after = \"1h\"\n*/MATCH (n) WHERE n.t > $since AND n.t <= $until RETURN 1 AS value",
            "`stale_after` is not allowed with `mode = \"window\"`: window totals do not become stale",
            "\"1h\"",
            "remove it; `cypher_exporter_kpi_window_lag_seconds` is how far the totals are behind",
        ),
        (
            "// H.\n/*kpi\nname = \"x_total\"\ntype = \"counter\"\nmode = \"window\"\non_duplicate = \"error\"\n*/MATCH (n) WHERE n.t > $since AND n.t <= $until RETURN 1 AS value",
            "`on_duplicate = \"error\"` is not allowed with `mode = \"window\"`: rows with the same labels add up",
            "\"error\"",
            "remove `on_duplicate`",
        ),
        (
            "// H.\n/*kpi\nname = \"x\"\nRETURN 1 AS value",
            "unterminated comment",
            "/*",
            "close the comment with `*/`",
        ),
        (
            "// H.\n/*kpi */ /*kpi */ RETURN 1 AS value",
            "expected one header, found a second",
            "/*kpi",
            "merge it into the first",
        ),
        (
            "// H.\nRETURN 1 AS value /*kpi name = \"x\" */",
            "a header after the start of the query is not read",
            "/*kpi",
            "move it above the query",
        ),
        (
            "// H.\n/*kpi cron = \"*/5 * * * *\" */ RETURN 1 AS value",
            "`*/` ends the header inside a string",
            "*/",
            "remove `*/` from the string; in a cron expression write `0-59/5` for every fifth minute",
        ),
        (
            "// H.\n/*kpi\nhelp = '''a */ b'''\nnonsense\n*/ RETURN 1 AS value",
            "`*/` ends the header inside a string",
            "*/",
            "remove `*/` from the string; in a cron expression write `0-59/5` for every fifth minute",
        ),
        (
            "// H.\n/*kpi help = 'C:\\users' */ RETURN 1 AS value",
            "invalid Unicode escape `\\users`: the server expects four hexadecimal digits after `\\u`, even in a comment",
            "\\users",
            "double the backslash (`\\\\u`) or use a slash",
        ),
        (
            "// H.\n/*kpi expect = { a = [\"x\"] } */ RETURN 1 AS value",
            "`expect` names `a`, which is not a label",
            "a",
            "the query returns no label",
        ),
        (
            "// H.\nMATCH (o:Order) RETURN o.a AS a, count(o)",
            "expected a column `value`, found `count(o)` without an alias",
            "count(o)",
            "write `count(o) AS value`",
        ),
        (
            "// H.\nMATCH (n) RETURN labels(n) AS kind, count(n) AS value",
            "expected a single value for a label, found the list `labels(…)`",
            "kind",
            "take one element, as in `labels(…)[0]`, or make a row of each with `UNWIND labels(…) AS …`",
        ),
        (
            "// H.\n:param x => 1\nMATCH (n {x: $x}) RETURN 1 AS value",
            "expected Cypher, found `:param`, a command of Neo4j Browser and cypher-shell",
            ":param",
            "remove the line, and add the value to the header: params = { name = … }",
        ),
        (
            "// H.\n:auto MATCH (n) RETURN 1 AS value",
            "expected Cypher, found `:auto`, a command of Neo4j Browser and cypher-shell",
            ":auto",
            "remove it: the KPI runs as one read-only query",
        ),
        (
            "// H.\n/* KPI owner: the agents' team */ RETURN 1 AS value",
            "this comment begins with `kpi`, but is not a valid header",
            "/* KPI",
            "write the header as `/*kpi`, TOML and `*/`, or begin the comment with another word",
        ),
        (
            "// H.\n/* kpi\nevry = \"5m\"\n*/ RETURN 1 AS value",
            "unknown key `evry`",
            "evry",
            "did you mean `every`?",
        ),
        (
            &format!("// {}\nRETURN 1 AS value", "x".repeat(1025)),
            "the HELP text of `p_m` has 1025 bytes, more than 1024",
            "",
            "shorten it: HELP is the first paragraph of the comments, up to an empty line",
        ),
        (
            &format!(
                "// H.\n{window}MATCH (c) WHERE c.t >= $since AND c.t <= $until RETURN 1 AS value"
            ),
            "an event exactly at `$since` is counted twice: the window before includes it",
            ">=",
            "write `c.t > $since AND c.t <= $until`",
        ),
        (
            &format!(
                "// H.\n{window}MATCH (c) WHERE $since < c.t AND $until > c.t RETURN 1 AS value"
            ),
            "an event exactly at `$until` is never counted: the next window excludes it",
            ">",
            "write `c.t > $since AND c.t <= $until`",
        ),
        (
            &format!(
                "// H.\n{window}MATCH (c) WITH c.t AS t WHERE t >= $since AND t < $until RETURN 1 AS value"
            ),
            "the bounds are shifted: an event at the end of a window is counted one window late",
            ">=",
            "write `t > $since AND t <= $until`",
        ),
        (
            "// H.\nMATCH (a) RETURN count(a.x) / count(a) * 100 AS value",
            "both sides are integers, so the server drops the fraction",
            "count(a.x) / count(a)",
            "write `1.0 * count(a.x) / count(a)`",
        ),
        (
            "// H.\nMATCH (a) WITH sum(CASE WHEN a.x THEN 1 ELSE 0 END) AS good, count(a) AS all RETURN good / all AS value",
            "both sides are integers, so the server drops the fraction",
            "good / all",
            "write `1.0 * good / all`",
        ),
    ];
    hold(cases, str::to_owned);
}

#[test]
fn right_numbers_are_not_warned_of() {
    let window = "/*kpi\nmode = \"window\"\ntype = \"counter\"\nname = \"x_total\"\n*/";
    for text in [
        &format!("// H.\n{window}MATCH (c) WHERE $since < c.t <= $until RETURN 1 AS value"),
        &format!(
            "// H.\n{window}MATCH (c) WITH c.t AS t WHERE t > datetime($since) AND t <= datetime($until) RETURN 1 AS value"
        ),
        "// H.\nMATCH (a) RETURN 1.0 * count(a.x) / count(a) AS value",
        "// H.\nMATCH (a) RETURN toString(size(a.x) / 2) AS half, count(a) AS value",
        "// H.\nMATCH (r) RETURN avg(r.duration_ms) / 1000 AS value",
        "// H.\nMATCH (r) RETURN r.duration_ms / 1000 AS value",
    ] {
        assert_eq!(problems(text), [], "{text}");
    }
}

#[test]
fn a_dash_in_the_files_name_must_go() {
    let catalog = load_all(&[("queries/p/a-b.cypher", "// H.\nRETURN 1 AS value")], &[]);
    let messages: Vec<_> = catalog
        .problems
        .iter()
        .map(|problem| (&*problem.message, &*problem.fix))
        .collect();
    let message =
        "invalid metric name `p_a-b`: invalid character `-`: use ASCII letters, digits and `_`";
    assert_eq!(
        messages,
        [(
            message,
            "rename the file, or add a valid `name` to the header"
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

    error: invalid `type`: "guage"
     --> queries/p/m.cypher:4:8
      |
    4 | type = "guage"
      |        ^^^^^^^
      |
      = help: did you mean "gauge"? Allowed: "gauge", "counter", "histogram", "summary", "info", "stateset"

    error: invalid `every`: 5
     --> queries/p/m.cypher:5:9
      |
    5 | every = 5
      |         ^
      |
      = help: write a duration above zero in quotes, e.g. "30s", "5m" or "1h 30m"

    error: invalid cron expression `never`: expected 5 or 6 fields, found 1
     --> queries/p/m.cypher:6:8
      |
    6 | cron = "never"
      |        ^^^^^^^
      |
      = help: write five fields (minute hour day month weekday) or six with seconds first, in UTC: "0 2 * * *"

    error: the alert has no `name`
     --> queries/p/m.cypher:7:1
      |
    7 | [[alert]]
      | ^^^^^^^^^
      |
      = help: add a name: `name = "PatternReuseLow"`

    error: invalid `when`: "0.6"
     --> queries/p/m.cypher:8:8
      |
    8 | when = "0.6"
      |        ^^^^^
      |
      = help: write an operator and a number: when = "< 0.6"; for other conditions write `expr` in PromQL

    error: the parameter `$x` has no value
      --> queries/p/m.cypher:10:14
       |
    10 | MATCH (n {a: $x})
       |              ^^
       |
       = help: add a value to the header: params = { x = … }

    error: the column `n x` is not a valid label name: invalid character ` `: use ASCII letters, digits and `_`
      --> queries/p/m.cypher:11:15
       |
    11 | RETURN n.x AS `n x`, count(n) AS vale
       |               ^^^^^
       |
       = help: rename the column, e.g. `… AS nx`
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
      = help: add a comment above the query: `// Number of …`
    ");
    insta::assert_snapshot!(rendered("// Help.\r\n/*kpi\r\nunit = \"s\"\r\n*/\r\nMATCH (n)\r\nRETURN n.é, 1 AS value\r\n"), @r#"
    error: the name `p_m` must end in its unit `s`
     --> queries/p/m.cypher:3:8
      |
    3 | unit = "s"
      |        ^^^
      |
      = help: rename the metric to `p_m_s`, or remove `unit`

    error: the column `n.é` is not a valid label name: invalid character `.`: use ASCII letters, digits and `_`
     --> queries/p/m.cypher:6:8
      |
    6 | RETURN n.é, 1 AS value
      |        ^^^
      |
      = help: rename the column, e.g. `… AS label`
    "#);
    insta::assert_snapshot!(rendered("// Help.\n/*kpi cron = \"*/5 * * * *\" */\nRETURN 1 AS value"), @r#"
    error: `*/` ends the header inside a string
     --> queries/p/m.cypher:2:15
      |
    2 | /*kpi cron = "*/5 * * * *" */
      |               ^^
      |
      = help: remove `*/` from the string; in a cron expression write `0-59/5` for every fifth minute
    "#);
    insta::assert_snapshot!(rendered("// Help.\n/*kpi\nname = \"x\"\n\nMATCH (n)\nRETURN 1 AS value"), @"
    error: unterminated comment
     --> queries/p/m.cypher:2:1
      |
    2 | /*kpi
      | ^^
      |
      = help: close the comment with `*/`
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
      = help: add a value to the header: params = { a = … }
    ");
    insta::assert_snapshot!(rendered(&with_header("params = { a = 1 }")), @"
    warning: the query does not use `$a`
     --> queries/p/m.cypher:3:10
      |
    3 | params = { a = 1 }
      |          ^^^^^^^^^
      |
      = help: remove it from `params`
    ");
    insta::assert_snapshot!(rendered(&with_header("[[alert]]\nname = \"A\"\nwhen = \"0.6\"")), @r#"
    error: invalid `when`: "0.6"
     --> queries/p/m.cypher:5:8
      |
    5 | when = "0.6"
      |        ^^^^^
      |
      = help: write an operator and a number: when = "< 0.6"; for other conditions write `expr` in PromQL
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
