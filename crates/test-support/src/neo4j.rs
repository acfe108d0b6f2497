//! A real Neo4j Community server for tests: started on a free port in a temporary home, ended
//! however the test ends.

mod java;
mod process;

use std::fmt::Write as _;
use std::net::TcpListener;
use std::ops::Deref;
use std::path::Path;
use std::process::Command;
use std::sync::{OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};
use std::{env, fs, io, thread};

use cypher_exporter::graph::BoltSettings;
use java::Distribution;
use process::Process;
use tempfile::TempDir;

/// The long-term support release that most tests run on.
pub const LTS: &str = "5.26.25";

/// The newest release that we promise to work with; needs Java 21 or newer.
pub const NEWEST: &str = "2026.09.0";

/// How long a server may take to answer: it needs 4 to 7 s on a quiet machine with two cores, and
/// builds may be running.
const READY_WITHIN: Duration = Duration::from_secs(120);

/// The options of a server.
#[derive(Clone, Debug)]
pub struct Options {
    /// The release.
    pub version: &'static str,
    /// Turns authentication on, with this password of the user `neo4j`; at least 8 characters.
    pub password: Option<String>,
    /// Refuses connections without TLS; the certificate is self-signed.
    pub tls: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            version: LTS,
            password: None,
            tls: false,
        }
    }
}

/// A server, running or not.
#[derive(Debug)]
pub struct Neo4j {
    uri: String,
    user: String,
    password: String,
    own: Option<Own>,
    /// Read by the tests that use the server at the same time, written by the one that uses it
    /// alone.
    users: RwLock<()>,
}

/// A server that we started.
#[derive(Debug)]
struct Own {
    // Dropped before the home, so that the server does not write into a folder that is being
    // removed.
    process: Option<Process>,
    distribution: Distribution,
    home: TempDir,
}

/// A server that the tests of a program share, and the right to use it: beside other tests, or
/// alone.
#[derive(Debug)]
pub struct Shared {
    neo4j: &'static Neo4j,
    _lock: Lock,
}

/// Held until the test ends.
#[derive(Debug)]
enum Lock {
    BesideOthers(#[expect(dead_code, reason = "held")] RwLockReadGuard<'static, ()>),
    Alone(#[expect(dead_code, reason = "held")] RwLockWriteGuard<'static, ()>),
}

impl Deref for Shared {
    type Target = Neo4j;

    fn deref(&self) -> &Neo4j {
        self.neo4j
    }
}

/// The server of this test program, started at first use, or the one that `NEO4J_TEST_URI` names.
/// Other tests use it at the same time: write with labels of your own, and clear nothing. Blocks
/// for seconds.
pub fn shared() -> Option<Shared> {
    lts().map(Neo4j::beside_others)
}

/// The same server for this test only, with an empty graph.
pub async fn alone() -> Option<Shared> {
    let neo4j = lts()?;
    let lock = neo4j.users.write().unwrap_or_else(PoisonError::into_inner);
    let shared = Shared {
        neo4j,
        _lock: Lock::Alone(lock),
    };
    shared.clear().await;
    Some(shared)
}

/// The newest release, started at first use and shared as [`shared`] is. Unlike the others it may
/// be missing in CI: it needs Java 21, and the LTS release still runs on 17.
pub fn newest() -> Option<Shared> {
    static SERVER: OnceLock<Option<Neo4j>> = OnceLock::new();
    let start = || match Neo4j::try_start(&Options {
        version: NEWEST,
        ..Options::default()
    }) {
        Ok(neo4j) => Some(neo4j),
        Err(reason) => {
            print(&format!("SKIPPED on Neo4j {NEWEST}: {reason}"));
            None
        }
    };
    let server = SERVER.get_or_init(start).as_ref();
    server.map(Neo4j::beside_others)
}

fn lts() -> Option<&'static Neo4j> {
    static SERVER: OnceLock<Option<Neo4j>> = OnceLock::new();
    SERVER
        .get_or_init(|| named_by_environment().or_else(|| Neo4j::start(Options::default())))
        .as_ref()
}

fn named_by_environment() -> Option<Neo4j> {
    let uri = env::var("NEO4J_TEST_URI").ok()?;
    let user = env::var("NEO4J_TEST_USER").unwrap_or_else(|_| "neo4j".to_owned());
    let password = env::var("NEO4J_TEST_PASSWORD").unwrap_or_default();
    let neo4j = Neo4j {
        uri,
        user,
        password,
        own: None,
        users: RwLock::default(),
    };
    neo4j
        .wait_until_ready(&mut || false)
        .unwrap_or_else(|error| panic!("NEO4J_TEST_URI: {error}"));
    Some(neo4j)
}

impl Neo4j {
    /// Starts a server of the test's own and waits until it answers; `None`, with a message on
    /// stderr, where Java or the jars are missing. Dropping it ends it and removes its home.
    pub fn start(options: Options) -> Option<Self> {
        match Self::try_start(&options) {
            Ok(neo4j) => Some(neo4j),
            Err(reason) => {
                assert!(
                    env::var("CI").as_deref() != Ok("true"),
                    "tests on a real Neo4j must run in CI: {reason}"
                );
                print(&format!(
                    "SKIPPED, as no real Neo4j could be started: {reason}"
                ));
                None
            }
        }
    }

    /// The error names what is missing to run one; a server that does not start is a panic.
    fn try_start(options: &Options) -> Result<Self, String> {
        let distribution = Distribution::find(options.version)?;
        // Another program can take the free port before the server binds it.
        for _ in 0..2 {
            if let Ok(neo4j) = Self::start_once(options, &distribution) {
                return Ok(neo4j);
            }
        }
        Ok(Self::start_once(options, &distribution).unwrap_or_else(|error| panic!("{error}")))
    }

    fn start_once(options: &Options, distribution: &Distribution) -> Result<Self, String> {
        let home = tempfile::Builder::new()
            .prefix("neo4j-")
            .tempdir()
            .expect("a temporary folder can be made");
        let port = free_port();
        configure(home.path(), port, options);
        if let Some(password) = &options.password {
            set_initial_password(distribution, home.path(), password);
        }
        let mut neo4j = Self {
            uri: format!(
                "{}://127.0.0.1:{port}",
                if options.tls { "bolt+ssc" } else { "bolt" }
            ),
            user: "neo4j".to_owned(),
            password: options.password.clone().unwrap_or_default(),
            own: Some(Own {
                process: None,
                distribution: distribution.clone(),
                home,
            }),
            users: RwLock::default(),
        };
        neo4j.launch()?;
        Ok(neo4j)
    }

    fn launch(&mut self) -> Result<(), String> {
        let own = self
            .own
            .as_mut()
            .expect("the server is one that we started");
        let mut process =
            Process::start(own.home.path(), &server(&own.distribution, own.home.path()));
        let ready = self.wait_until_ready(&mut || process.has_ended());
        let own = self.own.as_mut().expect("it was there");
        own.process = Some(process);
        ready.map_err(|error| {
            format!(
                "Neo4j does not answer: {error}\n{}",
                tail(&own.home.path().join("log"))
            )
        })
    }

    /// How the product reaches it, four queries at a time.
    pub fn settings(&self) -> BoltSettings {
        BoltSettings {
            uris: vec![self.uri.clone()],
            user: self.user.clone(),
            password: self.password.clone().into(),
            tls: cypher_exporter::graph::TlsFiles::default(),
            database: None,
            max_concurrent: 4,
        }
    }

    /// The address to connect to; `bolt+ssc` when the server requires TLS.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The self-signed certificate of a server with TLS, as a file.
    pub fn certificate(&self) -> std::path::PathBuf {
        let own = self.own.as_ref().expect("a server that we started");
        own.home.path().join("certs/public.crt")
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        self.uri
            .split_once("://")
            .map_or(&self.uri, |(_, address)| address)
    }

    /// The user.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The password; empty when the server does not ask for one.
    pub fn password(&self) -> &str {
        &self.password
    }

    fn beside_others(&'static self) -> Shared {
        let lock = self.users.read().unwrap_or_else(PoisonError::into_inner);
        Shared {
            neo4j: self,
            _lock: Lock::BesideOthers(lock),
        }
    }

    /// Runs statements in WRITE mode one after the other; they are separated by a `;` at the end of
    /// a line.
    pub async fn write(&self, cypher: &str) {
        for statement in cypher
            .split(";\n")
            .map(|text| text.trim().trim_end_matches(';'))
            .filter(|text| !text.is_empty())
        {
            self.run(statement)
                .await
                .unwrap_or_else(|error| panic!("{error}\n{statement}"));
        }
    }

    /// Runs a statement in a transaction that the caller commits later, which then takes no time.
    pub async fn begin(&self, statement: &str) -> neo4rs::Txn {
        let begun = async {
            let graph = neo4rs::Graph::new(&self.uri, &self.user, &self.password)?;
            let mut transaction = graph.start_txn().await?;
            transaction.run(neo4rs::query(statement)).await?;
            Ok::<_, neo4rs::Error>(transaction)
        };
        begun
            .await
            .unwrap_or_else(|error| panic!("{error}\n{statement}"))
    }

    /// Deletes all nodes, relationships, constraints and indexes.
    pub async fn clear(&self) {
        self.write("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")
            .await;
        for constraint in self.names("SHOW CONSTRAINTS YIELD name").await {
            self.write(&format!("DROP CONSTRAINT `{constraint}`")).await;
        }
        // The server makes the indexes of lookups itself.
        for index in self
            .names("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'")
            .await
        {
            self.write(&format!("DROP INDEX `{index}`")).await;
        }
    }

    /// Stops the server: connections stay open, and nothing is answered.
    pub fn freeze(&self) {
        self.process().freeze();
    }

    /// Lets a frozen server go on.
    pub fn thaw(&self) {
        self.process().signal("CONT");
    }

    /// Kills the server with SIGKILL.
    pub fn kill(&mut self) {
        self.end("KILL");
    }

    /// Shuts the server down.
    pub fn stop(&mut self) {
        self.end("TERM");
    }

    /// Starts a stopped or killed server again, with the same home and port, and waits until it
    /// answers.
    pub fn restart(&mut self) {
        if self.own.as_ref().is_some_and(|own| own.process.is_some()) {
            self.stop();
        }
        self.launch().unwrap_or_else(|error| panic!("{error}"));
    }

    fn end(&mut self, signal: &str) {
        let process = self.own.as_mut().and_then(|own| own.process.take());
        let mut process = process.expect("the server was started by this test and runs");
        process.signal(signal);
        process.wait();
    }

    fn process(&self) -> &Process {
        let own = self
            .own
            .as_ref()
            .expect("the server of NEO4J_TEST_URI is never stopped");
        own.process.as_ref().expect("the server runs")
    }

    /// The column `name` of a query.
    async fn names(&self, query: &str) -> Vec<String> {
        let read = async {
            let graph = neo4rs::Graph::new(&self.uri, &self.user, &self.password)?;
            let mut rows = graph.execute(neo4rs::query(query)).await?;
            let mut names = Vec::new();
            while let Some(row) = rows.next().await? {
                names.push(row.get::<String>("name").expect("a name is text"));
            }
            Ok::<_, neo4rs::Error>(names)
        };
        read.await
            .unwrap_or_else(|error| panic!("{error}\n{query}"))
    }

    async fn run(&self, statement: &str) -> Result<(), neo4rs::Error> {
        // A fresh connection each time: a pooled one would belong to the runtime of the test that
        // opened it.
        let graph = neo4rs::Graph::new(&self.uri, &self.user, &self.password)?;
        let mut rows = graph.execute(neo4rs::query(statement)).await?;
        while rows.next().await?.is_some() {}
        Ok(())
    }

    /// Polls until a query succeeds, on a thread of its own so that callers may be inside a
    /// runtime.
    fn wait_until_ready(&self, has_ended: &mut (dyn FnMut() -> bool + Send)) -> Result<(), String> {
        // An error means that another test has installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let deadline = Instant::now() + READY_WITHIN;
        thread::scope(|scope| {
            let poll = || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .expect("a runtime");
                loop {
                    let answer = runtime.block_on(async {
                        tokio::time::timeout(Duration::from_secs(10), self.run("RETURN 1")).await
                    });
                    let error = match answer {
                        Ok(Ok(())) => return Ok(()),
                        Ok(Err(error)) => error.to_string(),
                        Err(_) => "no answer within 10 s".to_owned(),
                    };
                    if has_ended() || Instant::now() > deadline {
                        return Err(error);
                    }
                    thread::sleep(Duration::from_millis(50));
                }
            };
            scope.spawn(poll).join().expect("the poll does not panic")
        })
    }
}

/// Prints to stderr although the test program captures output.
fn print(text: &str) {
    // Without stderr no one can read it.
    let _ = io::Write::write_all(&mut io::stderr(), format!("\n*** {text} ***\n").as_bytes());
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

fn configure(home: &Path, port: u16, options: &Options) {
    let mut settings = format!(
        "server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
server.directories.import=import
server.memory.pagecache.size=64m
db.tx_log.preallocate=false
dbms.usage_report.enabled=false
dbms.security.auth_enabled={}
",
        options.password.is_some()
    );
    if options.tls {
        let policy = "dbms.ssl.policy.bolt";
        write!(
            settings,
            "server.bolt.tls_level=REQUIRED
{policy}.enabled=true
{policy}.base_directory=certs
{policy}.private_key=private.key
{policy}.public_certificate=public.crt
"
        )
        .expect("writing to a string cannot fail");
        let (certificate, key) = self_signed();
        fs::create_dir(home.join("certs")).unwrap();
        fs::write(home.join("certs/public.crt"), certificate).unwrap();
        fs::write(home.join("certs/private.key"), key).unwrap();
    }
    fs::create_dir(home.join("conf")).unwrap();
    fs::create_dir(home.join("import")).unwrap();
    fs::write(home.join("conf/neo4j.conf"), settings).unwrap();
}

/// A new certificate for this machine and its key, in PEM format.
pub fn self_signed() -> (String, String) {
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let certified = rcgen::generate_simple_self_signed(names).expect("the names are good");
    (certified.cert.pem(), certified.signing_key.serialize_pem())
}

fn java(distribution: &Distribution) -> Command {
    let mut java = Command::new(&distribution.java);
    // The first compiler only, and the smallest collector: a test ends before better ones would pay
    // off.
    java.args(["-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]);
    for package in ["java.nio", "java.io", "sun.nio.ch", "java.util.concurrent"] {
        java.arg(format!("--add-opens=java.base/{package}=ALL-UNNAMED"));
    }
    java.arg("-cp").arg(distribution.lib.join("*"));
    java
}

fn server(distribution: &Distribution, home: &Path) -> Command {
    let mut server = java(distribution);
    server.arg(distribution.main);
    server.arg(format!("--home-dir={}", home.display()));
    server.arg(format!("--config-dir={}", home.join("conf").display()));
    server
}

fn set_initial_password(distribution: &Distribution, home: &Path, password: &str) {
    let output = java(distribution)
        .args([
            "org.neo4j.cli.AdminTool",
            "dbms",
            "set-initial-password",
            password,
        ])
        .env("NEO4J_HOME", home)
        .env("NEO4J_CONF", home.join("conf"))
        .output()
        .expect("java starts");
    assert!(
        output.status.success(),
        "set-initial-password: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The end of the server's log, which has the reason.
fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}
