//! Waiting for a state instead of for a time, which a busy machine may need more of.

use std::thread;
use std::time::{Duration, Instant};

/// Longer than anything in a test takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Calls `look` repeatedly until it finds something.
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    until_or(what, look, String::new)
}

/// As [`until`]; a failure prints the context too.
pub fn until_or<T>(
    what: &str,
    mut look: impl FnMut() -> Option<T>,
    context: impl Fn() -> String,
) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            Instant::now() < deadline,
            "timed out after {PATIENCE:?}, waiting until: {what}\n{}",
            context()
        );
        thread::sleep(Duration::from_millis(20));
    }
}
