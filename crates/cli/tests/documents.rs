//! The calls that the documents show, run word for word against a fresh server.

use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// `reda serve` on a port of its own, gone with the test.
struct Server {
    child: Child,
    url: String,
    _dir: TempDir,
}

impl Server {
    fn start() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let database = format!("sqlite:{}", dir.path().join("server.db").display());
        let mut child = Command::new(env!("CARGO_BIN_EXE_reda"))
            .args(["serve", "--listen", "127.0.0.1:0", "--registration", "open"])
            .args(["--database", &database])
            .current_dir(dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("reda starts");
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        out.read_line(&mut line).expect("it says that it is ready");
        let ready: Value = serde_json::from_str(&line).expect("JSON");
        let url = format!("http://{}", ready["listen"].as_str().expect("an address"));
        Self { child, url, _dir: dir }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn document(path: &str) -> String {
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(path)).expect("the document is there")
}

/// The blocks that start with this fence, one after the other.
fn blocks(text: &str, fence: &str) -> String {
    let fence = format!("{fence}\n");
    let blocks = text.split(&fence).skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap_or_default()).collect()
}

/// Runs a script against a server of its own; stops at the first call that fails.
fn run(script: &str) -> String {
    let server = Server::start();
    let script = script.replace("http://127.0.0.1:3000", &server.url);
    let before = "set -euo pipefail; shopt -s expand_aliases; set -x\n";
    let output = Command::new("bash")
        .args(["-c", &format!("{before}{script}")])
        .output()
        .expect("bash runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let trace = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{trace}\n{said}");
    said
}

#[test]
fn the_page_of_the_api_works_word_for_word() {
    let script = blocks(&document("docs/api.md"), "```sh run");
    assert!(script.contains("award_points") && script.contains("/api/notifications/test"));
    let said = run(&script);
    assert!(said.contains(r#""balance":12"#), "{said}");
    assert!(!said.contains(r#""rejected""#), "{said}");
    assert!(said.contains("reda_operations_total"), "{said}");
    assert!(said.trim_end().contains("3.1.0"), "{said}");
}

#[test]
fn the_readmes_calls_work_word_for_word() {
    let text = document("README.md");
    let blocks: Vec<&str> = text.split("```sh\n").skip(1).collect();
    let calls = blocks.iter().find(|it| it.starts_with("api=")).expect("the calls");
    let said = run(calls.split("```").next().unwrap_or_default());
    assert!(said.contains(r#""outcome":"applied","data":{"available":12,"balance":12"#), "{said}");
}

/// A command's output and whether it went well.
fn reda(dir: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reda"));
    let output = command.args(arguments).current_dir(dir).output().expect("reda runs");
    let both = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&both).into_owned())
}

#[test]
fn a_shop_is_backed_up_restored_looked_over_and_verified() {
    let dir = tempfile::tempdir().expect("a folder");
    let dir = dir.path();
    let shop = ["shop", "create", "--name", "Tea", "--owner-email", "a@example.com"];
    let (well, said) = reda(dir, &[&shop[..], &["--password", "correct horse"]].concat());
    assert!(well, "{said}");
    std::fs::write(dir.join("reda.toml"), "country = \"UG\"\n").expect("written");
    let (well, said) = reda(dir, &["doctor"]);
    assert!(well && said.contains("nothing is wrong"), "{said}");
    assert!(said.contains("country = UG (reda.toml)"), "{said}");
    assert!(said.contains("Missing: public_url"), "{said}");
    let (well, said) = reda(dir, &["audit", "verify"]);
    assert!(well && said.contains(r#""broken":null"#), "{said}");
    let (well, said) = reda(dir, &["backup", "out.db"]);
    assert!(well && said.contains("bytes"), "{said}");
    let (well, said) = reda(dir, &["restore", "out.db"]);
    assert!(!well && said.contains("--replace"), "{said}");
    let (well, said) = reda(dir, &["restore", "out.db", "--replace"]);
    assert!(well && said.contains("epoch"), "{said}");
    assert!(reda(dir, &["doctor", "--repair"]).0 && reda(dir, &["audit", "verify"]).0);
}

#[test]
fn what_looks_makes_no_database() {
    let dir = tempfile::tempdir().expect("a folder");
    for arguments in [&["doctor"][..], &["audit", "verify"], &["backup", "out.db"]] {
        let (well, said) = reda(dir.path(), arguments);
        assert!(!well && said.contains("there is no database at reda.db"), "{said}");
    }
    assert!(std::fs::read_dir(dir.path()).expect("a folder").next().is_none());
}
