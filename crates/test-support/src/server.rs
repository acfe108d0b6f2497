//! Prometheus or Alertmanager as a child process: its address, its API, and its log where a test
//! fails.

use std::fs;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::NamedTempFile;

use crate::guard::Guard;

/// A running server; it ends with the value, panic or not.
#[derive(Debug)]
pub struct Server {
    child: Child,
    // Dropped after the child has been waited for.
    _guard: Guard,
    address: String,
    log: NamedTempFile,
}

/// An address where nothing listens: the system picks the port, and is unlikely to give it to
/// another program before the server starts.
pub fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string()
}

impl Server {
    /// Runs a command, which takes its address as these programs do. None where the program is
    /// missing.
    pub fn start(command: &mut Command, address: &str) -> Option<Self> {
        let log = NamedTempFile::new().unwrap();
        command
            .arg(format!("--web.listen-address={address}"))
            .stdout(Stdio::null())
            .stderr(log.reopen().unwrap());
        let child = command.spawn().ok()?;
        Some(Self {
            _guard: Guard::of(child.id()),
            child,
            address: address.to_owned(),
            log,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The response of its API to these parameters, each `name=value`; `None` while it is not up.
    pub fn api(&self, path: &str, parameters: &[String]) -> Option<Value> {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "-g", "--get", "--max-time", "10"])
            .arg(format!("http://{}{path}", self.address));
        curl.args(
            parameters
                .iter()
                .flat_map(|parameter| ["--data-urlencode", parameter]),
        );
        let output = curl.stderr(Stdio::null()).output().unwrap();
        if output.status.success() {
            serde_json::from_slice(&output.stdout).ok()
        } else {
            None
        }
    }
}

impl Drop for Server {
    #[allow(
        clippy::print_stdout,
        reason = "the captured output of a test that fails"
    )]
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            print!(
                "--- {}:\n{}",
                self.address,
                fs::read_to_string(self.log.path()).unwrap_or_default()
            );
        }
    }
}
