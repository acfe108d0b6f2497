//! Other programs that check what the exporter serves and generates; `scripts/fetch-judges` fetches
//! them.

/// Runs a program to its end: exit code, standard output, standard error. None when it is not
/// there.
pub fn run(program: &str, arguments: &[&str], input: &[u8]) -> Option<(i32, Vec<u8>, String)> {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().ok()?;
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_vec());
    // A program that fails early may not read all of it.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Some((
        output.status.code().unwrap_or(-1),
        output.stdout,
        String::from_utf8_lossy(&output.stderr).into_owned(),
    ))
}

/// The distribution's program, and the newer one.
pub const GENERATIONS: [&str; 2] = ["distribution", "newer"];

/// A file that `scripts/fetch-judges` has fetched.
pub fn fetched(path: &str) -> std::path::PathBuf {
    let default = || crate::repository("target/judges");
    std::env::var_os("CYPHER_EXPORTER_JUDGES_DIR")
        .map_or_else(default, std::path::PathBuf::from)
        .join(path)
}

/// The path or name of a program in one of them.
pub fn program(generation: &str, name: &str) -> String {
    if generation == "newer" {
        fetched(&format!("newer/{name}")).display().to_string()
    } else {
        name.to_owned()
    }
}

/// Prints that a check did not run; with `CI=true` that is a failure.
#[allow(clippy::print_stderr, reason = "a skipped check must be visible")]
pub fn skipped(what: &str) {
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "cannot run: {what}"
    );
    eprintln!("\n*** SKIPPED: {what}\n");
}
