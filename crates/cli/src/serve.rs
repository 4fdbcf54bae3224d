//! `reda serve`.

use crate::error::CommandError;
use crate::output;
use reda_server::{Location, Registration, Server, ServerConfig};
use serde_json::json;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// The server; prints one JSON line when it takes requests, and drains on SIGTERM.
#[derive(clap::Args)]
pub(crate) struct Serve {
    /// Where to listen.
    #[arg(long, env = "REDA_LISTEN", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// `sqlite:PATH`, or `postgres://USER:PASSWORD@HOST/NAME` for one or more servers.
    #[arg(long, env = "REDA_DATABASE", hide_env_values = true, default_value = "sqlite:reda.db", value_parser = Location::parse)]
    database: Location,
    /// Where other computers' tills come in by TLS, with a certificate of the server's own.
    #[arg(long, env = "REDA_TLS_LISTEN", value_name = "ADDRESS")]
    tls_listen: Option<SocketAddr>,
    /// The file of that certificate and its key, made the first time.
    #[arg(
        long,
        env = "REDA_TLS_CERTIFICATE",
        default_value = "reda-certificate.pem",
        value_name = "FILE"
    )]
    tls_certificate: PathBuf,
    /// Where phones on the same network follow one-time links, in the clear; nothing else is served there.
    #[arg(long, env = "REDA_LINK_LISTEN", value_name = "ADDRESS")]
    link_listen: Option<SocketAddr>,
    /// The https address under which customers' phones reach it.
    #[arg(long, env = "REDA_PUBLIC_URL")]
    public_url: Option<String>,
    /// Whether strangers may make accounts: `open` or `closed`.
    #[arg(long, env = "REDA_REGISTRATION", default_value = "closed", value_parser = registration)]
    registration: Registration,
    /// The country whose phone numbers are typed without a prefix, ISO 3166 alpha-2.
    #[arg(long, env = "REDA_COUNTRY", default_value = "KE")]
    country: String,
    /// Sends one-time codes to phone numbers of other countries, too.
    #[arg(long, env = "REDA_CODES_ABROAD")]
    codes_abroad: bool,
    /// Proxies, by address, whose `X-Forwarded-For` is believed.
    #[arg(long, env = "REDA_PROXIES", value_delimiter = ',', value_name = "ADDRESS")]
    proxies: Vec<IpAddr>,
    /// For development: writes messages to people, in full and with their codes, to this file.
    #[arg(long, env = "REDA_DEV_MESSAGES", value_name = "FILE")]
    dev_messages: Option<PathBuf>,
    /// Lets `/metrics` answer everybody, and not this computer alone.
    #[arg(long, env = "REDA_METRICS_FOR_ALL")]
    metrics_for_all: bool,
}

fn registration(text: &str) -> Result<Registration, String> {
    match text {
        "open" => Ok(Registration::Open),
        "closed" => Ok(Registration::Closed),
        _ => Err("registration is open or closed".to_owned()),
    }
}

impl Serve {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        let config = ServerConfig {
            listen: self.listen,
            public_url: self.public_url,
            registration: self.registration,
            embedded: false,
            country: self.country,
            codes_abroad: self.codes_abroad,
            proxies: self.proxies,
            dev_messages: self.dev_messages,
            metrics_for_all: self.metrics_for_all,
            ..ServerConfig::local(self.database)
        };
        let server = Server::start(config).await?;
        if let Some(at) = self.tls_listen {
            server.open_door(at, &self.tls_certificate).await?;
        }
        if let Some(at) = self.link_listen {
            server.open_link_port(at).await?;
        }
        output::line(&json!({
            "event": "ready",
            "url": server.url(),
            "listen": server.address().to_string(),
            "tls": server.door_sign().map(|sign| json!({
                "addresses": sign.addresses.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "fingerprint": sign.fingerprint,
                "words": sign.words,
            })),
            "links": server.link_sign().map(|sign| json!({ "port": sign.port, "url": sign.url })),
        }))?;
        ended().await;
        server.stop().await;
        Ok(())
    }
}

/// Waits for Ctrl-C or SIGTERM.
pub(crate) async fn ended() {
    let interrupted = async {
        tokio::signal::ctrl_c().await.ok();
    };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
