//! The server: the engine with its lane, HTTP, the WebSocket, sign-in, the customers' page.
//!
//! A library: the command line serves it, and a till on its own carries it inside.

mod answer;
mod answers;
mod app;
mod asking;
mod auth;
pub mod backup;
pub mod bench;
mod bodies;
mod clock;
mod codes;
mod config;
mod customers;
mod days;
pub mod demo;
pub mod doctor;
mod door;
mod engine;
mod error;
mod export;
mod feed;
mod http;
mod hub;
mod jobs;
mod lapsing;
mod links;
mod lock;
mod messages;
mod metrics;
mod neighbours;
mod operations;
mod people_file;
pub mod qr;
mod reach;
mod requests;
mod serve;
mod setup;
mod ws;

pub use app::App;
pub use clock::{Clock, now};
pub use config::{Registration, ServerConfig};
pub use door::{DoorSign, LinkSign};
pub use engine::{Done, Engine, EngineError, StoredResult};
pub use error::ServerError;
pub use reda_store::Location;
pub use serve::Server;
pub use setup::{NewShop, NewTill, ShopIds, TillAccess};
