//! How many pictures of known texts are read, when those pictures are there. Without a deadline,
//! so that a busy machine reads as many as an idle one.

use std::path::Path;

use super::*;
use crate::file::load_picture;

/// Beside the repository: too large to be in it.
const PICTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/qr/manifest.tsv");

#[derive(Default)]
struct Tally {
    pictures: usize,
    right: usize,
    missed: Vec<String>,
}

impl Tally {
    fn note(&mut self, file: &str, is_right: bool) {
        self.pictures += 1;
        if is_right {
            self.right += 1;
        } else {
            self.missed.push(file.to_owned());
        }
    }

    fn percent(&self) -> usize {
        self.right * 100 / self.pictures.max(1)
    }
}

/// Readers differ in how they write what is no ASCII.
fn printable(text: &str) -> String {
    text.chars().filter(|letter| (' '..='~').contains(letter)).collect()
}

#[test]
fn known_pictures_are_read_and_nothing_where_nothing_is() {
    let Ok(table) = std::fs::read_to_string(PICTURES) else {
        eprintln!("left out: there are no pictures at {PICTURES}");
        return;
    };
    let folder = Path::new(PICTURES).parent().unwrap();
    let (mut real, mut synthetic, mut none) = <(Tally, Tally, Tally)>::default();
    let mut reader = Reader::default();
    for line in table.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [file, texts, set, _] = fields[..] else { panic!("not a line: {line}") };
        let texts: Vec<String> = serde_json::from_str(texts).unwrap();
        let frame = load_picture(&folder.join(file)).unwrap();
        let codes = reader.read(&frame, Deadline::never()).codes;
        if texts.is_empty() {
            none.note(file, codes.is_empty());
            continue;
        }
        let is_right = codes
            .iter()
            .any(|code| texts.iter().any(|text| printable(text) == printable(&code.text)));
        let tally = if set == "synthetic" { &mut synthetic } else { &mut real };
        tally.note(file, is_right);
    }
    assert_eq!(none.missed, [""; 0], "something was read where nothing is");
    assert!(real.percent() >= 98, "{} of {}: {:?}", real.right, real.pictures, real.missed);
    assert!(
        synthetic.percent() >= 90,
        "{} of {}: {:?}",
        synthetic.right,
        synthetic.pictures,
        synthetic.missed
    );
}
