//! PostgreSQL's own programs. The password goes by the environment: everybody on the computer reads
//! a command's arguments.

use super::{failed, refused};
use crate::error::ServerError;
use std::io;
use std::path::Path;
use tokio::process::Command;

/// Dumps a database, of one moment.
pub(super) async fn dump(url: &str, file: &Path) -> Result<(), ServerError> {
    run("pg_dump", url, |command| {
        command.args(["--format=custom", "--no-owner", "--no-privileges", "--file"]).arg(file);
    })
    .await
}

/// Puts a dump in a database's place, whole or not at all.
pub(super) async fn restore(url: &str, file: &Path) -> Result<(), ServerError> {
    run("pg_restore", url, |command| {
        command.args(["--clean", "--if-exists", "--no-owner", "--single-transaction"]).arg(file);
    })
    .await
}

async fn run(
    program: &'static str,
    url: &str,
    arguments: impl FnOnce(&mut Command),
) -> Result<(), ServerError> {
    let (url, password) = without_password(url);
    let mut command = Command::new(program);
    command.arg("--dbname").arg(url);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    arguments(&mut command);
    let output = command.output().await.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            refused(format!("{program} is not installed; it comes with PostgreSQL's client"))
        }
        _ => failed(Path::new(program), error),
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(refused(format!("{program}: {}", said.trim())))
}

/// An address without its password, and the password.
fn without_password(url: &str) -> (String, Option<String>) {
    let parts = url.split_once("://").and_then(|(scheme, rest)| {
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (user, password) = rest[..end].rsplit_once('@')?.0.split_once(':')?;
        let host = &rest[user.len() + 1 + password.len()..];
        Some((format!("{scheme}://{user}{host}"), unescaped(password)))
    });
    match parts {
        Some((url, password)) => (url, Some(password)),
        None => (url.to_owned(), None),
    }
}

/// A text with `%41` for `A`.
fn unescaped(text: &str) -> String {
    let mut bytes = vec![];
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        let escaped = escaped.and_then(|it| u8::from_str_radix(it, 16).ok());
        match escaped.filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_taken_out_of_the_address() {
        for (url, bare, password) in [
            (
                "postgres://ana:s%40cret@host:5432/reda",
                "postgres://ana@host:5432/reda",
                Some("s@cret"),
            ),
            ("postgres://ana@host/reda", "postgres://ana@host/reda", None),
            ("postgres://host/reda?host=/tmp/a:b@c", "postgres://host/reda?host=/tmp/a:b@c", None),
            ("postgres://ana:p@/reda", "postgres://ana@/reda", Some("p")),
        ] {
            assert_eq!(without_password(url), (bare.to_owned(), password.map(str::to_owned)));
        }
    }
}
