//! The calls that the documents show, run word for word against a fresh server.

use crate::process::{Serving, reda};
use std::path::{Path, PathBuf};
use std::process::Command;

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
    let dir = tempfile::tempdir().expect("a folder");
    let server = Serving::start(dir.path(), "sqlite:server.db");
    let script = script.replace("http://127.0.0.1:3000", &server.url);
    let before = "set -euo pipefail; shopt -s expand_aliases; set -x\n";
    let output = Command::new("bash")
        .args(["-c", &format!("{before}{script}")])
        .current_dir(dir.path())
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

/// Every call of the server, and every kind of operation, is shown by example.
#[test]
fn the_page_of_the_api_shows_every_call() {
    /// What is not for integrators, or cannot be shown in a moment: a resending comes a minute
    /// after the sending.
    const NOT_SHOWN: &[&str] = &["/ws", "/r/{token}", "resend_request"];
    let page = document("docs/api.md");
    let page =
        page.replace("$shop", "$api/api/businesses/$b").replace("$customers", "$shop/customers");
    let long = [("$customers", "$shop/customers"), ("$shop", "$api/api/businesses/$business")];
    let page = long.iter().fold(page, |page, (short, long)| page.replace(short, long));
    let page = page.replace("$link", "/r/$token");
    let shown: Vec<Vec<&str>> = page
        .split("$api")
        .skip(1)
        .map(|rest| rest.split([' ', '"', '?', '\n']).next().unwrap_or_default())
        .map(|path| path.split('/').collect())
        .collect();
    let fits = |shown: &[&str], path: &str| {
        let parts: Vec<&str> = path.split('/').collect();
        let same = |(part, it): (&&str, &&str)| {
            part == it || (part.starts_with('{') && it.starts_with('$'))
        };
        parts.len() == shown.len() && parts.iter().zip(shown).all(same)
    };
    let paths = document("docs/calls.md");
    let paths = paths.lines().filter_map(|line| {
        let call = line.strip_prefix("| `")?.split('`').next()?;
        call.split(' ').nth(1)
    });
    let is_shown = |path: &str| shown.iter().any(|it| fits(it, path));
    let missing: Vec<&str> = paths.filter(|it| !NOT_SHOWN.contains(it) && !is_shown(it)).collect();
    assert!(missing.is_empty(), "docs/api.md does not show {missing:?}");
    let kinds = reda_protocol::operation::Verb::KINDS.iter();
    let shown = |kind: &&&str| page.contains(&format!("operation {kind} "));
    let missing: Vec<_> = kinds.filter(|it| !NOT_SHOWN.contains(it) && !shown(it)).collect();
    assert!(missing.is_empty(), "docs/api.md does not show {missing:?}");
}

#[test]
fn the_readmes_calls_work_word_for_word() {
    let text = document("README.md");
    let blocks: Vec<&str> = text.split("```sh\n").skip(1).collect();
    let calls = blocks.iter().find(|it| it.starts_with("api=")).expect("the calls");
    let said = run(calls.split("```").next().unwrap_or_default());
    assert!(said.contains(r#""outcome":"applied","data":{"available":12,"balance":12"#), "{said}");
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
