//! Output of the demo: one line per story line, and on a terminal a status line below them.

use std::io::{IsTerminal, Write};

use chrono::DateTime;

use world::Happening;

/// Clears the current line.
const CLEAR: &str = "\r\x1b[2K";
/// Cuts a line at the width of the terminal: only the last part of a wrapped line could be cleared.
const NO_WRAP: &str = "\x1b[?7l";
const WRAP: &str = "\x1b[?7h";
const DIM: &str = "\x1b[2m";
const CYAN: &str = "\x1b[36m";
const PLAIN: &str = "\x1b[0m";

/// Clears the status line before a line of the log is printed on the same terminal.
pub(in crate::command) fn clear_status() {
    if shows_status() {
        let _ = write!(std::io::stdout(), "{CLEAR}");
        let _ = std::io::stdout().flush();
    }
}

/// Whether standard output is a terminal that can clear a line.
fn shows_status() -> bool {
    let out = std::io::stdout();
    out.is_terminal() && anstream::AutoStream::choice(&out) != anstream::ColorChoice::Never
}

/// Standard output. Write errors are ignored: the exporter keeps running after its reader has
/// closed it.
pub(super) struct Screen {
    out: anstream::Stdout,
    shows_status: bool,
    status: String,
}

impl Screen {
    pub(super) fn new() -> Self {
        Self {
            out: anstream::stdout(),
            shows_status: shows_status(),
            status: String::new(),
        }
    }

    /// Prints a message of the demo.
    pub(super) fn say(&mut self, text: &str) {
        self.line(&format!("demo: {text}"));
    }

    /// Prints the story lines of a happening.
    pub(super) fn report(&mut self, happening: &Happening) {
        let at = DateTime::from_timestamp_millis(happening.at.0)
            .unwrap_or_default()
            .format("%H:%M:%SZ");
        for news in &happening.news {
            self.line(&format!(
                "{DIM}{at}{PLAIN}  {CYAN}{:<30}{PLAIN}  {}",
                news.metric, news.text
            ));
        }
    }

    /// Updates the status line, if there is one.
    pub(super) fn status(&mut self, text: &str) {
        if self.shows_status && self.status != text {
            text.clone_into(&mut self.status);
            let _ = write!(self.out, "{CLEAR}{NO_WRAP}{DIM}{text}{PLAIN}{WRAP}");
            let _ = self.out.flush();
        }
    }

    /// Removes the status line.
    pub(super) fn end(&mut self) {
        if self.shows_status {
            let _ = write!(self.out, "{CLEAR}");
            let _ = self.out.flush();
        }
    }

    fn line(&mut self, text: &str) {
        let clear = if self.shows_status { CLEAR } else { "" };
        let _ = writeln!(self.out, "{clear}{text}");
        let _ = self.out.flush();
        self.status.clear();
    }
}
