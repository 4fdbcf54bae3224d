//! What the same machine does at most, measured in the same run.

use super::failed;
use super::spread::Spread;
use crate::error::CommandError;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;
use tokio::process::Command;

const SYNCS: usize = 500;
/// Bytes of a page as databases write it.
const PAGE: [u8; 8192] = [0; 8192];
const CLIENTS: &str = "32";
const SECONDS: &str = "5";
const TABLE: &str = "CREATE TABLE IF NOT EXISTS bare (id BIGINT, points BIGINT, at_ms BIGINT)";
const INSERT: &str = "INSERT INTO bare VALUES (:client_id, 12, 1700000000000);\n";

/// Appending a page and waiting until it is on the disk.
pub(super) fn fsync(dir: &Path) -> Result<Spread, CommandError> {
    let mut file = File::create(dir.join("fsync")).map_err(failed("fsync"))?;
    let mut spread = Spread::default();
    for _ in 0..SYNCS {
        let began = Instant::now();
        file.write_all(&PAGE).map_err(failed("fsync"))?;
        file.sync_data().map_err(failed("fsync"))?;
        spread.note(began.elapsed());
    }
    Ok(spread)
}

/// Bare inserts per second by PostgreSQL's own program; `None` where it is not installed.
pub(super) async fn pgbench(url: &str) -> Result<Option<f64>, CommandError> {
    let dir = tempfile::tempdir().map_err(failed("pgbench"))?;
    let script = dir.path().join("insert.sql");
    std::fs::write(&script, INSERT).map_err(failed("pgbench"))?;
    said(Command::new("psql").args(["--no-psqlrc", "--quiet", "-c", TABLE, url])).await?;
    let mut command = Command::new("pgbench");
    let arguments = ["-n", "-M", "prepared", "-j", "2", "-c", CLIENTS, "-T", SECONDS, "-f"];
    let said = said(command.args(arguments).arg(&script).arg(url)).await?;
    let tps = said.as_deref().and_then(|it| it.split("tps = ").nth(1)?.split(' ').next());
    Ok(tps.and_then(|it| it.parse().ok()))
}

async fn said(command: &mut Command) -> Result<Option<String>, CommandError> {
    let output = match command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().await {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        output => output.map_err(failed("pgbench"))?,
    };
    Ok(Some(String::from_utf8_lossy(&output.stdout).into_owned()))
}
