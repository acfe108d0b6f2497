//! What is PromQL, how it is understood, and where it is wrong.

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
fn what_is_promql() {
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
fn what_is_not() {
    for (text, expected) in [
        ("", ": there is nothing"),
        (
            "x y",
            "y: here stands `y`, where the end, or an operator should be",
        ),
        ("sum(x", ": here stands the end, where `)` should be"),
        ("incrase(x[5m])", "incrase: unknown function `incrase`"),
        (
            "rate(x)",
            "x: `rate` takes a range of samples, but this is series without a range: give it one, as in rate(x[15m])",
        ),
        (
            "x[5m]",
            "x[5m]: a range stands alone: give it to a function, as in rate(x[15m])",
        ),
        (
            "x[5m] > 1",
            "x[5m]: an operator takes a number or series without a range, but this is a range of samples: put it into a function, as in rate(x[15m])",
        ),
        (
            "rate(x)[5m]",
            "x: `rate` takes a range of samples, but this is series without a range: give it one, as in rate(x[15m])",
        ),
        (
            "abs(x)[5m]",
            "abs(x): only a metric has a range; anything else takes [1h:5m]",
        ),
        (
            "rate(x[$__rate_interval])",
            "$__rate_interval: here stands `$__rate_interval`, where a duration (a rule knows no variables of Grafana) should be",
        ),
        (
            "rate(x[5])",
            "5: here stands `5`, where a duration, as in [15m] should be",
        ),
        (
            "rate(x[1m1h])",
            "1m1h: `1m1h` is neither a number nor a duration",
        ),
        (
            "x{a=b}",
            "b: here stands `b`, where a string in quotes should be",
        ),
        ("x{a~\"b\"}", "~: `~` has no place in PromQL"),
        (
            "{a=\"\"}",
            "{a=\"\"}: this selects everything: name a metric",
        ),
        ("\"text\"", "\"text\": a string has no value"),
        ("x{a=\"b}", "\"b}: this string never ends"),
        (
            "x{a=\"\\d\"}",
            "\\d: this escape is not known: a backslash is written twice, `\\\\`",
        ),
        (
            "1 > 2",
            "1 > 2: two numbers are compared with `bool`, as in 1 > bool 2",
        ),
        (
            "x and 1",
            "x and 1: `and`, `or` and `unless` stand between series, not numbers",
        ),
        ("x + bool y", "x + bool y: `bool` belongs to a comparison"),
        (
            "x > on (a) 1",
            "x > on (a) 1: a number has no labels to match by",
        ),
        (
            "histogram_quantile(x)",
            "histogram_quantile(x): `histogram_quantile` takes 2 arguments, not 1",
        ),
        ("topk(x)", "): this aggregation takes 2 arguments"),
        (
            "sum by (a b) (x)",
            "b: here stands `b`, where `,` or `)` should be",
        ),
        (
            "(x) offset 5m",
            "(x): only a metric or a range can be taken at another time",
        ),
        ("x ! y", "!: `!` has no place in PromQL"),
        (
            "x group_left y",
            "group_left: here stands `group_left`, where the end, or an operator should be",
        ),
        (
            "on > 1",
            "on: `on` belongs behind an operator between two series, or before its labels",
        ),
        (
            "x >",
            ": here stands the end, where an expression should be",
        ),
    ] {
        assert_eq!(fault(text), expected, "{text}");
    }
    let deep = format!("{}x{}", "(".repeat(1000), ")".repeat(1000));
    assert!(fault(&deep).contains("less in one another"));
}

#[test]
fn a_comparison_is_what_its_text_says() {
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

#[test]
fn variables_are_for_panels() {
    for text in [
        "rate(x[$__rate_interval])",
        "max_over_time(x[${__range}:$__interval])",
    ] {
        assert!(Promql::read(text, Variables::Allowed).is_ok(), "{text}");
        assert!(Promql::read(text, Variables::Refused).is_err(), "{text}");
    }
}

#[test]
fn selectors_know_where_a_matcher_can_be_put() {
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
    fn no_text_ends_in_a_panic(text in "[a-z{}()\\[\\]\"'`$:@#0-9.+*/ <>=!~,\\\\é-]{0,40}") {
        let _ = Promql::read(&text, Variables::Allowed);
    }
}
