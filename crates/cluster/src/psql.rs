//! One `psql`, spoken to for as long as the process lives: quicker than one for each statement, and
//! usable where nothing can be awaited.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// What it says when it has done what came before.
const DONE: &str = "reda: done";

pub(crate) struct Psql {
    /// Ends when its input does.
    _child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Psql {
    pub(crate) fn connect(url: &str) -> Self {
        let started = Command::new("psql")
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", url])
            .env("PGOPTIONS", "--client-min-messages=warning")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = started.unwrap_or_else(|error| {
            panic!("psql: {error}; `script/setup test` installs PostgreSQL")
        });
        let to = child.stdin.take().expect("piped");
        let from = BufReader::new(child.stdout.take().expect("piped"));
        Self { _child: child, to, from }
    }

    /// Sends a statement. What is wrong with it stands on stderr.
    pub(crate) fn send(&mut self, sql: &str) {
        // Nothing is listening any more when the process is about to end.
        writeln!(self.to, "{sql}").ok();
    }

    /// Runs a statement to its end.
    pub(crate) fn run(&mut self, sql: &str) {
        self.send(sql);
        self.send(&format!("\\echo {DONE}"));
        let mut line = String::new();
        while self.from.read_line(&mut line).expect("psql speaks text") > 0 {
            if line.trim_end() == DONE {
                return;
            }
            line.clear();
        }
        panic!("psql ended before it had done: {sql}");
    }
}
