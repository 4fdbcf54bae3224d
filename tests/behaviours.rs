//! The named behaviours that hold on both engines, as a page: docs/behaviours.md.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const PAGE: &str = "docs/behaviours.md";
const FOLDERS: [&str; 3] = ["crates/server/tests/it", "crates/cli/tests/it", "crates/store/src"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The sources below a folder, sorted.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<PathBuf> = entries.map(|it| it.expect("an entry").path()).collect();
    paths.sort();
    let below = |it: PathBuf| if it.is_dir() { sources(&it) } else { vec![it] };
    let files = paths.into_iter().flat_map(below);
    files.filter(|it| it.extension().is_some_and(|ending| ending == "rs")).collect()
}

/// What a file's tests are about, and their names in words.
fn section(text: &str) -> (String, Vec<String>) {
    let about: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).collect();
    let about = about.join("");
    let sentence = about.split_inclusive(['.', ';']).next().unwrap_or_default();
    let names = text.split("#[each_engine]\n").skip(1).filter_map(|rest| {
        let name = rest.trim_start().strip_prefix("async fn ")?.split('(').next()?;
        Some(name.replace('_', " "))
    });
    (sentence.trim().trim_end_matches(['.', ';']).to_owned(), names.collect())
}

fn page() -> (String, BTreeSet<String>) {
    let mut sections = String::new();
    let mut all = BTreeSet::new();
    for file in FOLDERS.iter().flat_map(|it| sources(&root().join(it))) {
        let (about, names) = section(&read(&file));
        if !names.is_empty() {
            let lines: String = names.iter().map(|name| format!("- {name}\n")).collect();
            sections += &format!("\n## {about}\n\n{lines}");
            all.extend(names);
        }
    }
    let page = format!(
        "# What holds on SQLite and on PostgreSQL\n\n{} behaviours, each a test of this name that runs \
         once on each engine (`#[each_engine]`).\n`REDA_WRITE_TYPES=1 cargo test -p reda-tests` writes \
         this page anew.\n{sections}",
        all.len()
    );
    (page, all)
}

#[test]
fn every_behaviour_of_the_page_is_tested() {
    let path = root().join(PAGE);
    let (page, all) = page();
    if std::env::var_os("REDA_WRITE_TYPES").is_some() {
        std::fs::write(&path, page).expect("written");
    }
    let listed = read(&path);
    let listed: Vec<&str> = listed.lines().filter_map(|line| line.strip_prefix("- ")).collect();
    assert!(listed.len() > 80, "{PAGE} lists {}", listed.len());
    let gone: Vec<_> = listed.iter().filter(|name| !all.contains(**name)).collect();
    assert!(gone.is_empty(), "{PAGE} is stale: REDA_WRITE_TYPES=1 writes it anew; gone: {gone:?}");
}

/// Cargo does not mind a file that no `mod` names: its tests would never run.
#[test]
fn every_file_of_tests_is_part_of_a_program() {
    let mut forgotten = vec![];
    for main in sources(&root().join("crates")).into_iter().filter(|it| it.ends_with("main.rs")) {
        let text = read(&main);
        let folder = main.parent().expect("a folder");
        if !folder.parent().is_some_and(|it| it.ends_with("tests")) {
            continue;
        }
        for file in sources(folder).into_iter().filter(|it| it.parent() == Some(folder)) {
            let name = file.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
            if name != "main" && !text.contains(&format!("mod {name};")) {
                forgotten.push(file);
            }
        }
    }
    assert!(forgotten.is_empty(), "no main.rs names {forgotten:?}");
}
