//! Valid expressions with their syntax trees, and invalid ones with the error and its place.

use super::*;

fn fault(text: &str) -> String {
    match Promql::read(text, Variables::Refused) {
        Ok(read) => panic!("{text} is read as {}", shown(&read.expr)),
        Err(fault) => format!("{}: {}", &text[fault.span], fault.message),
    }
}

/// The expression with a pair of brackets around everything that is one.
fn shown(expr: &Expr) -> String {
    match &expr.kind {
        Kind::Number(number) => number.to_string(),
        Kind::Text(text) => format!("{text:?}"),
        Kind::Select(selector) => selector.metric().unwrap_or("*").to_owned(),
        Kind::Range(selector, _) => format!("{}[]", selector.metric().unwrap_or("*")),
        Kind::Subquery(subquery) => format!("{}[:]", shown(&subquery.expr)),
        Kind::Call(function, arguments) => {
            format!(
                "{}<{}>",
                function.name,
                arguments.iter().map(shown).collect::<Vec<_>>().join(" ")
            )
        }
        Kind::Aggregate(aggregate) => {
            format!("{:?}<{}>", aggregate.operator, shown(&aggregate.expr))
        }
        Kind::Binary(binary) => format!(
            "<{} {:?} {}>",
            shown(&binary.left),
            binary.operator,
            shown(&binary.right)
        ),
        Kind::Negative(inner) => format!("<-{}>", shown(inner)),
        Kind::Parentheses(inner) => format!("({})", shown(inner)),
    }
}

#[test]
fn valid_expressions_are_parsed_by_precedence() {
    for (text, expected) in [
        ("x", "x"),
        ("a:b:c", "a:b:c"),
        ("{__name__=\"x\", a!=\"b\"}", "x"),
        (
            "a + b * c ^ d ^ e - f",
            "<<a Add <b Multiply <c Power <d Power e>>>> Subtract f>",
        ),
        ("-a ^ 2 * b", "<<-<a Power 2>> Multiply b>"),
        (
            "a or b and c unless d > 1",
            "<a Or <<b And c> Unless <d Greater 1>>>",
        ),
        ("SUM BY (a) (rate(x[5m]))", "Sum<rate<x[]>>"),
        ("sum(x) without (a, b,)", "Sum<x>"),
        ("topk(5, x)", "Topk<x>"),
        ("count_values(\"v\", x)", "CountValues<x>"),
        (
            "histogram_quantile(0.95, sum by (le) (rate(x_bucket[1h30m])))",
            "histogram_quantile<0.95 Sum<rate<x_bucket[]>>>",
        ),
        (
            "max_over_time(rate(x[5m])[1h:1m])",
            "max_over_time<rate<x[]>[:]>",
        ),
        ("avg_over_time(x[7d] offset 1d)", "avg_over_time<x[]>"),
        ("x offset -5m + x @ end() + x @ 17", "<<x Add x> Add x>"),
        ("a / on (x) group_left (y) b", "<a Divide b>"),
        ("a > bool ignoring (x) b", "<a Greater b>"),
        (
            "time() - x > 3 * 0x10 # seconds",
            "<<time<> Subtract x> Greater <3 Multiply 16>>",
        ),
        ("x == +Inf or x == NaN", "<<x Equal inf> Or <x Equal NaN>>"),
        (
            "label_replace(x, \"a\", '$1', \"b\", `(.*)`)",
            "label_replace<x \"a\" \"$1\" \"b\" \"(.*)\">",
        ),
        ("round(x)", "round<x>"),
        ("((x))", "((x))"),
        // Keywords are names where nothing else can stand.
        ("sum{by=\"a\"} + offset", "<sum Add offset>"),
        ("1 + 1", "<1 Add 1>"),
    ] {
        let read = Promql::read(text, Variables::Refused)
            .unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
        assert_eq!(shown(&read.expr), expected, "{text}");
    }
}

#[test]
fn invalid_expressions_name_the_mistake() {
    for (text, expected) in [
        ("", ": empty expression"),
        (
            "x y",
            "y: expected an operator or the end of input, found `y`",
        ),
        ("sum(x", ": expected `)`, found end of input"),
        ("incrase(x[5m])", "incrase: unknown function `incrase`"),
        (
            "rate(x)",
            "x: `rate` expects a range vector, found an instant vector: add a range, as in rate(x[15m])",
        ),
        (
            "x[5m]",
            "x[5m]: a range vector has no single value: pass it to a function, as in rate(x[15m])",
        ),
        (
            "x[5m] > 1",
            "x[5m]: an operator expects a scalar or an instant vector, found a range vector: pass it to a function, as in rate(x[15m])",
        ),
        (
            "rate(x)[5m]",
            "x: `rate` expects a range vector, found an instant vector: add a range, as in rate(x[15m])",
        ),
        (
            "abs(x)[5m]",
            "abs(x): a range is only allowed after a selector; write a subquery, as in [1h:5m]",
        ),
        (
            "rate(x[$__rate_interval])",
            "$__rate_interval: expected a duration (Grafana variables are not available in rules), found `$__rate_interval`",
        ),
        (
            "rate(x[5])",
            "5: expected a duration, as in [15m], found `5`",
        ),
        ("rate(x[1m1h])", "1m1h: invalid number or duration `1m1h`"),
        ("x{a=b}", "b: expected a string in quotes, found `b`"),
        ("x{a~\"b\"}", "~: unexpected character `~`"),
        (
            "{a=\"\"}",
            "{a=\"\"}: this selector matches every series: name a metric",
        ),
        (
            "\"text\"",
            "\"text\": expected a scalar or an instant vector, found a string",
        ),
        ("x{a=\"b}", "\"b}: unterminated string"),
        (
            "x{a=\"\\d\"}",
            "\\d: unknown escape sequence: write a backslash as `\\\\`",
        ),
        (
            "1 > 2",
            "1 > 2: a comparison of two scalars needs `bool`, as in 1 > bool 2",
        ),
        (
            "x and 1",
            "x and 1: `and`, `or` and `unless` need an instant vector on both sides, found a scalar",
        ),
        (
            "x + bool y",
            "x + bool y: `bool` is only allowed after a comparison operator",
        ),
        (
            "x > on (a) 1",
            "x > on (a) 1: a scalar has no labels to match on",
        ),
        (
            "histogram_quantile(x)",
            "histogram_quantile(x): `histogram_quantile` expects 2 arguments, found 1",
        ),
        ("topk(x)", "): expected 2 arguments, found 1"),
        ("sum by (a b) (x)", "b: expected `,` or `)`, found `b`"),
        (
            "(x) offset 5m",
            "(x): `offset` and `@` are only allowed after a selector or a subquery",
        ),
        ("x ! y", "!: unexpected character `!`"),
        (
            "x group_left y",
            "group_left: expected an operator or the end of input, found `group_left`",
        ),
        ("on > 1", "on: `on` is only allowed after a binary operator"),
        ("x >", ": expected an expression, found end of input"),
    ] {
        assert_eq!(fault(text), expected, "{text}");
    }
    let deep = format!("{}x{}", "(".repeat(1000), ")".repeat(1000));
    assert!(fault(&deep).contains("nested too deeply"));
}

#[test]
fn a_comparison_equals_its_parsed_text() {
    for threshold in [0.6, -1000.0, 1e21] {
        let made = Promql::comparison("x", Operator::GreaterOrEqual, threshold);
        let read = Promql::read(&made.text, Variables::Refused).unwrap();
        assert_eq!(
            shown(&made.expr).replace("-1000", "<-1000>"),
            shown(&read.expr)
        );
        assert_eq!(made.selectors()[0], read.selectors()[0]);
    }
}

/// `on` and its like are no expressions, `inf` is a number.
#[test]
fn a_metric_with_a_reserved_name_is_selected_by_a_matcher() {
    for name in [
        "on",
        "bool",
        "ignoring",
        "group_left",
        "inf",
        "nan",
        "sum",
        "x",
    ] {
        let made = Promql::comparison(name, Operator::Less, 1.0);
        let read = Promql::read(&made.text, Variables::Refused).unwrap();
        assert_eq!(made.selectors(), read.selectors());
        assert_eq!(made.selectors()[0].metric(), Some(name));
    }
    assert_eq!(selecting("on"), "{__name__=\"on\"}");
    assert_eq!(selecting("sum"), "sum");
}

#[test]
fn grafana_variables_are_allowed_in_panels_only() {
    for text in [
        "rate(x[$__rate_interval])",
        "max_over_time(x[${__range}:$__interval])",
    ] {
        assert!(Promql::read(text, Variables::Allowed).is_ok(), "{text}");
        assert!(Promql::read(text, Variables::Refused).is_err(), "{text}");
    }
}

#[test]
fn selectors_know_where_a_matcher_can_be_inserted() {
    let text = "a / b{c=\"d\"} + rate({__name__=\"e\"}[5m])";
    let read = Promql::read(text, Variables::Refused).unwrap();
    let found: Vec<_> = read
        .selectors()
        .iter()
        .map(|selector| {
            (
                selector.metric().unwrap(),
                &text[selector.span.clone()],
                &text[..selector.open],
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("a", "a", "a"),
            ("b", "b{c=\"d\"}", "a / b{"),
            ("e", "{__name__=\"e\"}", "a / b{c=\"d\"} + rate({"),
        ]
    );
}

proptest::proptest! {
    #[test]
    fn no_text_causes_a_panic(text in "[a-z{}()\\[\\]\"'`$:@#0-9.+*/ <>=!~,\\\\é-]{0,40}") {
        let _ = Promql::read(&text, Variables::Allowed);
    }
}
