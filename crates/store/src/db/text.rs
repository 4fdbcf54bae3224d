//! The texts of the set operations, rendered for each engine and kept.
//!
//! SQLite gets `?` and as many rows as there are, in a few sizes: it looks `$N` up by walking a
//! list, which is quadratic. PostgreSQL gets one array a column, and so one text whatever the size.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// How many rows or keys a statement for SQLite has: each statement costs two changes of thread, and
/// each text is kept.
const SIZES: [usize; 13] = [256, 128, 64, 32, 16, 8, 7, 6, 5, 4, 3, 2, 1];

/// As many of `left` rows as one statement takes.
pub(super) fn most_of(left: usize) -> usize {
    SIZES.into_iter().find(|n| *n <= left).unwrap_or(1)
}

/// The size of the statement that takes all of `keys`, of which there are at most
/// [`KEYS_MAX`]; the rest is padded.
pub(super) fn least_for(keys: usize) -> usize {
    SIZES.into_iter().rev().find(|n| *n >= keys).unwrap_or(KEYS_MAX)
}

/// Keys of one statement for SQLite.
pub(super) const KEYS_MAX: usize = SIZES[0];

/// The holes of a statement: `$1, $2, $1` has two, `?, ?` has two.
pub(super) fn holes(sql: &str) -> usize {
    let numbered = sql.split('$').skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    });
    numbered.max().unwrap_or_else(|| sql.matches('?').count())
}

/// What a text is made from; each distinct one is rendered once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// `head VALUES (row), (row)… tail`.
    Rows {
        head: &'static str,
        row: &'static str,
        tail: &'static str,
        n: usize,
    },
    /// `head (keys)`, where `head` ends in `key IN`.
    Keys {
        head: &'static str,
        n: usize,
    },
    /// The version of SQLite's file.
    Version,
    /// Fails unless that is the version still.
    SameVersion,
    Begin,
    Commit,
    /// `head = ANY(array) tail`, where `head` ends in `key IN`.
    KeyArray {
        head: &'static str,
        tail: &'static str,
    },
}

impl Form {
    pub(super) fn rows(&self) -> usize {
        match self {
            Form::Rows { n, .. } | Form::Keys { n, .. } => *n,
            Form::Version | Form::KeyArray { .. } => 1,
            Form::SameVersion | Form::Begin | Form::Commit => 0,
        }
    }
}

/// Texts by what they are made from.
type Texts<K> = LazyLock<Mutex<HashMap<K, Arc<str>>>>;

fn kept<K: Hash + Eq>(texts: &Texts<K>, key: K, render: impl FnOnce(&K) -> String) -> Arc<str> {
    let mut texts = texts.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(text) = texts.get(&key) {
        return text.clone();
    }
    let text: Arc<str> = render(&key).into();
    texts.insert(key, text.clone());
    text
}

pub(super) fn text(form: Form) -> Arc<str> {
    static TEXTS: Texts<Form> = LazyLock::new(Mutex::default);
    kept(&TEXTS, form, |form| render(*form))
}

/// Statements for SQLite, one after the other.
pub(super) fn one_by_one(forms: Vec<Form>) -> Arc<str> {
    static TEXTS: Texts<Vec<Form>> = LazyLock::new(Mutex::default);
    kept(&TEXTS, forms, |forms| {
        forms.iter().map(|form| render(*form)).collect::<Vec<_>>().join(";\n")
    })
}

/// `head`, `row` and `tail` of rows that go to PostgreSQL as arrays.
pub(super) type Rows = (&'static str, &'static str, &'static str);

/// One statement for PostgreSQL: each of these a part of it, the last the main one.
pub(super) fn together(sets: Vec<Rows>) -> Arc<str> {
    static TEXTS: Texts<Vec<Rows>> = LazyLock::new(Mutex::default);
    kept(&TEXTS, sets, |sets| {
        let mut parts = parts(sets, 0, "");
        let last = parts.pop().unwrap_or_default();
        match named(&parts) {
            with if with.is_empty() => last,
            with => format!("WITH {with} {last}"),
        }
    })
}

/// The same, written only if the heads of `$1` stand at the numbers of changes of `$2`, where they
/// are locked, and no operation of `$3` is known; answers whether it was. Whoever held those locks
/// before has then changed nothing that this statement, which sees the tables as they were when it
/// began, does not see.
pub(super) fn if_as_left(sets: Vec<Rows>) -> Arc<str> {
    static TEXTS: Texts<Vec<Rows>> = LazyLock::new(Mutex::default);
    kept(&TEXTS, sets, |sets| {
        let parts = parts(sets, 3, " WHERE (SELECT yes FROM as_left)");
        let with = named(&parts);
        format!(
            "WITH locked AS MATERIALIZED (
                SELECT scope, changes FROM feed_heads WHERE scope = ANY($1)
                ORDER BY scope FOR NO KEY UPDATE),
            as_left AS MATERIALIZED (SELECT
                (SELECT COUNT(*) FROM locked
                 JOIN unnest($1, $2) r(scope, changes) USING (scope, changes)) = CARDINALITY($1)
                AND NOT EXISTS (SELECT 1 FROM operations WHERE id = ANY($3)) AS yes),
            {with} SELECT yes FROM as_left"
        )
    })
}

/// Each of these as a statement; their first array is the one after `holes`.
fn parts(sets: &[Rows], mut holes: usize, only: &str) -> Vec<String> {
    let mut parts = vec![];
    for rows in sets {
        parts.push(from_arrays(*rows, holes, only));
        holes += rows.1.matches('?').count();
    }
    parts
}

/// Statements as parts of another.
fn named(parts: &[String]) -> String {
    let with = parts.iter().enumerate().map(|(i, part)| format!("w{i} AS ({part})"));
    with.collect::<Vec<_>>().join(", ")
}

/// `head SELECT row FROM unnest(arrays) only tail`, whose first array is the one after `holes`.
fn from_arrays((head, row, tail): Rows, holes: usize, only: &str) -> String {
    let parts: Vec<&str> = row.split('?').collect();
    let numbers = 1..parts.len();
    let columns: Vec<String> = numbers.clone().map(|i| format!("c{i}")).collect();
    let arrays: Vec<String> = numbers.map(|i| format!("${}", holes + i)).collect();
    let ends = columns.iter().map(String::as_str).chain([""]);
    let row: String = parts.iter().zip(ends).flat_map(|(part, end)| [*part, end]).collect();
    let (arrays, columns) = (arrays.join(","), columns.join(","));
    format!("{head} SELECT {row} FROM unnest({arrays}) r({columns}){only} {tail}")
}

fn render(form: Form) -> String {
    match form {
        Form::Rows { head, row, tail, n } => {
            format!("{head} VALUES {} {tail}", vec![format!("({row})"); n].join(","))
        }
        Form::Keys { head, n } => format!("{head} ({})", vec!["?"; n].join(",")),
        Form::Version => "PRAGMA data_version".to_owned(),
        // What is no JSON is an error, which ends the statements.
        Form::SameVersion => "SELECT CASE WHEN (SELECT data_version FROM pragma_data_version) = ?
            THEN 1 ELSE json('another') END"
            .to_owned(),
        Form::Begin => "BEGIN IMMEDIATE".to_owned(),
        Form::Commit => "COMMIT".to_owned(),
        Form::KeyArray { head, tail } => {
            let head = head.strip_suffix("IN").expect("a list of keys follows");
            format!("{head}= ANY($1) {tail}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_counted_by_the_highest_number() {
        assert_eq!(holes("a = $1 AND b = $2 OR c = $1"), 2);
        assert_eq!(holes("(?, ?, 1)"), 2);
        assert_eq!(holes("SELECT 1"), 0);
    }

    #[test]
    fn each_engine_has_a_text_of_its_own() {
        let (head, row, tail) = ("INSERT INTO t (a, b, c)", "?, 'x', ?", "ON CONFLICT DO NOTHING");
        let rows = render(Form::Rows { head, row, tail, n: 2 });
        assert_eq!(
            rows,
            "INSERT INTO t (a, b, c) VALUES (?, 'x', ?),(?, 'x', ?) ON CONFLICT DO NOTHING"
        );
        assert_eq!(
            &*together(vec![(head, row, tail)]),
            "INSERT INTO t (a, b, c) SELECT c1, 'x', c2 FROM unnest($1,$2) r(c1,c2) ON CONFLICT DO NOTHING"
        );
        let head = "SELECT a FROM t WHERE a IN";
        assert_eq!(render(Form::Keys { head, n: 3 }), "SELECT a FROM t WHERE a IN (?,?,?)");
        let keys = render(Form::KeyArray { head, tail: "ORDER BY a" });
        assert_eq!(keys, "SELECT a FROM t WHERE a = ANY($1) ORDER BY a");
    }

    #[test]
    fn rows_of_several_tables_are_one_text() {
        let (a, b) = ("INSERT INTO a (x)", "INSERT INTO b (y, z)");
        let forms = vec![
            Form::Rows { head: a, row: "?", tail: "", n: 2 },
            Form::Rows { head: b, row: "?, ?", tail: "", n: 1 },
        ];
        let text = one_by_one(forms);
        assert_eq!(
            &*text,
            "INSERT INTO a (x) VALUES (?),(?) ;\nINSERT INTO b (y, z) VALUES (?, ?) "
        );
        assert_eq!(
            &*together(vec![(a, "?", ""), (b, "?, ?", "")]),
            "WITH w0 AS (INSERT INTO a (x) SELECT c1 FROM unnest($1) r(c1) ) \
             INSERT INTO b (y, z) SELECT c1, c2 FROM unnest($2,$3) r(c1,c2) "
        );
    }

    #[test]
    fn sizes_are_few() {
        assert_eq!([1, 3, 9, 300].map(most_of), [1, 3, 8, 256]);
        assert_eq!([1, 3, 9, 65, 256].map(least_for), [1, 3, 16, 128, 256]);
    }
}
