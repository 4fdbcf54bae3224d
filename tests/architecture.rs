//! The invariants of ARCHITECTURE.md, checked against the workspace and its sources.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Which of our crates each may depend on; what is not allowed here is forbidden.
const MAY_DEPEND: &[(&str, &[&str])] = &[
    ("reda-domain", &[]),
    ("reda-scan", &[]),
    ("reda-cluster", &["reda-each-engine"]),
    ("reda-each-engine", &[]),
    ("reda-protocol", &["reda-domain"]),
    ("reda-sync", &["reda-protocol"]),
    ("reda-actions", &["reda-protocol", "reda-domain"]),
    ("reda-store", &["reda-domain"]),
    ("reda-notify", &["reda-store", "reda-domain"]),
    ("reda-server", &["reda-actions", "reda-notify", "reda-store", "reda-protocol", "reda-domain"]),
    ("reda-till", &["reda-sync", "reda-scan", "reda-protocol", "reda-domain"]),
    ("reda", &["reda-till", "reda-server", "reda-scan", "reda-protocol", "reda-domain"]),
    ("reda-till-app", &["reda-till", "reda-scan", "reda-server", "reda-protocol"]),
    ("reda-tests", &[]),
    ("reda-camera-vm", &["reda-scan"]),
];

/// The only members that may depend on these.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("sqlx", &["reda-store", "reda-till"]),
    ("ts-rs", &["reda-protocol", "reda-domain"]),
    ("tauri", &["reda-till-app"]),
    ("tauri-build", &["reda-till-app"]),
    ("nokhwa", &["reda-scan"]),
    ("axum", &["reda-server"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn cargo(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root()).args(arguments).output().expect("cargo runs")
}

/// The members, and what each depends on outside its own tests.
fn members() -> BTreeMap<String, Vec<String>> {
    let output = cargo(&["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let member = |package: Value| {
        let dependencies = list(&package["dependencies"]);
        let real = dependencies.iter().filter(|it| it["kind"] != "dev");
        (text(&package["name"]), real.map(|it| text(&it["name"])).collect())
    };
    list(&metadata["packages"]).into_iter().map(member).collect()
}

/// The files below a folder with one of these endings, without what is built or fetched.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = vec![];
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder);
        for entry in entries.unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("an entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir() {
                if !["node_modules", "dist", "target", "gen"].contains(&name) {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "{folder} has no files that end in {endings:?}");
    found
}

/// A line of code, without its comment.
struct Line {
    place: String,
    code: String,
}

/// The lines of code below a folder.
fn code(folder: &str, endings: &[&str]) -> Vec<Line> {
    let mut lines = vec![];
    for path in files(folder, endings) {
        let text = std::fs::read_to_string(&path).expect("sources are text");
        let shown = path.strip_prefix(root()).expect("below the root").display().to_string();
        for (line, n) in text.lines().zip(1..) {
            let code = line.split("//").next().unwrap_or_default().to_owned();
            lines.push(Line { place: format!("{shown}:{n}"), code });
        }
    }
    lines
}

/// Whether a word stands in a line as a word of its own.
fn names(code: &str, word: &str) -> bool {
    let of_a_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        !before.is_some_and(of_a_word) && !after.is_some_and(of_a_word)
    })
}

/// The lines that name any of these words, except those that are allowed to.
fn naming(lines: &[Line], words: &[&str], allowed: impl Fn(&Line) -> bool) -> Vec<String> {
    let named = |line: &&Line| words.iter().any(|word| names(&line.code, word));
    let found = lines.iter().filter(named).filter(|line| !allowed(line));
    found.map(|line| format!("{}: {}", line.place, line.code.trim())).collect()
}

#[track_caller]
fn nothing(found: &[String], rule: &str) {
    assert!(found.is_empty(), "{rule}, but:\n  {}", found.join("\n  "));
}

#[test]
fn dependencies_point_one_way() {
    let members = members();
    let mut wrong = vec![];
    for (name, dependencies) in &members {
        let Some((_, allowed)) = MAY_DEPEND.iter().find(|(it, _)| it == name) else {
            wrong.push(format!("{name} is new: say in MAY_DEPEND what it may depend on"));
            continue;
        };
        let ours = dependencies.iter().filter(|it| members.contains_key(*it));
        for forbidden in ours.filter(|it| !allowed.contains(&it.as_str())) {
            wrong.push(format!("{name} depends on {forbidden}"));
        }
    }
    nothing(&wrong, "dependencies point one way (ARCHITECTURE, \"Repository\")");
    let gone = MAY_DEPEND.iter().filter(|(name, _)| !members.contains_key(*name));
    let gone: Vec<_> = gone.map(|(name, _)| (*name).to_owned()).collect();
    nothing(&gone, "every crate of MAY_DEPEND is there");
}

#[test]
fn each_engine_and_framework_stays_in_its_crate() {
    let mut wrong = vec![];
    for (name, dependencies) in members() {
        for (dependency, homes) in ONLY_IN {
            let has = dependencies.iter().any(|it| it == dependency);
            if has && !homes.contains(&name.as_str()) {
                wrong.push(format!("{name} depends on {dependency}, which is for {homes:?}"));
            }
        }
        let tauris = dependencies.iter().filter(|it| it.starts_with("tauri"));
        let tauris = tauris.filter(|_| name != "reda-till-app");
        wrong.extend(tauris.map(|it| format!("{name} depends on {it}")));
    }
    nothing(&wrong, "an engine or framework is named in its own crate only");
}

#[test]
fn only_the_store_and_the_tills_local_module_name_sqlx() {
    let mut lines = code("crates", &[".rs"]);
    lines.extend(code("src-tauri/src", &[".rs"]));
    let home = |line: &Line| {
        line.place.starts_with("crates/store/src")
            || line.place.starts_with("crates/till/src/local")
    };
    nothing(&naming(&lines, &["sqlx"], home), "only `store` and the till's `local` name sqlx");
}

#[test]
fn only_the_boundary_names_ts_rs() {
    let lines = code("crates", &[".rs"]);
    let home = |line: &Line| {
        let in_domain = line.place.starts_with("crates/domain/src");
        line.place.starts_with("crates/protocol/")
            || (in_domain && line.code.contains("cfg_attr(feature = \"wire\""))
    };
    let rule = "only `protocol`, and `domain` behind the feature `wire`, name ts-rs";
    nothing(&naming(&lines, &["ts_rs"], home), rule);
}

#[test]
fn only_the_shell_names_tauri() {
    let lines = code("crates", &[".rs"]);
    nothing(&naming(&lines, &["tauri"], |_| false), "only `src-tauri` names tauri");
}

#[test]
fn only_the_platform_port_imports_tauri() {
    let lines = code("ui", &[".ts", ".svelte"]);
    let port = |line: &&Line| !line.place.starts_with("ui/shared/src/platform.ts:");
    let found = lines.iter().filter(port).filter(|line| line.code.contains("@tauri-apps"));
    let found: Vec<_> = found.map(|line| format!("{}: {}", line.place, line.code.trim())).collect();
    nothing(&found, "only ui/shared/src/platform.ts imports @tauri-apps");
}

#[test]
fn the_window_makes_no_request_of_its_own() {
    let lines = code("ui/till/src", &[".ts", ".svelte"]);
    let words = ["fetch", "WebSocket", "XMLHttpRequest", "EventSource", "sendBeacon"];
    nothing(&naming(&lines, &words, |_| false), "the till's window asks through `rpc` alone");
}

#[test]
fn actions_have_no_sql_and_no_await() {
    let lines = code("crates/actions/src", &[".rs"]);
    let words = ["await", "async", "sqlx", "tokio", "reda_store"];
    nothing(&naming(&lines, &words, |_| false), "`actions` is pure: no SQL and no await");
}

#[test]
fn domain_and_actions_read_neither_clock_nor_chance_nor_machine() {
    for folder in ["crates/domain/src", "crates/actions/src"] {
        let lines = code(folder, &[".rs"]);
        let words = [
            "async",
            "await",
            "SystemTime",
            "Instant",
            "rand",
            "getrandom",
            "now_v7",
            "new_v4",
            "thread_rng",
        ];
        let rule = "time, ids and chance are arguments";
        nothing(&naming(&lines, &words, |_| false), rule);
        let machine =
            ["std::fs", "std::env", "std::net", "std::process", "std::thread", "std::time"];
        let touches = |line: &&Line| machine.iter().any(|it| line.code.contains(it));
        let found = lines.iter().filter(touches).map(|it| format!("{}: {}", it.place, it.code));
        nothing(&found.collect::<Vec<_>>(), "rules do not read the outside world");
    }
}

#[test]
fn only_the_engine_commits_what_changes_business_data() {
    let lines = code("crates/server/src", &[".rs"]);
    // Sessions, codes, links, counters and the server's own secrets are no business data (ARCHITECTURE, "Engine");
    // a job's turn and how far it is neither; the doctor and a restore work where no engine does.
    let homes = [
        "backup/mod.rs",
        "doctor/mend.rs",
        "engine/batch.rs",
        "auth/",
        "jobs/",
        "links.rs",
        "app.rs",
    ];
    let home = |line: &Line| {
        let place = line.place.strip_prefix("crates/server/src/").unwrap_or(&line.place);
        homes.iter().any(|home| place.starts_with(home))
    };
    let found = lines.iter().filter(|line| line.code.contains(".commit()") && !home(line));
    let found: Vec<_> = found.map(|line| format!("{}: {}", line.place, line.code.trim())).collect();
    nothing(&found, "only the engine commits transactions that change business data");
    let lines = code("crates/store/src", &[".rs"]);
    let in_tests = |line: &Line| line.place.starts_with("crates/store/src/tests/");
    let found = lines.iter().filter(|line| line.code.contains(".commit()") && !in_tests(line));
    let found: Vec<_> = found.map(|line| line.place.clone()).collect();
    // Once for each engine.
    assert_eq!(found.len(), 2, "the store commits nothing but what it is told to: {found:?}");
}

#[test]
fn there_is_one_crypto_provider() {
    for other in ["aws-lc-rs", "openssl-sys"] {
        let output = cargo(&["tree", "--offline", "--workspace", "--invert", other]);
        let told = String::from_utf8_lossy(&output.stderr);
        let tree = String::from_utf8_lossy(&output.stdout);
        assert!(tree.is_empty(), "ring is the one provider, but something brings {other}:\n{tree}");
        assert!(told.contains("did not match any packages"), "cargo tree: {told}");
    }
}
