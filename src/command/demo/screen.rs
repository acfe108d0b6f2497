//! What the demo tells: a line for each thing that happens, and in a terminal one below them that says how far it is.

use std::io::{IsTerminal, Write};

use chrono::DateTime;

use world::Happening;

/// Back to the beginning of the line, which is cleared.
const CLEAR: &str = "\r\x1b[2K";
/// What is wider than the terminal is cut: of a line that it breaks in two only the last part could be taken back.
const NO_WRAP: &str = "\x1b[?7l";
const WRAP: &str = "\x1b[?7h";
const DIM: &str = "\x1b[2m";
const CYAN: &str = "\x1b[36m";
const PLAIN: &str = "\x1b[0m";

/// Clears the status, which would stand in front of a line of the log when both are on one terminal.
pub(in crate::command) fn make_way() {
    if shows_status() {
        let _ = write!(std::io::stdout(), "{CLEAR}");
        let _ = std::io::stdout().flush();
    }
}

/// On a terminal that can take a line back.
fn shows_status() -> bool {
    let out = std::io::stdout();
    out.is_terminal() && anstream::AutoStream::choice(&out) != anstream::ColorChoice::Never
}

/// Standard output. Nobody need read it: whoever has closed it may still scrape, so what cannot be written is left out.
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

    /// A line of the demo about itself.
    pub(super) fn say(&mut self, text: &str) {
        self.line(&format!("demo: {text}"));
    }

    /// A line for each news of a happening.
    pub(super) fn tell(&mut self, happening: &Happening) {
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

    /// Shows below all lines how far it is; nothing where lines cannot be taken back.
    pub(super) fn status(&mut self, text: &str) {
        if self.shows_status && self.status != text {
            text.clone_into(&mut self.status);
            let _ = write!(self.out, "{CLEAR}{NO_WRAP}{DIM}{text}{PLAIN}{WRAP}");
            let _ = self.out.flush();
        }
    }

    /// Takes the status away.
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
