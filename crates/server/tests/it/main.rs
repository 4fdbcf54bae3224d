//! The server from outside: over HTTP, over the WebSocket, and in its database.

mod files;
mod http;
mod line;
mod town;

mod answering;
mod asking;
mod auditing;
mod awarding;
mod codes;
mod deducting;
mod engine;
mod feeds;
mod guard;
mod idempotency;
mod jobs;
mod leaving;
mod ledger;
mod malformed;
mod mending;
mod notifications;
mod openapi;
mod privacy;
mod properties;
mod reading;
mod restart;
mod roles;
mod sample;
mod scene;
mod sessions;
mod settings;
mod sockets;
mod waiting;
mod watching;
mod whole_loop;
mod wrong_people;
