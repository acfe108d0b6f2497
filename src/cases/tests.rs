//! Files of tests as tables: what is read, and what is wrong with them.

use super::*;
use crate::diagnostic::Place;

fn source(text: &str) -> Source {
    Source {
        path: "queries/p/a.test.cypher".to_owned(),
        pack: "p".to_owned(),
        text: text.to_owned(),
    }
}

fn cases(text: &str) -> Vec<Case> {
    read(&source(text)).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn problems(text: &str) -> String {
    let problems = read(&source(text)).expect_err(text);
    let lines = problems.iter().map(|problem| {
        let Place::Span(_, span) = problem.place.clone() else {
            panic!("{problem:?}");
        };
        format!("{:?} {} | {}", &text[span], problem.message, problem.fix)
    });
    lines.collect::<Vec<_>>().join("\n")
}

const ONE: &str = "/*test\nname = 'one'\nexpect = 'm 1'\n*/\n";

#[test]
fn each_comment_begins_a_case() {
    let text = format!(
        "// Tests.\n{ONE}CREATE (:A {{at: datetime()}}); // done\n\n/* TEST name = 'two'\nfails = 'value' */\n  CREATE (:B {{s: '/*test'}})\n{ONE}"
    );
    let all = cases(&text);
    let shown: Vec<_> = all
        .iter()
        .map(|case| {
            let step = &case.steps[0];
            (case.name.as_str(), case.line, step.statement.as_deref())
        })
        .collect();
    let first = "\n\n\n\n\nCREATE (:A {at: datetime('2026-01-01T00:00:00.000Z')})";
    let second = format!("{}  CREATE (:B {{s: '/*test'}})", "\n".repeat(9));
    assert_eq!(
        shown,
        [
            ("one", 2, Some(first)),
            ("two", 8, Some(second.as_str())),
            ("one", 11, None)
        ]
    );
    assert_eq!(
        all[1].steps[0].expected,
        Some(Expectation::Failure("value".to_owned()))
    );
}

#[test]
fn each_time_has_its_statement_and_its_samples() {
    let text = "/*test\nname = 'w'\nat = ['2026-01-01T00:00:00Z', 2026-01-01T01:00:00Z, '2026-01-01T03:00:00+01:00']\n\
                expect = ['', 'm 1', 'm 2']\n*/\nCREATE (:A {t: timestamp()});\nCREATE (:A {d: date()});";
    let steps = &cases(text)[0].steps;
    let hour = 3_600_000;
    let shown: Vec<_> = steps
        .iter()
        .map(|step| {
            let statement = step.statement.as_deref().map(str::trim);
            (step.at.0 - steps[0].at.0, statement)
        })
        .collect();
    assert_eq!(
        shown,
        [
            (0, Some("CREATE (:A {t: 1767225600000})")),
            (hour, Some("CREATE (:A {d: date('2026-01-01')})")),
            (2 * hour, None)
        ]
    );
    assert!(steps.iter().all(|step| step.expected.is_some()));
    let last_only = text.replace("['', 'm 1', 'm 2']", "'m 2'");
    let checked: Vec<_> = cases(&last_only)[0]
        .steps
        .iter()
        .map(|step| step.expected.is_some())
        .collect();
    assert_eq!(checked, [false, false, true]);
}

#[test]
fn every_problem_has_its_place_and_a_fix() {
    let all = [
        "",
        "CREATE (:A);",
        "/*test\nname = 'a'\nexpect = 'm 1'\n*/ CREATE (:A); CREATE (:B)",
        "/*test\nexpcet = 'm 1'\nnow = 'noon'\n*/",
        "/*test\nname = 'a'\nexpect = '''\nm{a=\"b} 1\n'''\n*/",
        "/*test\nname = 'a'\nexpect = 'm 1\\nm 2'\nfails = 'value'\n*/",
        "/*test\nname = 'a'\nexpect = 'm one'\n*/",
        "/*test\nname = 'a'\nat = ['2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z']\nexpect = ['m 1']\n*/",
        "/*test\nname = a\n*/",
        "/*test\nname = 'a'\nexpect = 'm 1'\n*/\nCREATE (:A {x: 'b)",
    ];
    let shown: Vec<_> = all.into_iter().map(problems).collect();
    insta::assert_snapshot!(shown.join("\n"), @r##"
    "" expected a `/*test … */` comment, found none | write a case: a `/*test … */` comment and a statement that builds its graph
    "CREATE (:A)" expected a `/*test … */` comment before this statement | write the name and the expected samples of the case into a `/*test … */` comment above
    "CREATE (:B)" expected one statement in this case, found a second one | join the statements, or list in `at` the times between which they are written
    "expcet" unknown key `expcet` | did you mean `expect`?
    "m{a=\"b} 1" expected `"` at the end of a label value | write a line as on /metrics: name{label="value"} 1
    "'value'" `expect` and `fails` exclude each other | remove one of them: a failed run has no samples
    "m one" expected one number after the series | write a line as on /metrics: name{label="value"} 1
    "'2026-01-01T00:00:00Z'" expected a time after the one before | put the times in order
    "['m 1']" expected 2 texts in `expect`, one for each time in `at`, found 1 | write one text of samples for each time
    "a" invalid TOML: string values must be quoted, expected literal string | fix the TOML: write the expected samples between `'''` and `'''`
    "'" unterminated string | close it with the quote that opened it
    "##);
}

#[test]
fn samples_are_compared_as_a_set() {
    let expected = Expected::read(
        "# HELP m Help.\nm{b=\"2\",a=\"x,}\\\"y\"} 0.3\n\nm_bucket{le=\"+Inf\"} 2\nm_bucket{le=\"1\"} 2\nn NaN\no +Inf\ngone 1\n",
    )
    .unwrap();
    let same = "o +Inf\nn NaN\nm_bucket{le=\"1.0\"} 2\nm_bucket{le=\"+Inf\"} 2\nm{a=\"x,}\\\"y\",b=\"2\"} 0.30000000000000004\ngone 1";
    assert_eq!(expected.compare(same), Ok(()));
    let other = "n 1\no +Inf\nm_bucket{le=\"1.0\"} 2\nm_bucket{le=\"+Inf\"} 2\nm{a=\"x,}\\\"y\",b=\"2\"} 0.3\nnew 5";
    insta::assert_snapshot!(expected.compare(other).unwrap_err(), @r#"
    - gone 1
      m_bucket{le="+Inf"} 2
      m_bucket{le="1.0"} 2
      m{a="x,}\"y",b="2"} 0.3
    - n NaN
    + n 1
    + new 5
      o +Inf
    "#);
}

#[test]
fn calls_that_read_the_clock_are_fixed_and_nothing_else_is() {
    let at = UnixMillis(1_767_312_000_123);
    for (text, fixed) in [
        (
            "RETURN datetime ( ) - duration('P1D')",
            "RETURN datetime('2026-01-02T00:00:00.123Z') - duration('P1D')",
        ),
        (
            "RETURN LocalDateTime(), localtime(), time.statement()",
            "RETURN localdatetime('2026-01-02T00:00:00.123'), localtime('00:00:00.123'), time('00:00:00.123Z')",
        ),
        (
            "RETURN datetime('2026'), 'datetime()', n.date, apoc.date() // date()\n, timestamp()",
            "RETURN datetime('2026'), 'datetime()', n.date, apoc.date() // date()\n, 1767312000123",
        ),
        ("RETURN 'date()", "RETURN 'date()"),
    ] {
        assert_eq!(at_moment(text, at), fixed);
    }
}
