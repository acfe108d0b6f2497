//! Each rule with a bad case and its exact message; and that no case ever shows a secret.
use secrecy::ExposeSecret;

use super::*;

/// Stands wherever a secret could be; no message and no `Debug` may show it.
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

/// The problems as text, with the temporary folder taken out.
fn problems(file: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let errors = load(file, variables).expect_err(file);
    let folder = errors
        .problems()
        .iter()
        .find_map(|problem| match &problem.place {
            Place::File { path, .. } => path.parent(),
            Place::Variable(_) => None,
        });
    let folder = folder.map_or_else(
        || "nowhere".to_owned(),
        |folder| format!("{}/", folder.display()),
    );
    errors
        .to_string()
        .lines()
        .map(|line| line.replace(&folder, ""))
        .collect()
}

/// One mistake in the file, and what is said of it.
const FILE_MISTAKES: &[(&str, &str)] = &[
    // Keys.
    (
        "[graph]\nurii = \"x\"",
        "config.toml:2: unknown key `graph.urii`: did you mean `graph.uri`?",
    ),
    (
        "[queries]\ncolour = \"hunter2\"",
        "config.toml:2: unknown key `queries.colour`: its section has `queries.path`, `queries.packs`, `queries.every`",
    ),
    (
        "[wbe]\nlisten = \"0.0.0.0:1\"",
        "config.toml:2: unknown key `wbe.listen`: did you mean `web.listen`?",
    ),
    (
        "\n[prometheus]\n",
        "config.toml:2: unknown key `prometheus`: the sections are `graph` or `graphs.<name>`, `queries`, `web`, `state` and `labels`",
    ),
    (
        "\"a.b\" = 1",
        "config.toml:1: unknown key `a.b`: no section has such a name",
    ),
    (
        "\"a[99999999999]\" = 1",
        "config.toml:1: unknown key `a[99999999999]`: no section has such a name",
    ),
    (
        "[graphs.eu]\npasword = \"hunter2\"",
        "config.toml:2: unknown key `graphs.eu.pasword`: did you mean `graphs.eu.password`?",
    ),
    (
        "[queries.every]\nx = 1",
        "config.toml:2: unknown key `queries.every.x`: did you mean `queries.every`?",
    ),
    // Sections.
    (
        "graph = \"hunter2\"",
        "config.toml:1: `graph` must be a section, found text",
    ),
    (
        "[graph]\nuser = \"a\"\n[graphs.eu]\nuser = \"b\"",
        "config.toml:4: `graph` and `graphs` are both set: keep one of them",
    ),
    (
        "[graphs]",
        "config.toml:1: `graphs` names no graph: write [graphs.<name>], or [graph] for a single one",
    ),
    (
        "[graphs]\neu = \"hunter2\"",
        "config.toml:2: `graphs.eu` must be a section, found text",
    ),
    (
        "[graphs.Eu]\nuser = \"a\"",
        "config.toml:2: `graphs.Eu` is no name for a graph: use a-z, 0-9, `_` and `-`",
    ),
    // Addresses.
    (
        "[graph]\nuri = \"bolt://neo4j:hunter2@db:7687\"",
        "config.toml:2: `graph.uri` must not hold credentials: write them as `user` and `password_file`",
    ),
    (
        "[graph]\nuri = \"neo4j:hunter2@db\"",
        "config.toml:2: `graph.uri` must not hold credentials: write them as `user` and `password_file`",
    ),
    (
        "[graph]\nuri = \"localhost:7687\"",
        "config.toml:2: `graph.uri` must begin with a scheme, as in bolt://localhost:7687",
    ),
    (
        "[graph]\nuri = [\n  \"bolt://a\",\n  \"http://b\",\n]",
        "config.toml:4: `graph.uri` must begin with bolt://, bolt+s:// or bolt+ssc://, as in bolt://localhost:7687",
    ),
    (
        "[graph]\nuri = \"bolt://\"",
        "config.toml:2: `graph.uri` must be a scheme, a host and a port and nothing more, as in bolt://localhost:7687",
    ),
    (
        "[graph]\nuri = \"bolt://a/db\"",
        "config.toml:2: `graph.uri` must be a scheme, a host and a port and nothing more, as in bolt://localhost:7687",
    ),
    (
        "[graph]\nuri = \"bolt://a:70000\"",
        "config.toml:2: `graph.uri` must have a port from 1 to 65535, as in bolt://localhost:7687",
    ),
    (
        "[graph]\nuri = 7687",
        "config.toml:2: `graph.uri` must be a text in quotes or a list of them, found a whole number",
    ),
    (
        "[graph]\nuri = [7687]",
        "config.toml:2: `graph.uri` must be a list of texts in quotes, found a whole number",
    ),
    (
        "[graph]\nuri = []",
        "config.toml:2: `graph.uri` must not be an empty list",
    ),
    // Login.
    (
        "[graph]\nuser = \"\"",
        "config.toml:2: `graph.user` must not be empty",
    ),
    (
        "[graph]\ndatabase = \"\"",
        "config.toml:2: `graph.database` must not be empty",
    ),
    (
        "[graph]\npassword = 7",
        "config.toml:2: `graph.password` must be text in quotes, found a whole number",
    ),
    (
        "[graph]\npassword = [\"hunter2\"]",
        "config.toml:2: `graph.password` must be text in quotes, found a list",
    ),
    (
        "[graph]\npassword = 1979-05-27",
        "config.toml:2: `graph.password` must be text in quotes, found a date",
    ),
    (
        "[graph]\npassword = \"hunter2\"\npassword_file = \"secret\"",
        "config.toml:3: `graph.password` and `graph.password_file` are both set: keep one of them",
    ),
    (
        "[graph]\npassword_file = \"gone\"",
        "config.toml:2: `graph.password_file` cannot be read from gone: No such file or directory (os error 2)",
    ),
    (
        "[graph]\npassword_file = \"empty\"",
        "config.toml:2: `graph.password_file` names an empty file, empty: write the password into it",
    ),
    (
        "[graph]\npassword_file = \"\"",
        "config.toml:2: `graph.password_file` must be a path, found an empty text",
    ),
    // Certificates.
    (
        "[graph]\nca_file = \"ca.pem\"",
        "config.toml:2: `graph.ca_file` has no effect without a `uri` that begins with bolt+s://",
    ),
    (
        "[graph]\nuri = \"bolt+ssc://db\"\nca_file = \"ca.pem\"",
        "config.toml:3: `graph.ca_file` has no effect without a `uri` that begins with bolt+s://",
    ),
    (
        "[graph]\nuri = \"bolt+s://db\"\nclient_cert_file = \"c.pem\"",
        "config.toml:3: `graph.client_cert_file` needs `client_key_file` too",
    ),
    (
        "[graph]\nuri = \"bolt+s://db\"\nclient_key_file = \"c.key\"",
        "config.toml:3: `graph.client_key_file` needs `client_cert_file` too",
    ),
    (
        "[graph]\nclient_cert_file = \"c.pem\"\nclient_key_file = \"c.key\"",
        "config.toml:2: `graph.client_cert_file` has no effect without a `uri` that begins with bolt+s://",
    ),
    // Numbers.
    (
        "[graph]\nmax_concurrent = 0",
        "config.toml:2: `graph.max_concurrent` must be a whole number from 1 to 64",
    ),
    (
        "[graph]\nmax_concurrent = -1",
        "config.toml:2: `graph.max_concurrent` must be a whole number from 1 to 64",
    ),
    (
        "[graph]\nmax_concurrent = 65",
        "config.toml:2: `graph.max_concurrent` must be a whole number from 1 to 64",
    ),
    (
        "[graph]\nmax_concurrent = 999999999999999999999999999999999999999999",
        "config.toml:2: `graph.max_concurrent` must be a whole number from 1 to 64",
    ),
    (
        "[graph]\nmax_concurrent = \"4\"",
        "config.toml:2: `graph.max_concurrent` must be a whole number from 1 to 64, found text",
    ),
    (
        "[graph]\nmax_concurrent = 4.5",
        "config.toml:2: `graph.max_concurrent` must be a whole number from 1 to 64, found a number with a fraction",
    ),
    // Queries.
    (
        "[queries]\nevery = \"soon\"",
        "config.toml:2: `queries.every` must be a duration, as in \"30s\" or \"5m\"",
    ),
    (
        "[queries]\nevery = \"0s\"",
        "config.toml:2: `queries.every` must be from 100ms to 366days",
    ),
    (
        "[queries]\nevery = \"2years\"",
        "config.toml:2: `queries.every` must be from 100ms to 366days",
    ),
    (
        "[queries]\nevery = 300",
        "config.toml:2: `queries.every` must be text in quotes, found a whole number",
    ),
    (
        "[queries]\npacks = []",
        "config.toml:2: `queries.packs` must not be an empty list",
    ),
    (
        "[queries]\npacks = [\"../x\"]",
        "config.toml:2: `queries.packs` must be names of folders in `queries.path`",
    ),
    (
        "[queries]\npath = {}",
        "config.toml:2: `queries.path` must be text in quotes, found a section",
    ),
    // Web.
    (
        "[web]\nlisten = \"localhost:9687\"",
        "config.toml:2: `web.listen` must be an IP address and a port from 0 to 65535, as in \"0.0.0.0:9687\"",
    ),
    (
        "[web]\nlisten = \"0.0.0.0:99999\"",
        "config.toml:2: `web.listen` must be an IP address and a port from 0 to 65535, as in \"0.0.0.0:9687\"",
    ),
    (
        "[web]\nlisten = 9687",
        "config.toml:2: `web.listen` must be text in quotes, found a whole number",
    ),
    (
        "[web]\nlifecycle = \"yes\"",
        "config.toml:2: `web.lifecycle` must be true or false, found text",
    ),
    (
        "[web]\nlifecycle = \"true\"",
        "config.toml:2: `web.lifecycle` must be true or false, found text",
    ),
    (
        "[web]\nlifecycle = 1",
        "config.toml:2: `web.lifecycle` must be true or false, found a whole number",
    ),
    (
        "[web]\nconfig_file = \"web.yml\"",
        "config.toml:2: `web.config_file` (TLS and users) is not available yet: leave it out, and keep strangers away from the port",
    ),
    (
        "[web]\ndashboard_url = \"grafana\"",
        "config.toml:2: `web.dashboard_url` must be an address that begins with http:// or https://, without spaces",
    ),
    (
        "[web]\ndashboard_url = \"http://a\\r\\nSet-Cookie: x\"",
        "config.toml:2: `web.dashboard_url` must be an address that begins with http:// or https://, without spaces",
    ),
    (
        "[generate]\nbase_url = \"docs\"",
        "config.toml:2: `generate.base_url` must be an address that begins with http:// or https://, without spaces",
    ),
    // State and labels.
    (
        "[state]\npath = true",
        "config.toml:2: `state.path` must be text in quotes, found true or false",
    ),
    (
        "[labels]\nenv = 1",
        "config.toml:2: `labels.env` must be text in quotes, found a whole number",
    ),
    (
        "[labels]\nle = \"1\"",
        "config.toml:2: `labels.le` is a label that the exporter writes itself: choose another name",
    ),
    (
        "[labels]\nmy-env = \"x\"",
        "config.toml:2: `labels.my-env` is no name for a label: invalid character `-`: use ASCII letters, digits and `_`",
    ),
    // TOML.
    (
        "[graph]\npassword = \"hunter2",
        "config.toml:2: not TOML: invalid basic string, expected `\"`",
    ),
    (
        "[graph]\npassword = hunter2",
        "config.toml:2: not TOML: string values must be quoted, expected literal string",
    ),
    (
        "[graph]\nuser = \"a\"\nuser = \"b\"",
        "config.toml:3: not TOML: duplicate key",
    ),
];

/// One mistake in a variable, and what is said of it.
const VARIABLE_MISTAKES: &[(&str, &str, &str)] = &[
    (
        "CYPHER_EXPORTER__GRAPH__PASWORD",
        "hunter2",
        "CYPHER_EXPORTER__GRAPH__PASWORD: unknown variable `CYPHER_EXPORTER__GRAPH__PASWORD`: did you mean `CYPHER_EXPORTER__GRAPH__PASSWORD`?",
    ),
    (
        "CYPHER_EXPORTER__QUERIES__PACKS[99999999999]",
        "hunter2",
        "CYPHER_EXPORTER__QUERIES__PACKS[99999999999]: unknown variable `CYPHER_EXPORTER__QUERIES__PACKS[99999999999]`: no setting has such a name",
    ),
    (
        "CYPHER_EXPORTER__GRAPH__",
        "hunter2",
        "CYPHER_EXPORTER__GRAPH__: unknown variable `CYPHER_EXPORTER__GRAPH__`: no setting has such a name",
    ),
    (
        "CYPHER_EXPORTER__GRAPH",
        "hunter2",
        "CYPHER_EXPORTER__GRAPH: `graph` must be a section, found text",
    ),
    (
        "CYPHER_EXPORTER__GRAPH__URI",
        "bolt://a,bolt://neo4j:hunter2@b",
        "CYPHER_EXPORTER__GRAPH__URI: `graph.uri` must not hold credentials: write them as `user` and `password_file`",
    ),
    (
        "NEO4J_URI",
        "bolt://neo4j:hunter2@b",
        "NEO4J_URI: `graph.uri` must not hold credentials: write them as `user` and `password_file`",
    ),
    (
        "CYPHER_EXPORTER__GRAPH__MAX_CONCURRENT",
        "many",
        "CYPHER_EXPORTER__GRAPH__MAX_CONCURRENT: `graph.max_concurrent` must be a whole number from 1 to 64",
    ),
    (
        "CYPHER_EXPORTER__WEB__LIFECYCLE",
        "yes",
        "CYPHER_EXPORTER__WEB__LIFECYCLE: `web.lifecycle` must be true or false, found text",
    ),
    (
        "CYPHER_EXPORTER__GRAPH__PASSWORD_FILE",
        "no/such/file",
        "CYPHER_EXPORTER__GRAPH__PASSWORD_FILE: `graph.password_file` cannot be read from no/such/file: No such file or directory (os error 2)",
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

#[test]
fn all_problems_come_at_once() {
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
        .filter_map(|text| text.split(": ").next())
        .collect();
    assert_eq!(
        places,
        [
            "config.toml:2",
            "config.toml:3",
            "config.toml:5",
            "config.toml:7",
            "CYPHER_EXPORTER__QUERIES__EVERY",
            "CYPHER_EXPORTER__WEB__X",
        ],
        "{problems:#?}"
    );
}

#[test]
fn all_syntax_errors_come_at_once() {
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
        let shown = format!("{errors} {errors:?} {:#?}", errors.problems());
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

proptest::proptest! {
    /// Wherever a secret is written by mistake, whatever stands around it: it is not shown.
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
fn nothing_at_all_gives_the_defaults() {
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
        ("CYPHER_EXPORTER__WEB__LISTEN", "127.0.0.1:0"),
        ("CYPHER_EXPORTER__WEB__LIFECYCLE", "true"),
        ("CYPHER_EXPORTER__STATE__PATH", "kept"),
        ("CYPHER_EXPORTER__LABELS__ENV", "prod"),
        // Kubernetes writes these; they are nobody's settings.
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
fn a_named_file_must_be_there() {
    let errors = Config::load(Some(Path::new("no/such.toml")), &HashMap::new()).unwrap_err();
    assert_eq!(
        errors.to_string(),
        "no/such.toml: cannot be read: No such file or directory (os error 2)"
    );
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

/// What stands commented out in the shipped file is an example of every key, so it must be right as well.
#[test]
fn the_shipped_file_is_right_with_every_example_taken() {
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
