//! A child process that cannot outlive this one, whatever ends it, and that can be frozen, killed
//! and waited for.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::wait::until;

/// Starts the program and guards it. The guard reads a pipe that only we hold: it closes when we
/// end, even by SIGKILL, and then the guard kills the program, stopped or not, and removes the
/// folder `$0`. When the program ends by itself, the guard goes first, so that its kill cannot hit
/// another process that has taken over the number.
const GUARD: &str = r#"
exec 3<&0
"$@" </dev/null 3<&- >>"$0/log" 2>&1 & program=$!
echo $program
exec >/dev/null
{ read -r _ <&3; trap '' TERM; kill -KILL $program; } & guard=$!
wait $program
kill $guard
wait $guard && rm -rf "$0"
"#;

/// A running program and its guard.
#[derive(Debug)]
pub(super) struct Process {
    guard: Child,
    pipe: Option<ChildStdin>,
    pid: u32,
}

impl Process {
    /// Starts `command`, whose output goes to the file `log` in `home`. `home` is removed when this
    /// process ends.
    pub(super) fn start(home: &Path, command: &Command) -> Self {
        File::options()
            .create(true)
            .append(true)
            .open(home.join("log"))
            .expect("the home can be written");
        let mut guard = Command::new("sh")
            .args(["-c", GUARD])
            .arg(home)
            .arg(command.get_program())
            .args(command.get_args())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh starts");
        let pipe = guard.stdin.take();
        let mut pid = String::new();
        BufReader::new(guard.stdout.take().expect("it is piped"))
            .read_line(&mut pid)
            .expect("the guard names the program");
        Self {
            guard,
            pipe,
            pid: pid.trim().parse().expect("the guard writes a number"),
        }
    }

    /// Sends a signal by its name, e.g. `STOP`.
    pub(super) fn signal(&self, name: &str) {
        let status = Command::new("sh")
            .args(["-c", "kill -s $0 $1", name, &self.pid.to_string()])
            .status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "SIG{name} could not be sent"
        );
    }

    /// Stops the program, and waits until it is stopped: the signal takes effect only after a
    /// while.
    pub(super) fn freeze(&self) {
        self.signal("STOP");
        until("the program is stopped", || {
            (self.state() == 'T').then_some(())
        });
    }

    /// The state of the process, as `ps` shows it.
    fn state(&self) -> char {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid)).expect("it runs");
        // The name of the program, in brackets, may hold anything.
        let (_, after) = stat.rsplit_once(") ").expect("the name is in brackets");
        after.chars().next().expect("a state")
    }

    /// Waits until the program has ended.
    pub(super) fn wait(&mut self) {
        self.guard.wait().expect("the guard is our child");
    }

    /// Whether the program has ended by itself.
    pub(super) fn has_ended(&mut self) -> bool {
        self.guard
            .try_wait()
            .expect("the guard is our child")
            .is_some()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.pipe.take());
        self.wait();
    }
}
