//! Each rule with an invalid case and its exact message; and no case ever shows a secret.

use secrecy::ExposeSecret;

use super::*;
use crate::diagnostic::Place;

/// Is in every place where a secret could be; no message and no `Debug` may show it.
const SECRET: &str = "hunter2";

/// A folder with this `config.toml`, and what loading it gives.
fn load(file: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    std::fs::write(&path, file).unwrap();
    std::fs::write(folder.path().join("secret"), format!("{SECRET}\n")).unwrap();
    std::fs::write(folder.path().join("empty"), "\n").unwrap();
    Config::load(Some(&path), &environment(variables))
}

fn environment(variables: &[(&str, &str)]) -> HashMap<String, String> {
    variables
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect()
}

/// Each problem on a line: where, what the caret is under, the message, the fix; the temporary folder is taken out.
fn problems(file: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let errors = load(file, variables).expect_err(file);
    let shown = errors.problems().iter().map(|problem| {
        let path = problem.path().map(Path::new).and_then(Path::parent);
        let folder = path.map_or_else(
            || "nowhere".to_owned(),
            |path| format!("{}/", path.display()),
        );
        let place = match &problem.place {
            Place::Span(_, span) => {
                let line = 1 + errors.text()[..span.start].matches('\n').count();
                format!("{line} ^{}^", &errors.text()[span.clone()])
            }
            Place::Line(_, line) => line.to_string(),
            Place::File(path) => path.clone(),
            Place::Variable(name) => name.clone(),
        };
        let text = format!("{place}: {}; help: {}", problem.message, problem.fix);
        text.replace(&folder, "")
    });
    shown.collect()
}

/// One mistake in the file, and how it is reported.
const FILE_MISTAKES: &[(&str, &str)] = &[
    (
        "[graph]\nurii = \"x\"",
        "2 ^urii^: unknown key `graph.urii`; help: did you mean `graph.uri`?",
    ),
    (
        "[queries]\ncolour = \"hunter2\"",
        "2 ^colour^: unknown key `queries.colour`; help: use one of `queries.path`, `queries.packs`, `queries.every`",
    ),
    (
        "[wbe]\nlisten = \"0.0.0.0:1\"",
        "2 ^listen^: unknown key `wbe.listen`; help: did you mean `web.listen`?",
    ),
    (
        "\n[prometheus]\n",
        "2 ^prometheus^: unknown key `prometheus`; help: use one of the sections `graph` or `graphs.<name>`, `queries`, `web`, `state`, `generate` and `labels`",
    ),
    (
        "\"a.b\" = 1",
        "1 ^\"a.b\"^: unknown key `a.b`; help: use one of the sections `graph` or `graphs.<name>`, `queries`, `web`, `state`, `generate` and `labels`",
    ),
    (
        "\"a[99999999999]\" = 1",
        "1 ^\"a[99999999999]\"^: unknown key `a[99999999999]`; help: use one of the sections `graph` or `graphs.<name>`, `queries`, `web`, `state`, `generate` and `labels`",
    ),
    (
        "[graphs.eu]\npasword = \"hunter2\"",
        "2 ^pasword^: unknown key `graphs.eu.pasword`; help: did you mean `graphs.eu.password`?",
    ),
    (
        "[queries.every]\nx = 1",
        "2 ^x^: unknown key `queries.every.x`; help: did you mean `queries.every`?",
    ),
    (
        "graph = \"hunter2\"",
        "1 ^…^: invalid type for `graph`: expected a section, found a string; help: write it as the section `[graph]`",
    ),
    (
        "[graph]\nuser = \"a\"\n[graphs.eu]\nuser = \"b\"",
        "3 ^graphs^: `graph` and `graphs` are both set; help: remove one of them",
    ),
    (
        "[graphs]",
        "1 ^graphs^: `graphs` is empty; help: add a section `[graphs.<name>]`, or write `[graph]` for a single graph",
    ),
    (
        "[graphs]\neu = \"hunter2\"",
        "2 ^…^: invalid type for `graphs.eu`: expected a section, found a string; help: write it as the section `[graphs.eu]`",
    ),
    (
        "[graphs.Eu]\nuser = \"a\"",
        "1 ^Eu^: invalid name in `graphs.Eu`: unexpected character; help: use a-z, 0-9, `_` and `-`",
    ),
    (
        "[graph]\nuri = \"bolt://neo4j:hunter2@db:7687\"",
        "2: invalid value for `graph.uri`: it contains credentials; help: remove them from the URI and set `user` and `password_file`",
    ),
    (
        "[graph]\nuri = \"neo4j:hunter2@db\"",
        "2: invalid value for `graph.uri`: it contains credentials; help: remove them from the URI and set `user` and `password_file`",
    ),
    (
        "[graph]\nuri = \"localhost:7687\"",
        "2 ^\"localhost:7687\"^: invalid value for `graph.uri`: it has no scheme; help: begin it with bolt://, bolt+s:// or bolt+ssc://, as in bolt://localhost:7687",
    ),
    (
        "[graph]\nuri = [\n  \"bolt://a\",\n  \"http://b\",\n]",
        "4 ^\"http://b\"^: invalid value for `graph.uri`: unknown scheme; help: begin it with bolt://, bolt+s:// or bolt+ssc://, as in bolt://localhost:7687",
    ),
    (
        "[graph]\nuri = \"bolt://\"",
        "2 ^\"bolt://\"^: invalid value for `graph.uri`: expected the name or address of a host; help: write a scheme, a host and a port, as in bolt://localhost:7687",
    ),
    (
        "[graph]\nuri = \"bolt://a/db\"",
        "2 ^\"bolt://a/db\"^: invalid value for `graph.uri`: it has a path; help: remove it; the key `database` names the database",
    ),
    (
        "[graph]\nuri = \"bolt://a:70000\"",
        "2 ^\"bolt://a:70000\"^: invalid value for `graph.uri`: invalid port; help: write a port from 1 to 65535, as in bolt://localhost:7687",
    ),
    (
        "[graph]\nuri = 7687",
        "2 ^7687^: invalid type for `graph.uri`: expected a string or an array of strings, found an integer; help: write `uri = \"…\"` or `uri = [\"…\", \"…\"]`",
    ),
    (
        "[graph]\nuri = [7687]",
        "2 ^7687^: invalid type for `graph.uri`: expected an array of strings, found an integer; help: write `uri = \"…\"` or `uri = [\"…\", \"…\"]`",
    ),
    (
        "[graph]\nuri = []",
        "2 ^[]^: invalid value for `graph.uri`: the array is empty; help: write `uri = \"…\"` or `uri = [\"…\", \"…\"]`",
    ),
    (
        "[graph]\nuser = \"\"",
        "2 ^\"\"^: invalid value for `graph.user`: it is empty; help: write a value, or remove the key for its default",
    ),
    (
        "[graph]\ndatabase = \"\"",
        "2 ^\"\"^: invalid value for `graph.database`: it is empty; help: write a value, or remove the key for its default",
    ),
    (
        "[graph]\npassword = 7",
        "2: invalid type for `graph.password`: expected a string, found an integer; help: write `password = \"…\"`",
    ),
    (
        "[graph]\npassword = [\"hunter2\"]",
        "2: invalid type for `graph.password`: expected a string, found an array; help: write `password = \"…\"`",
    ),
    (
        "[graph]\npassword = 1979-05-27",
        "2: invalid type for `graph.password`: expected a string, found a date; help: write `password = \"…\"`",
    ),
    (
        "[graph]\npassword = \"hunter2\"\npassword_file = \"secret\"",
        "3 ^password_file^: `graph.password` and `graph.password_file` are both set; help: remove one of them",
    ),
    (
        "[graph]\npassword_file = \"gone\"",
        "2 ^\"gone\"^: invalid value for `graph.password_file`: cannot read gone: No such file or directory (os error 2); help: check that the file exists and can be read",
    ),
    (
        "[graph]\npassword_file = \"empty\"",
        "2 ^\"empty\"^: invalid value for `graph.password_file`: the file empty is empty; help: write the password into it",
    ),
    (
        "[graph]\npassword_file = \"\"",
        "2 ^\"\"^: invalid value for `graph.password_file`: it is empty; help: write a path, or remove the key",
    ),
    (
        "[graph]\nca_file = \"ca.pem\"",
        "2 ^ca_file^: `graph.ca_file` has no effect without TLS; help: begin the `uri` with bolt+s://, or remove the key",
    ),
    (
        "[graph]\nuri = \"bolt+ssc://db\"\nca_file = \"ca.pem\"",
        "3 ^ca_file^: `graph.ca_file` has no effect without TLS; help: begin the `uri` with bolt+s://, or remove the key",
    ),
    (
        "[graph]\nuri = \"bolt+s://db\"\nclient_cert_file = \"c.pem\"",
        "3 ^client_cert_file^: `graph.client_cert_file` is set without `graph.client_key_file`; help: set both or none",
    ),
    (
        "[graph]\nuri = \"bolt+s://db\"\nclient_key_file = \"c.key\"",
        "3 ^client_key_file^: `graph.client_key_file` is set without `graph.client_cert_file`; help: set both or none",
    ),
    (
        "[graph]\nclient_cert_file = \"c.pem\"\nclient_key_file = \"c.key\"",
        "2 ^client_cert_file^: `graph.client_cert_file` has no effect without TLS; help: begin the `uri` with bolt+s://, or remove the key",
    ),
    (
        "[graph]\nmax_concurrent = 0",
        "2 ^0^: invalid value for `graph.max_concurrent`: it is out of range; help: write an integer from 1 to 64",
    ),
    (
        "[graph]\nmax_concurrent = -1",
        "2 ^-1^: invalid value for `graph.max_concurrent`: it is out of range; help: write an integer from 1 to 64",
    ),
    (
        "[graph]\nmax_concurrent = 65",
        "2 ^65^: invalid value for `graph.max_concurrent`: it is out of range; help: write an integer from 1 to 64",
    ),
    (
        "[graph]\nmax_concurrent = 999999999999999999999999999999999999999999",
        "2 ^999999999999999999999999999999999999999999^: invalid value for `graph.max_concurrent`: it is out of range; help: write an integer from 1 to 64",
    ),
    (
        "[graph]\nmax_concurrent = \"4\"",
        "2 ^\"4\"^: invalid type for `graph.max_concurrent`: expected an integer, found a string; help: write an integer from 1 to 64, without quotes",
    ),
    (
        "[graph]\nmax_concurrent = 4.5",
        "2 ^4.5^: invalid type for `graph.max_concurrent`: expected an integer, found a float; help: write an integer from 1 to 64, without quotes",
    ),
    (
        "[queries]\nevery = \"soon\"",
        "2 ^\"soon\"^: invalid value for `queries.every`: expected a duration; help: write a number and a unit, as in \"30s\" or \"5m\"",
    ),
    (
        "[queries]\nevery = \"0s\"",
        "2 ^\"0s\"^: invalid value for `queries.every`: it is out of range; help: write a duration from \"100ms\" to \"366days\"",
    ),
    (
        "[queries]\nevery = \"2years\"",
        "2 ^\"2years\"^: invalid value for `queries.every`: it is out of range; help: write a duration from \"100ms\" to \"366days\"",
    ),
    (
        "[queries]\nevery = 300",
        "2 ^300^: invalid type for `queries.every`: expected a string, found an integer; help: write `every = \"…\"`",
    ),
    (
        "[queries]\npacks = []",
        "2 ^[]^: invalid value for `queries.packs`: the array is empty; help: write `packs = \"…\"` or `packs = [\"…\", \"…\"]`",
    ),
    (
        "[queries]\npacks = [\"../x\"]",
        "2 ^\"../x\"^: invalid value for `queries.packs`: expected the name of a pack; help: write the name of a folder in `queries.path`, without its path",
    ),
    (
        "[queries]\npath = {}",
        "2 ^{}^: invalid type for `queries.path`: expected a string, found a table; help: write `path = \"…\"`",
    ),
    (
        "[web]\nlisten = \"graph:9687\"",
        "2 ^\"graph:9687\"^: invalid value for `web.listen`: expected an IP address and a port; help: write it as in \"0.0.0.0:9687\", \":9687\", \"localhost:9687\" or \"[::1]:9687\"",
    ),
    (
        "[web]\nlisten = \"0.0.0.0:99999\"",
        "2 ^\"0.0.0.0:99999\"^: invalid value for `web.listen`: expected an IP address and a port; help: write it as in \"0.0.0.0:9687\", \":9687\", \"localhost:9687\" or \"[::1]:9687\"",
    ),
    (
        "[web]\nlisten = 9687",
        "2 ^9687^: invalid type for `web.listen`: expected a string, found an integer; help: write `listen = \"…\"`",
    ),
    (
        "[web]\nlifecycle = \"yes\"",
        "2 ^\"yes\"^: invalid type for `web.lifecycle`: expected a boolean, found a string; help: write true or false, without quotes",
    ),
    (
        "[web]\nlifecycle = \"true\"",
        "2 ^\"true\"^: invalid type for `web.lifecycle`: expected a boolean, found a string; help: write true or false, without quotes",
    ),
    (
        "[web]\nlifecycle = 1",
        "2 ^1^: invalid type for `web.lifecycle`: expected a boolean, found an integer; help: write true or false, without quotes",
    ),
    (
        "[web]\nconfig_file = \"web.yml\"",
        "2 ^config_file^: `web.config_file` is not supported: there is no TLS and there are no users; help: remove the key, and restrict access to the port in the network",
    ),
    (
        "[web]\ndashboard_url = \"grafana\"",
        "2 ^\"grafana\"^: invalid value for `web.dashboard_url`: expected a URL; help: write a URL that begins with http:// or https://, without spaces",
    ),
    (
        "[web]\ndashboard_url = \"http://a\\r\\nSet-Cookie: x\"",
        "2 ^\"http://a\\r\\nSet-Cookie: x\"^: invalid value for `web.dashboard_url`: expected a URL; help: write a URL that begins with http:// or https://, without spaces",
    ),
    (
        "[generate]\nbase_url = \"docs\"",
        "2 ^\"docs\"^: invalid value for `generate.base_url`: expected a URL; help: write a URL that begins with http:// or https://, without spaces",
    ),
    (
        "[state]\npath = true",
        "2 ^true^: invalid type for `state.path`: expected a string, found a boolean; help: write `path = \"…\"`",
    ),
    (
        "[labels]\nenv = 1",
        "2 ^1^: invalid type for `labels.env`: expected a string, found an integer; help: write `env = \"…\"`",
    ),
    (
        "[labels]\nle = \"1\"",
        "2 ^le^: invalid name in `labels.le`: the exporter sets this label itself; help: choose another name",
    ),
    (
        "[labels]\nmy-env = \"x\"",
        "2 ^my-env^: invalid name in `labels.my-env`: invalid character `-`: use ASCII letters, digits and `_`; help: rename the label",
    ),
    (
        "[graph]\npassword = \"hunter2",
        "2: invalid TOML: invalid basic string, expected `\"`; help: fix the TOML; strings need quotes",
    ),
    (
        "[graph]\npassword = hunter2",
        "2: invalid TOML: string values must be quoted, expected literal string; help: fix the TOML; strings need quotes",
    ),
    (
        "[graph]\nuser = \"a\"\nuser = \"b\"",
        "3 ^user^: invalid TOML: duplicate key; help: remove one of them",
    ),
    (
        "[graph]\nuri = \"neo4j://h:7687?policy=eu\"",
        "2 ^\"neo4j://h:7687?policy=eu\"^: invalid value for `graph.uri`: it has a query; help: remove it: there is no routing, and so no routing policy",
    ),
    (
        "[graph]\nuri = \"bolt://h:7687/neo4j\"",
        "2 ^\"bolt://h:7687/neo4j\"^: invalid value for `graph.uri`: it has a path; help: remove it; the key `database` names the database",
    ),
];

/// One mistake in a variable, and how it is reported.
const VARIABLE_MISTAKES: &[(&str, &str, &str)] = &[
    (
        "CYPHER_EXPORTER__GRAPH__PASWORD",
        "hunter2",
        "CYPHER_EXPORTER__GRAPH__PASWORD: unknown variable `CYPHER_EXPORTER__GRAPH__PASWORD`; help: did you mean `CYPHER_EXPORTER__GRAPH__PASSWORD`?",
    ),
    (
        "CYPHER_EXPORTER__QUERIES__PACKS[99999999999]",
        "hunter2",
        "CYPHER_EXPORTER__QUERIES__PACKS[99999999999]: unknown variable `CYPHER_EXPORTER__QUERIES__PACKS[99999999999]`; help: use one of the sections `graph` or `graphs.<name>`, `queries`, `web`, `state`, `generate` and `labels`",
    ),
    (
        "CYPHER_EXPORTER__GRAPH__",
        "hunter2",
        "CYPHER_EXPORTER__GRAPH__: unknown variable `CYPHER_EXPORTER__GRAPH__`; help: use one of the sections `graph` or `graphs.<name>`, `queries`, `web`, `state`, `generate` and `labels`",
    ),
    (
        "CYPHER_EXPORTER__GRAPH",
        "hunter2",
        "CYPHER_EXPORTER__GRAPH: invalid type for `graph`: expected a section, found a string; help: set `CYPHER_EXPORTER__GRAPH__…` instead",
    ),
    (
        "CYPHER_EXPORTER__GRAPH__URI",
        "bolt://a,bolt://neo4j:hunter2@b",
        "CYPHER_EXPORTER__GRAPH__URI: invalid value for `graph.uri`: it contains credentials; help: remove them from the URI and set `user` and `password_file`",
    ),
    (
        "NEO4J_URI",
        "bolt://neo4j:hunter2@b",
        "NEO4J_URI: invalid value for `graph.uri`: it contains credentials; help: remove them from the URI and set `user` and `password_file`",
    ),
    (
        "CYPHER_EXPORTER__GRAPH__MAX_CONCURRENT",
        "many",
        "CYPHER_EXPORTER__GRAPH__MAX_CONCURRENT: invalid value for `graph.max_concurrent`: it is out of range; help: write an integer from 1 to 64",
    ),
    (
        "CYPHER_EXPORTER__WEB__LIFECYCLE",
        "yes",
        "CYPHER_EXPORTER__WEB__LIFECYCLE: invalid type for `web.lifecycle`: expected a boolean, found a string; help: write true or false",
    ),
    (
        "CYPHER_EXPORTER__GRAPH__PASSWORD_FILE",
        "no/such/file",
        "CYPHER_EXPORTER__GRAPH__PASSWORD_FILE: invalid value for `graph.password_file`: cannot read no/such/file: No such file or directory (os error 2); help: check that the file exists and can be read",
    ),
    (
        "CYPHER_EXPORTER_GRAPH_URI",
        "bolt://hunter2@x",
        "CYPHER_EXPORTER_GRAPH_URI: unknown variable `CYPHER_EXPORTER_GRAPH_URI`; help: write `CYPHER_EXPORTER__GRAPH__URI`",
    ),
    (
        "NEO4J_AUTH",
        "hunter2",
        "NEO4J_AUTH: expected a user and a password, or `none`; help: write `user/password`",
    ),
    (
        "NEO4J_AUTH",
        "/hunter2",
        "NEO4J_AUTH: expected a user and a password, or `none`; help: write `user/password`",
    ),
];

#[test]
fn a_mistake_in_the_file_names_line_key_and_fix() {
    for (file, expected) in FILE_MISTAKES {
        assert_eq!(problems(file, &[]), [*expected], "{file}");
    }
}

#[test]
fn a_mistake_in_a_variable_names_it() {
    for (name, value, expected) in VARIABLE_MISTAKES {
        assert_eq!(
            problems("", &[(name, value)]),
            [*expected],
            "{name}={value}"
        );
    }
}

/// A secret may be on the line of the mistake, in the same inline table, or the value of an unknown key.
#[test]
fn a_caret_shows_the_line_without_secrets() {
    let file = "graph = { uri = 7, password = \"hunter2\" }\n\
        [queries]\nevry = \"hunter2\"\npacks = \"a/b\"\n\
        [web]\nlisten = \"hunter2@x\"\nlogin.token = \"\"\"\nhunter2\"\"\"\nlifecycle = 2\n";
    let errors = load(file, &[]).unwrap_err();
    let problem = &errors.problems()[0];
    let folder = problem
        .path()
        .and_then(|path| path.strip_suffix("config.toml"));
    insta::assert_snapshot!(errors.to_string().replace(folder.unwrap(), ""), @r#"
    error: invalid type for `graph.uri`: expected a string or an array of strings, found an integer
    --> config.toml:1
     = help: write `uri = "…"` or `uri = ["…", "…"]`

    error: unknown key `queries.evry`
     --> config.toml:3:1
      |
    3 | evry = …
      | ^^^^
      |
      = help: did you mean `queries.every`?

    error: invalid value for `queries.packs`: expected the name of a pack
     --> config.toml:4:9
      |
    4 | packs = "a/b"
      |         ^^^^^
      |
      = help: write the name of a folder in `queries.path`, without its path

    error: invalid value for `web.listen`: expected an IP address and a port
    --> config.toml:6
     = help: write it as in "0.0.0.0:9687", ":9687", "localhost:9687" or "[::1]:9687"

    error: unknown key `web.login.token`
     --> config.toml:7:7
      |
    7 | login.token = …
      |       ^^^^^
      |
      = help: use one of `web.listen`, `web.lifecycle`, `web.dashboard_url`

    error: invalid type for `web.lifecycle`: expected a boolean, found an integer
     --> config.toml:9:13
      |
    9 | lifecycle = 2
      |             ^
      |
      = help: write true or false, without quotes
    "#);
}

#[test]
fn all_problems_are_reported_together() {
    let file =
        "[web]\nlisten = 1\nlifecycle = 2\n[graph]\nuri = [\"x\", \"y\"]\n[labels]\nle = \"\"\n";
    let problems = problems(
        file,
        &[
            ("CYPHER_EXPORTER__WEB__X", "1"),
            ("CYPHER_EXPORTER__QUERIES__EVERY", "x"),
        ],
    );
    let places: Vec<&str> = problems
        .iter()
        .filter_map(|text| text.split([' ', ':']).next())
        .collect();
    assert_eq!(
        places,
        [
            "2",
            "3",
            "5",
            "5",
            "7",
            "CYPHER_EXPORTER__QUERIES__EVERY",
            "CYPHER_EXPORTER__WEB__X",
        ],
        "{problems:#?}"
    );
}

#[test]
fn all_syntax_errors_are_reported_together() {
    let problems = problems("[graph]\nuser = a\n[web]\nlisten = b\n", &[]);
    assert_eq!(problems.len(), 2, "{problems:#?}");
}

#[test]
fn no_problem_shows_a_secret() {
    let login = [
        ("NEO4J_PASSWORD", SECRET),
        ("CYPHER_EXPORTER__GRAPH__PASSWORD", SECRET),
    ];
    let files = FILE_MISTAKES.iter().map(|(file, _)| load(file, &login));
    let variables = VARIABLE_MISTAKES
        .iter()
        .map(|(name, value, _)| load("", &[(name, value), login[0]]));
    for errors in files.chain(variables).filter_map(Result::err) {
        let shown = format!(
            "{errors} {errors:?} {:#?} {}",
            errors.problems(),
            errors.text()
        );
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

proptest::proptest! {
    /// Wherever a secret is written by mistake, and whatever is around it: it is not shown.
    #[test]
    fn no_text_at_all_shows_a_secret(
        before in "[ -~\n]{0,20}",
        key in "(\\[graph\\]\n)?(password|uri|user|listen|every)( = |=)[\"'\\[]?",
        after in "[ -~\n]{0,20}",
    ) {
        let file = format!("{before}\n{key}x@{SECRET}{after}");
        let shown = match load(&file, &[]) {
            Ok(config) => format!("{:?}", config.graphs.iter().map(|graph| &graph.password).collect::<Vec<_>>()),
            Err(errors) => format!("{errors} {errors:?}"),
        };
        proptest::prop_assert!(!shown.contains(SECRET), "{}\n{}", file, shown);
    }
}

#[test]
fn an_empty_file_gives_the_defaults() {
    let config = load("", &[]).unwrap();
    let [graph] = &config.graphs[..] else {
        panic!("{config:?}")
    };
    assert_eq!(
        (
            graph.name.as_deref(),
            graph.user.as_str(),
            graph.max_concurrent
        ),
        (None, "neo4j", 4)
    );
    assert_eq!(graph.uris, ["bolt://localhost:7687"]);
    assert_eq!(
        (graph.password.expose_secret(), graph.database.as_deref()),
        ("", None)
    );
    assert!(config.queries.path.ends_with("queries"));
    assert_eq!(
        (config.queries.packs, config.queries.every),
        (None, Duration::from_secs(300))
    );
    assert_eq!(
        (config.web.listen.to_string().as_str(), config.web.lifecycle),
        ("0.0.0.0:9687", false)
    );
    assert_eq!(
        (config.web.dashboard_url, config.state, config.labels),
        (None, None, vec![])
    );
    assert_eq!(config.base_url, None);
}

#[test]
fn every_key_is_read() {
    let file = r#"
        [graphs.eu]
        uri = ["bolt+s://a:1", "bolt+ssc://b", "neo4j://c", "bolt://[::1]:7687"]
        user = "reader"
        password_file = "secret"
        database = "memory"
        max_concurrent = 64
        [graphs.us]
        password = "007"
        [queries]
        path = "/kpis"
        packs = ["bmad", "own"]
        every = "1m 30s"
        [web]
        listen = "[::1]:0"
        lifecycle = true
        dashboard_url = "http://localhost:3000/d/bmad"
        [state]
        path = "kept"
        [generate]
        base_url = "https://git.example.org/kpis/"
        [labels]
        env = "prod"
        Team = ""
    "#;
    let config = load(file, &[("NEO4J_URI", "bolt://not-for-named-graphs")]).unwrap();
    let [eu, us] = &config.graphs[..] else {
        panic!("{config:?}")
    };
    assert_eq!(
        eu.uris,
        [
            "bolt+s://a:1",
            "bolt+ssc://b",
            "neo4j://c",
            "bolt://[::1]:7687"
        ]
    );
    assert_eq!(
        (
            eu.name.as_deref(),
            eu.user.as_str(),
            eu.password.expose_secret()
        ),
        (Some("eu"), "reader", SECRET)
    );
    assert_eq!(
        (eu.database.as_deref(), eu.max_concurrent),
        (Some("memory"), 64)
    );
    assert_eq!(
        (us.name.as_deref(), us.password.expose_secret()),
        (Some("us"), "007")
    );
    assert_eq!(us.uris, ["bolt://localhost:7687"]);
    assert_eq!(config.queries.path, Path::new("/kpis"));
    assert_eq!(config.queries.packs.unwrap(), ["bmad", "own"]);
    assert_eq!(config.queries.every, Duration::from_secs(90));
    assert_eq!(
        (config.web.listen.to_string().as_str(), config.web.lifecycle),
        ("[::1]:0", true)
    );
    assert_eq!(
        config.web.dashboard_url.unwrap(),
        "http://localhost:3000/d/bmad"
    );
    assert!(config.state.unwrap().ends_with("kept"));
    assert_eq!(config.base_url.unwrap(), "https://git.example.org/kpis/");
    let labels: Vec<_> = config
        .labels
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(labels, [("Team", ""), ("env", "prod")]);
}

#[test]
fn every_key_is_read_from_the_environment() {
    let variables = [
        ("CYPHER_EXPORTER__GRAPH__URI", "bolt://a, bolt://b"),
        ("CYPHER_EXPORTER__GRAPH__USER", "reader"),
        ("CYPHER_EXPORTER__GRAPH__PASSWORD", "007"),
        ("CYPHER_EXPORTER__GRAPH__DATABASE", "memory"),
        ("CYPHER_EXPORTER__GRAPH__MAX_CONCURRENT", "8"),
        ("CYPHER_EXPORTER__QUERIES__PATH", "kpis"),
        ("CYPHER_EXPORTER__QUERIES__PACKS", "bmad,own"),
        ("CYPHER_EXPORTER__QUERIES__EVERY", "15s"),
        ("CYPHER_EXPORTER__WEB__LISTEN", "localhost:0"),
        ("CYPHER_EXPORTER__WEB__LIFECYCLE", "true"),
        ("CYPHER_EXPORTER__STATE__PATH", "kept"),
        ("CYPHER_EXPORTER__LABELS__ENV", "prod"),
        // Kubernetes sets these; they are no settings.
        ("CYPHER_EXPORTER_PORT", "tcp://10.0.0.1:9687"),
        ("CYPHER_EXPORTER_SERVICE_HOST", "10.0.0.1"),
    ];
    let config = load(
        "[queries]\npacks = [\"one\", \"two\", \"three\"]",
        &variables,
    )
    .unwrap();
    let [graph] = &config.graphs[..] else {
        panic!("{config:?}")
    };
    assert_eq!(graph.uris, ["bolt://a", "bolt://b"]);
    assert_eq!(
        (graph.user.as_str(), graph.password.expose_secret()),
        ("reader", "007")
    );
    assert_eq!(
        (graph.database.as_deref(), graph.max_concurrent),
        (Some("memory"), 8)
    );
    assert_eq!(
        config.queries.path,
        Path::new("kpis"),
        "a path of the environment begins in the working directory"
    );
    assert_eq!(config.queries.packs.unwrap(), ["bmad", "own"]);
    assert_eq!(config.queries.every, Duration::from_secs(15));
    assert_eq!(
        (config.web.listen.to_string().as_str(), config.web.lifecycle),
        ("127.0.0.1:0", true)
    );
    assert_eq!(config.state.unwrap(), Path::new("kept"));
    assert_eq!(config.labels[0].1, "prod");
}

#[test]
fn the_host_to_listen_on_may_be_empty_or_localhost() {
    for (text, expected) in [
        (":9687", "0.0.0.0:9687"),
        ("localhost:9687", "127.0.0.1:9687"),
        ("[::]:1", "[::]:1"),
    ] {
        let config = load(&format!("[web]\nlisten = \"{text}\""), &[]).unwrap();
        assert_eq!(config.web.listen.to_string(), expected);
    }
}

#[test]
fn the_highest_layer_that_names_a_key_counts() {
    let neo4j = ("NEO4J_USER", "neo4j-variable");
    let own = ("CYPHER_EXPORTER__GRAPH__USER", "own-variable");
    let file = "[graph]\nuser = \"file\"";
    for (file, variables, expected) in [
        ("", &[][..], "neo4j"),
        ("", &[("NEO4J_USERNAME", "alias")][..], "alias"),
        (
            "",
            &[("NEO4J_USERNAME", "alias"), neo4j][..],
            "neo4j-variable",
        ),
        (file, &[neo4j][..], "file"),
        (file, &[neo4j, own][..], "own-variable"),
        (file, &[("CYPHER_EXPORTER__GRAPH__USER", "")][..], "file"),
        ("[graph]", &[neo4j][..], "neo4j-variable"),
    ] {
        assert_eq!(
            load(file, variables).unwrap().graphs[0].user,
            expected,
            "{file} {variables:?}"
        );
    }
}

#[test]
fn password_and_password_file_are_one_setting_across_layers() {
    let neo4j = ("NEO4J_PASSWORD", "neo4j-variable");
    let own = ("CYPHER_EXPORTER__GRAPH__PASSWORD", "own-variable");
    for (file, variables, expected) in [
        ("", &[neo4j][..], "neo4j-variable"),
        ("[graph]\npassword_file = \"secret\"", &[neo4j][..], SECRET),
        (
            "[graph]\npassword_file = \"secret\"",
            &[own, neo4j][..],
            "own-variable",
        ),
        ("[graph]\npassword = \"\"", &[neo4j][..], ""),
    ] {
        let config = load(file, variables).unwrap();
        assert_eq!(
            config.graphs[0].password.expose_secret(),
            expected,
            "{file} {variables:?}"
        );
        let shown = format!("{config:?}");
        assert!(expected.is_empty() || !shown.contains(expected), "{shown}");
    }
}

#[test]
fn the_login_may_come_from_the_variables_of_the_official_images() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "from-file\n").unwrap();
    let file = file.to_str().unwrap().to_owned();
    for (variables, expected) in [
        (&[("NEO4J_AUTH", "reader/a/b")][..], ("reader", "a/b")),
        (&[("NEO4J_AUTH", "none")], ("neo4j", "")),
        (
            &[("NEO4J_AUTH", "reader/x"), ("NEO4J_USER", "other")],
            ("other", "x"),
        ),
        (
            &[("NEO4J_AUTH", "reader/x"), ("NEO4J_PASSWORD", "y")],
            ("reader", "y"),
        ),
        (&[("NEO4J_PASSWORD_FILE", &file)], ("neo4j", "from-file")),
        (
            &[("NEO4J_AUTH", "reader/x"), ("NEO4J_PASSWORD_FILE", &file)],
            ("reader", "from-file"),
        ),
    ] {
        let config = load("", variables).unwrap();
        let graph = &config.graphs[0];
        let login = (graph.user.as_str(), graph.password.expose_secret());
        assert_eq!(login, expected, "{variables:?}");
    }
}

#[test]
fn a_named_file_must_be_there() {
    let errors = Config::load(Some(Path::new("no/such.toml")), &HashMap::new()).unwrap_err();
    insta::assert_snapshot!(errors, @"
    error: cannot read the settings: No such file or directory (os error 2)
    --> no/such.toml
     = help: check that the file exists and can be read
    ");
}

#[test]
fn the_shipped_file_leaves_the_login_to_neo4j_variables() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.toml");
    let login = environment(&[
        ("NEO4J_URI", "bolt://graph:7687"),
        ("NEO4J_USER", "reader"),
        ("NEO4J_PASSWORD", SECRET),
        ("NEO4J_DATABASE", "memory"),
    ]);
    let config = Config::load(Some(&path), &login).unwrap();
    let graph = &config.graphs[0];
    assert_eq!(
        (graph.uris[0].as_str(), graph.user.as_str()),
        ("bolt://graph:7687", "reader")
    );
    assert_eq!(
        (graph.password.expose_secret(), graph.database.as_deref()),
        (SECRET, Some("memory"))
    );
    assert_eq!(config.queries.packs, None);
}

/// What is commented out in the shipped file is an example of every key, so it must be valid as well.
#[test]
fn the_shipped_file_is_valid_with_every_example() {
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("config.toml")).unwrap();
    let examples: Vec<&str> = text
        .lines()
        .map(|line| line.strip_prefix("#: ").unwrap_or(line))
        .collect();
    let config = load(
        &examples.join("\n").replace("/run/secrets/neo4j", "secret"),
        &[],
    )
    .unwrap();
    assert_eq!(config.graphs[0].password.expose_secret(), SECRET);
    assert!(
        config.state.is_some()
            && config.web.dashboard_url.is_some()
            && config.base_url.is_some()
            && !config.labels.is_empty()
    );
}
