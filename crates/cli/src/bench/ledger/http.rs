//! `POST /api/operations` to a `reda serve` of its own, from 32 connections that each wait for
//! their answer. The calls are written by hand: a client library would take the time that is the
//! server's.

use super::counter::{micros_of_each, rate};
use super::failed;
use super::place::Place;
use super::spread::Spread;
use crate::error::CommandError;
use reda_server::bench::Till;
use serde_json::{Value, json};
use std::io;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use uuid::Uuid;

pub(super) async fn measure(
    place: &Place,
    tills: &[Till],
    calls: usize,
) -> Result<Value, CommandError> {
    let (mut server, address) = serve(place).await.map_err(failed("reda serve"))?;
    let (began, cpu) = (Instant::now(), spent_by(&server));
    let mut callers = JoinSet::new();
    for (n, till) in tills.iter().cloned().enumerate() {
        callers.spawn(call(address, till, n, calls));
    }
    let connections = callers.len();
    let mut spread = Spread::default();
    while let Some(caller) = callers.join_next().await {
        spread.join(caller.expect("callers do not panic").map_err(failed("calls over HTTP"))?);
    }
    let took = began.elapsed();
    let mut facts = spread.told();
    facts["connections"] = json!(connections);
    facts["per_second"] = rate(spread.len(), took);
    if let (Some(before), Some(after)) = (cpu, spent_by(&server)) {
        facts["cpu_us"] = json!(micros_of_each(after - before, spread.len()));
    }
    server.kill().await.map_err(failed("reda serve"))?;
    Ok(facts)
}

async fn serve(place: &Place) -> io::Result<(Child, SocketAddr)> {
    let mut server = Command::new(std::env::current_exe()?)
        // Each connection stands for a shop of its own, behind one proxy.
        .args(["serve", "--listen", "127.0.0.1:0", "--proxies", "127.0.0.1", "--database"])
        .arg(&place.url)
        .env("RUST_LOG", "warn")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut ready = String::new();
    if let Some(out) = server.stdout.take() {
        BufReader::new(out).read_line(&mut ready).await?;
    }
    let ready: Value = serde_json::from_str(&ready)?;
    let address = ready["listen"].as_str().and_then(|it| it.parse().ok());
    Ok((server, address.ok_or_else(|| io::Error::other("it does not say where it listens"))?))
}

/// Awards by one till on one connection.
async fn call(address: SocketAddr, till: Till, n: usize, calls: usize) -> io::Result<Spread> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let mut spread = Spread::default();
    for card in till.cards.iter().cycle().take(calls) {
        let body = json!({ "id": Uuid::now_v7(), "kind": "award_points",
            "staff_token": till.staff_token, "body": { "card": card, "points": 12 } })
        .to_string();
        let call = format!(
            "POST /api/operations HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
             x-forwarded-for: 10.1.{n}.1\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            till.token,
            body.len()
        );
        let began = Instant::now();
        stream.get_mut().write_all(call.as_bytes()).await?;
        let answer = answer(&mut stream).await?;
        spread.note(began.elapsed());
        if !answer.contains("\"outcome\":\"applied\"") {
            return Err(io::Error::other(answer));
        }
    }
    Ok(spread)
}

/// The body of an answer that says its length.
async fn answer(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut length = 0;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let header = line.trim_end().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    String::from_utf8(body).map_err(io::Error::other)
}

/// The processor's time of a process so far, where the system tells it (proc(5), `stat`).
fn spent_by(process: &Child) -> Option<Duration> {
    /// Hundredths of a second, on every Linux there is.
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.id()?)).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ticks = |i: usize| fields.get(i)?.parse::<u32>().ok();
    Some(TICK * (ticks(11)? + ticks(12)?))
}
