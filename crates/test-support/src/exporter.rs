//! The exporter itself as a child process: its settings and KPI files in a folder of its own, its
//! log, and its responses.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use tempfile::TempDir;

use crate::guard::Guard;
use crate::neo4j::Neo4j;
use crate::repository;
use crate::wait::{PATIENCE, stretched, until, until_or};

/// The longest that a response may take, whatever the graph does, on a machine with nothing else to
/// do.
pub const ALIVE: Duration = Duration::from_secs(1);

/// The exporter's program: Cargo names it to the tests that it runs, and puts it into the folder
/// above theirs.
fn program() -> PathBuf {
    env::var_os("CARGO_BIN_EXE_cypher-exporter").map_or_else(
        || {
            let test = env::current_exe().unwrap();
            test.parent().unwrap().with_file_name("cypher-exporter")
        },
        PathBuf::from,
    )
}

/// Settings and KPI files that are being written.
#[derive(Debug)]
pub struct Setup {
    folder: TempDir,
    pack: &'static str,
    config: String,
    web: String,
    command: Command,
}

impl Setup {
    /// KPIs go into this pack. Its name tells the queries of a test from those of others on the
    /// same server.
    pub fn new(pack: &'static str) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("exporter-")
            .tempdir()
            .unwrap();
        fs::create_dir_all(folder.path().join("queries").join(pack)).unwrap();
        let mut command = Command::new(program());
        // A test does not depend on the environment of the user who runs it.
        for (name, _) in
            env::vars().filter(|(name, _)| name.starts_with("NEO4J_") || name.contains("EXPORTER"))
        {
            command.env_remove(name);
        }
        command.current_dir(folder.path());
        Self {
            folder,
            pack,
            config: String::new(),
            web: "listen = \"127.0.0.1:0\"\n".to_owned(),
            command,
        }
    }

    /// With the one graph.
    pub fn on(pack: &'static str, neo4j: &Neo4j) -> Self {
        Self::new(pack).graph("graph", neo4j, "")
    }

    /// With a section for a graph, `graph` or `graphs.<name>`, and more lines in it.
    pub fn graph(self, section: &str, neo4j: &Neo4j, more: &str) -> Self {
        let login = format!(
            "user = \"{}\"\npassword = \"{}\"",
            neo4j.user(),
            neo4j.password()
        );
        self.config(&format!(
            "[{section}]\nuri = \"{}\"\n{login}\n{more}",
            neo4j.uri()
        ))
    }

    /// More sections of the settings.
    pub fn config(mut self, text: &str) -> Self {
        writeln!(self.config, "{text}").unwrap();
        self
    }

    /// More lines of `[web]`.
    pub fn web(mut self, text: &str) -> Self {
        writeln!(self.web, "{text}").unwrap();
        self
    }

    /// A file of the pack, as it is.
    pub fn file(self, name: &str, text: &str) -> Self {
        fs::write(
            self.folder
                .path()
                .join("queries")
                .join(self.pack)
                .join(name),
            text,
        )
        .unwrap();
        self
    }

    /// A KPI with this header.
    pub fn kpi(self, name: &str, header: &str, query: &str) -> Self {
        self.file(
            &format!("{name}.cypher"),
            &format!("// A KPI of a test.\n/*kpi\n{header}\n*/\n{query}\n"),
        )
    }

    /// A KPI that runs each second.
    pub fn each_second(self, name: &str, query: &str) -> Self {
        self.kpi(name, "every = \"1s\"", query)
    }

    /// A variable of the environment.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// An argument of the command line.
    pub fn argument(mut self, argument: &str) -> Self {
        self.command.arg(argument);
        self
    }

    /// File permissions apply to it, even when root runs the tests.
    pub fn bound_by_permissions(mut self) -> Self {
        if fs::metadata("/proc/self").unwrap().uid() != 0 {
            return self;
        }
        let mut bound = Command::new("setpriv");
        bound.args(["--bounding-set=-dac_override,-dac_read_search", "--"]);
        bound
            .arg(self.command.get_program())
            .args(self.command.get_args())
            .current_dir(self.folder.path());
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => bound.env(name, value),
                None => bound.env_remove(name),
            };
        }
        self.command = bound;
        self
    }

    /// Runs in the repository, with its settings and its KPIs, on a free port.
    pub fn in_the_repository(mut self) -> Self {
        self.command.current_dir(repository(""));
        self.variable("CYPHER_EXPORTER__WEB__LISTEN", "127.0.0.1:0")
    }

    /// Starts the program; it may end immediately.
    pub fn launch(mut self) -> Exporter {
        let config = format!(
            "{}\n[queries]\npath = \"queries\"\n\n[web]\n{}",
            self.config, self.web
        );
        fs::write(self.folder.path().join("config.toml"), config).unwrap();
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Exporter::of(self.command, self.folder)
    }

    /// Starts the program and waits until it listens.
    pub fn start(self) -> Exporter {
        let mut exporter = self.launch();
        exporter.until_it_listens();
        exporter
    }
}

/// A process that was just started.
struct Running {
    child: Child,
    readers: Vec<thread::JoinHandle<()>>,
    out: Arc<Mutex<String>>,
    log: Arc<Mutex<String>>,
    guard: Guard,
}

impl Running {
    fn of(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let (out, from_stdout) = collect(child.stdout.take().unwrap());
        let (log, from_stderr) = collect(child.stderr.take().unwrap());
        let guard = Guard::of(child.id());
        Self {
            child,
            readers: vec![from_stdout, from_stderr],
            out,
            log,
            guard,
        }
    }
}

/// Collects lines as they arrive, until the end.
fn collect(from: impl Read + Send + 'static) -> (Arc<Mutex<String>>, thread::JoinHandle<()>) {
    let text = Arc::new(Mutex::new(String::new()));
    let lines = text.clone();
    let reader = thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            writeln!(lines.lock().unwrap(), "{line}").unwrap();
        }
    });
    (text, reader)
}

/// A running exporter; it ends with the value.
#[derive(Debug)]
pub struct Exporter {
    child: Child,
    readers: Vec<thread::JoinHandle<()>>,
    out: Arc<Mutex<String>>,
    log: Arc<Mutex<String>>,
    // Dropped after the child has been waited for.
    guard: Guard,
    command: Command,
    folder: TempDir,
    address: Option<SocketAddr>,
}

#[allow(
    clippy::print_stdout,
    reason = "the captured output of a test that fails"
)]
impl Drop for Exporter {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            print!("--- the exporter's log:\n{}", self.log());
        }
    }
}

/// An HTTP response.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The text.
    pub body: String,
}

impl Exporter {
    fn of(mut command: Command, folder: TempDir) -> Self {
        let Running {
            child,
            readers,
            out,
            log,
            guard,
        } = Running::of(&mut command);
        Self {
            child,
            readers,
            out,
            log,
            guard,
            command,
            folder,
            address: None,
        }
    }

    fn until_it_listens(&mut self) {
        let address = until("it listens", || {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "it ended with {ended:?}:\n{}", self.log());
            let log = self.log();
            let after = log.split_once("serving /metrics address=")?.1;
            after.split_whitespace().next()?.parse().ok()
        });
        self.address = Some(address);
    }

    /// Kills it with SIGKILL.
    pub fn kill(&mut self) {
        self.signal("KILL");
        self.wait();
    }

    /// Starts it again after its end, in the same folder; its log starts empty.
    pub fn start_again(&mut self) {
        let Running {
            child,
            readers,
            out,
            log,
            guard,
        } = Running::of(&mut self.command);
        (self.child, self.readers, self.out, self.log, self.guard) =
            (child, readers, out, log, guard);
        self.until_it_listens();
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address.expect("the exporter listens")
    }

    /// What it has written to standard output so far.
    pub fn out(&self) -> String {
        self.out.lock().unwrap().clone()
    }

    /// What it has written to standard error so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a GET, and panics if the response takes longer than [`ALIVE`].
    pub fn get(&self, path: &str) -> Response {
        self.request("GET", path, ALIVE)
    }

    /// Sends a POST, and waits as long as runs may take.
    pub fn post(&self, path: &str) -> Response {
        self.request("POST", path, PATIENCE)
    }

    fn request(&self, method: &str, path: &str, within: Duration) -> Response {
        let begin = Instant::now();
        let response = exchange(self.address(), method, path, PATIENCE);
        let took = begin.elapsed();
        let response =
            response.unwrap_or_else(|error| panic!("{method} {path}: {error} after {took:?}"));
        assert!(
            took < within || took < stretched(within),
            "{method} {path} took {took:?}"
        );
        response
    }

    /// One scrape.
    pub fn metrics(&self) -> Metrics {
        let response = self.get("/metrics");
        assert_eq!(response.status, 200);
        Metrics(response.body)
    }

    /// Scrapes until `look` finds something in the metrics. Each scrape must answer within
    /// [`ALIVE`].
    pub fn until<T>(&self, what: &str, mut look: impl FnMut(&Metrics) -> Option<T>) -> T {
        let mut last = None;
        until_or(what, || look(last.insert(self.metrics())), || self.log())
    }

    /// Scrapes until a series has this value.
    pub fn until_value(&self, series: &str, value: f64) {
        self.until(&format!("{series} is {value}"), |metrics| {
            (metrics.value(series) == Some(value)).then_some(())
        });
    }

    /// Scrapes until a series exists.
    pub fn until_exists(&self, series: &str) -> f64 {
        self.until(&format!("{series} exists"), |metrics| metrics.value(series))
    }

    /// Scrapes until no line starts with this text.
    pub fn until_gone(&self, start: &str) {
        self.until(&format!("{start} is gone"), |metrics| {
            metrics.beginning(start).is_empty().then_some(())
        });
    }

    /// Waits until it reports that it is ready, or not ready.
    pub fn until_ready(&self, ready: bool) -> String {
        let status = if ready { 200 } else { 503 };
        until_or(
            &format!("/-/ready is {status}"),
            || {
                assert_eq!(self.get("/-/healthy").status, 200);
                let response = self.get("/-/ready");
                (response.status == status).then_some(response.body)
            },
            || self.log(),
        )
    }

    /// Sends a signal by its name, e.g. `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("sh")
            .args(["-c", "kill -s $0 $1", name, &self.pid().to_string()])
            .status();
        assert!(sent.unwrap().success(), "SIG{name} could not be sent");
    }

    /// Waits until the process has ended and the last line of its log was read.
    pub fn wait(&mut self) -> ExitStatus {
        let status = until("it ends", || self.child.try_wait().unwrap());
        self.readers
            .drain(..)
            .for_each(|reader| reader.join().unwrap());
        status
    }

    /// The exit code, once it has ended by itself.
    pub fn exit_code(&mut self) -> i32 {
        let status = self.wait();
        status
            .code()
            .unwrap_or_else(|| panic!("ended by signal {:?}", status.signal()))
    }

    /// Its peak memory, in bytes.
    pub fn peak_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .unwrap();
        peak.trim()
            .strip_suffix(" kB")
            .unwrap()
            .parse::<u64>()
            .unwrap()
            * 1024
    }
}

/// One scrape in the text format.
#[derive(Clone, Debug)]
pub struct Metrics(pub String);

impl Metrics {
    /// The value of a series as it is written, labels and all.
    pub fn value(&self, series: &str) -> Option<f64> {
        let line = self
            .0
            .lines()
            .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))?;
        Some(line.parse().unwrap())
    }

    /// The samples whose lines start with this text, without comments.
    pub fn beginning(&self, start: &str) -> Vec<&str> {
        self.0
            .lines()
            .filter(|line| line.starts_with(start))
            .collect()
    }

    /// One of the exporter's own metrics about a KPI.
    pub fn own(&self, metric: &str, kpi: &str) -> Option<f64> {
        self.value(&format!("cypher_exporter_kpi_{metric}{{kpi=\"{kpi}\"}}"))
    }

    /// How often a KPI failed for this reason.
    pub fn errors(&self, kpi: &str, reason: &str) -> f64 {
        let series =
            format!("cypher_exporter_kpi_errors_total{{kpi=\"{kpi}\",reason=\"{reason}\"}}");
        self.value(&series).unwrap_or_default()
    }
}

/// One request on a connection of its own.
fn exchange(
    address: SocketAddr,
    method: &str,
    path: &str,
    within: Duration,
) -> std::io::Result<Response> {
    let mut stream = TcpStream::connect_timeout(&address, within)?;
    stream.set_read_timeout(Some(within))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut all = String::new();
    stream.read_to_string(&mut all)?;
    let (head, body) = all
        .split_once("\r\n\r\n")
        .ok_or_else(|| std::io::Error::other(format!("no head: {all}")))?;
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Ok(Response {
        status: status.unwrap_or_else(|| panic!("no status: {head}")),
        body: body.to_owned(),
    })
}
