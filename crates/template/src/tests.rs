//! Templates that Prometheus accepts, and the mistakes that people make.

use super::*;

fn fault(text: &str) -> String {
    match Template::read(text) {
        Ok(_) => String::new(),
        Err(fault) => format!("{}: {}", &text[fault.span.clone()], fault.message),
    }
}

#[test]
fn valid_templates() {
    for text in [
        "",
        "no action, } and { and }}",
        "{{ $labels.region }} is at {{ $value | humanizePercentage }}",
        "{{$labels.region}}{{- $value -}} x",
        "{{ .Labels.a }} {{ .Value }} {{ .ExternalURL }} {{ $externalLabels.cluster }} {{ $.Labels.b }}",
        "{{ printf \"%.2f\" $value }} {{ printf `%s` $labels.a }} {{ $value | printf \"$%.2f\" }}",
        "{{/* a comment */}}{{- /* another */ -}}",
        "{{ if gt $value 5.0 }}high{{ else if lt $value -1e3 }}low{{ else }}ok{{ end }}",
        "{{ range query \"up == 0\" }}{{ .Labels.instance }}: {{ .Value }}{{ else }}none{{ end }}",
        "{{ range $i, $sample := query `up` | sortByLabel \"a\" }}{{ if $i }}, {{ end }}{{ $sample.Labels.a }}{{ end }}",
        "{{ range query \"up\" }}{{ if eq .Value 0.0 }}{{ continue }}{{ else }}{{ break }}{{ end }}{{ end }}",
        "{{ with query \"up\" }}{{ . | first | value | humanize }}{{ end }}",
        "{{ (query \"up\" | first).Labels.instance }} {{ index $labels \"a\" }}",
        "{{ define \"x\" }}{{ .a.b }}{{ end }}{{ template \"x\" . }}{{ template \"x\" }}",
        "{{ $x := $value }}{{ $x = 1 }}{{ $x }} {{ with $y := .Labels }}{{ $y.a }}{{ end }}",
        "{{ \"{{\" }} {{ \"\\u00e9\\x41\\n\" }} {{ `raw` }} {{ true }} {{ 0.5 }} {{ .5 }} {{ +5 }}",
        "{{ block \"b\" . }}{{ . }}{{ end }} {{ not true }} {{ and 1 2 | or 3 }} {{ len $labels }}",
        "{{ reReplaceAll \"(.*):\\\\d+\" \"$1\" $labels.instance | toUpper | title }}",
        "{{\n$value\n|\nhumanize\n}}",
    ] {
        assert_eq!(fault(text), "", "{text}");
    }
}

#[test]
fn mistakes_with_their_places() {
    for (text, expected) in [
        (
            "{{ placeholder }}",
            "placeholder: unknown function `placeholder`",
        ),
        (
            "{{ $lables.region }}",
            "$lables: unknown variable `$lables`",
        ),
        ("{{ $labels.region }", "}: unexpected character `}`"),
        (
            "{{ $labels.region",
            "{{: expected `}}`, found the end of the text",
        ),
        (
            "{{ $value | percent }}",
            "percent: unknown function `percent`",
        ),
        ("{{ $value | }}", "}}: expected a function after `|`"),
        (
            "{{ $value | 5 }}",
            "5: a value cannot receive the value of `|`",
        ),
        ("{{ }}", "}}: expected a value"),
        ("{{ if }}x{{ end }}", "}}: expected a value"),
        ("{{ .labels.region }}", "labels: unknown field `.labels`"),
        (
            "{{ $labels.a.b }}",
            ".b: a text or a number has no field `.b`",
        ),
        ("{{ $value.x }}", ".x: a text or a number has no field `.x`"),
        ("{{ $labels.my-label }}", "-: unexpected character `-`"),
        (
            "{{ humanize }}",
            "humanize: `humanize` expects one argument, found 0",
        ),
        (
            "{{ humanize $value $value }}",
            "humanize: `humanize` expects one argument, found 2",
        ),
        ("{{ if $value }}x", ": expected `{{ end }}`"),
        ("x{{ end }}", "{{: `{{` without a block"),
        (
            "{{ range query \"up\" }}{{ $labels.a }}{{ else if 1 }}{{ end }}",
            "if: expected `}}`",
        ),
        ("{{ break }}", "break: `break` outside of `range`"),
        (
            "{{ template \"x\" }}",
            "\"x\": the template \"x\" is not defined in this text",
        ),
        (
            "{{ if 1 }}{{ define \"x\" }}{{ end }}{{ end }}",
            "define: expected no `define` in a block",
        ),
        (
            "{{ define \"x\" }}{{ $labels.a }}{{ end }}",
            "$labels: unknown variable `$labels`",
        ),
        (
            "{{ with $x := 1 }}{{ end }}{{ $x }}",
            "$x: unknown variable `$x`",
        ),
        ("{{ $x = 1 }}", "$x: unknown variable `$x`"),
        ("{{ \"x }}", "\"x }}: invalid string"),
        ("{{ \"\\d\" }}", "\"\\d\": invalid string"),
        ("{{ 'x' }}", "': unexpected character `'`"),
        ("{{ 1_0 }}", "1_0: invalid number `1_0`"),
        (
            "{{ 99999999999999999999 }}",
            "99999999999999999999: invalid number `99999999999999999999`",
        ),
        ("{{/* x }}", "{{: the comment is not closed"),
        ("{{/* x */ }}", "{{/* x */: expected `}}` after the comment"),
        (
            "{{ \"a\"\"b\" }}",
            "\"b\": expected a space between two values",
        ),
        ("{{ ..Labels }}", ".Labels: expected a space after `.`"),
        ("{{ ($value }}", "}}: expected a value"),
        ("{{ nil }}", "nil: `nil` is not a value"),
    ] {
        assert_eq!(fault(text), expected, "{text}");
    }
    let deep = format!("{{{{ {}1{} }}}}", "(".repeat(1000), ")".repeat(1000));
    assert!(fault(&deep).contains("nested too deeply"));
}

#[test]
fn labels_are_found_with_their_places() {
    let text = "{{ $labels.a }} {{ .Labels.b }} {{ with .Labels }}{{ .c }}{{ end }} {{ $externalLabels.d }}";
    let labels = Template::read(text).unwrap().labels;
    let found: Vec<_> = labels
        .iter()
        .map(|(label, span)| (label.as_str(), &text[span.clone()]))
        .collect();
    assert_eq!(found, [("a", "a"), ("b", "b"), ("c", "c")]);
}

#[test]
fn an_escaped_text_has_no_actions() {
    for text in ["{{ placeholder }}", "{{{", "{{{{", "}} {{-", "{{/*"] {
        let escaped = escape(text);
        assert_eq!(Template::read(&escaped).map(|read| read.labels), Ok(vec![]));
        assert_eq!(escaped.replace("{{ \"{{\" }}", "{{"), text);
    }
    assert_eq!(escape("a {b}"), "a {b}");
}

proptest::proptest! {
    /// Mixes of the language's own words reach more of the reader than arbitrary bytes.
    #[test]
    fn no_text_makes_it_panic(words in proptest::collection::vec(word(), 0..30), any in ".*") {
        let text = words.concat();
        for text in [text, any] {
            if let Err(fault) = Template::read(&text) {
                proptest::prop_assert!(text.get(fault.span).is_some());
            }
        }
    }
}

fn word() -> impl proptest::strategy::Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "{{",
        "}}",
        "{{- ",
        " -}}",
        " ",
        "\n",
        "-",
        "if ",
        "else",
        "end",
        "range ",
        "with ",
        "define ",
        "template ",
        "block ",
        "break",
        "$labels",
        "$value",
        "$x",
        "$",
        ":=",
        "=",
        "|",
        ",",
        "(",
        ")",
        ".",
        ".a",
        ".Labels",
        "\"x\"",
        "`y`",
        "1",
        "0.5",
        "-1e3",
        "humanize",
        "printf",
        "query",
        "{{/*",
        "*/}}",
        "é",
        "{",
        "}",
        "'",
        "\\",
    ])
}
