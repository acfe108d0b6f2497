//! Ends child processes with the test program, however that ends.

use std::io::Write;
use std::process::{Child, ChildStdin, Command, Stdio};

/// Kills a process when this one ends without running destructors: the pipe then closes without a
/// line in it.
#[derive(Debug)]
pub(crate) struct Guard {
    child: Child,
    pipe: ChildStdin,
}

impl Guard {
    /// For the process with this id.
    pub(crate) fn of(pid: u32) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", "read -r _ || kill -KILL $0", &pid.to_string()]);
        let mut child = shell
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let pipe = child.stdin.take().unwrap();
        Self { child, pipe }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // The process has ended, and another one may have its id by now.
        let _ = self.pipe.write_all(b"\n");
        let _ = self.child.wait();
    }
}
