//! What a server is told at its start.

use crate::clock::Clock;
use reda_store::Location;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// Whether strangers may make accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Registration {
    Open,
    #[default]
    Closed,
}

/// A server's configuration.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    pub database: Location,
    pub listen: SocketAddr,
    /// The address under which customers' phones reach it; https, or their pages lack their keys.
    pub public_url: Option<String>,
    pub registration: Registration,
    /// Inside a till: it is that shop's alone and takes no second business from outside (SPEC 3a).
    pub embedded: bool,
    /// The country whose phone numbers people type without a prefix, ISO 3166 alpha-2.
    pub country: String,
    /// Whether one-time codes are sent to phone numbers of other countries.
    pub codes_abroad: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpAddr>,
    /// Where messages to people are written down, in full and with their codes. For development:
    /// without it, and while there is no channel, nothing is sent.
    pub dev_messages: Option<PathBuf>,
    /// Whether `/metrics` answers everybody, and not this computer alone.
    pub metrics_for_all: bool,
    pub clock: Clock,
}

impl ServerConfig {
    /// A server inside a till: on this computer only, at a port of the system's choosing.
    pub fn local(database: impl Into<Location>) -> Self {
        Self {
            database: database.into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            registration: Registration::Closed,
            embedded: true,
            country: "KE".to_owned(),
            codes_abroad: false,
            proxies: vec![],
            dev_messages: None,
            metrics_for_all: false,
            clock: Clock::default(),
        }
    }
}
