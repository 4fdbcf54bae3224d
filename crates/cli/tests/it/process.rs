//! `reda` as a process.

use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running `reda serve` on a port of its own, killed at the latest with the test.
pub(crate) struct Serving {
    child: Child,
    pub(crate) url: String,
    /// What it says of the way in by TLS.
    pub(crate) tls: Value,
    /// And of the port for one-time links.
    pub(crate) links: Value,
}

impl Serving {
    /// Starts it and waits until it takes requests.
    pub(crate) fn start(dir: &Path, database: &str) -> Self {
        Self::start_with(dir, database, &[])
    }

    /// The same, with more said on its command line.
    pub(crate) fn start_with(dir: &Path, database: &str, more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_reda"))
            .args(["serve", "--listen", "127.0.0.1:0", "--registration", "open"])
            .args(["--database", database, "--dev-messages", "messages.jsonl"])
            .args(more)
            .current_dir(dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("reda starts");
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        out.read_line(&mut line).expect("it says that it is ready");
        let ready: Value = serde_json::from_str(&line).expect("JSON");
        let url = format!("http://{}", ready["listen"].as_str().expect("an address"));
        Self { child, url, tls: ready["tls"].clone(), links: ready["links"].clone() }
    }

    /// Ends it as a power cut would: by SIGKILL, in the middle of whatever it does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().ok();
        self.child.wait().expect("it ends");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A command's output and whether it went well.
pub(crate) fn reda(dir: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reda"));
    let output = command.args(arguments).current_dir(dir).output().expect("reda runs");
    let both = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&both).into_owned())
}
