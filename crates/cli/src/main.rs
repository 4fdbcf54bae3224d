//! `reda`: the command line. Each command is one file; what they print is their contract.

mod audit;
mod backup;
mod bench;
mod code;
mod config;
mod database;
mod demo;
mod doctor;
mod error;
mod output;
mod scan;
mod serve;
mod shop;
mod till;

use clap::{Parser, Subcommand};
use error::CommandError;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Reda: a point of sale with loyalty built in.
#[derive(Parser)]
#[command(name = "reda", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server.
    Serve(serve::Serve),
    /// Starts a shop on a server's database.
    #[command(subcommand)]
    Shop(shop::Shop),
    /// Runs a till without a window.
    Till(till::TillCommand),
    /// Runs the whole loop on real parts, without a window, and prints each step's milliseconds.
    Demo(demo::Demo),
    /// Looks the configuration and the database over, and mends what it can.
    Doctor(doctor::Doctor),
    /// The audit log.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Writes a backup while the server runs.
    Backup(backup::Backup),
    /// Puts a backup in the database's place.
    Restore(backup::Restore),
    /// Reads the codes in image files.
    Scan(scan::Scan),
    /// Measures.
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Draws and checks codes.
    #[command(subcommand)]
    Code(code::Code),
}

fn main() -> ExitCode {
    // The camera runs in a child process of this same binary.
    reda_scan::child::run_if_asked();
    let cli = match config::parse() {
        Ok(cli) => cli,
        Err(error) => {
            eprintln!("reda: {error}");
            return ExitCode::FAILURE;
        }
    };
    rustls::crypto::ring::default_provider().install_default().ok();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("reda: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode, CommandError> {
    let done = |()| ExitCode::SUCCESS;
    match command {
        Command::Serve(it) => on_runtime(it.run()).map(done),
        Command::Shop(it) => on_runtime(it.run()).map(done),
        Command::Till(it) => on_runtime(it.run()).map(done),
        Command::Demo(it) => on_runtime(it.run()),
        Command::Doctor(it) => on_runtime(it.run()),
        Command::Audit(it) => on_runtime(it.run()),
        Command::Backup(it) => on_runtime(it.run()).map(done),
        Command::Restore(it) => on_runtime(it.run()).map(done),
        Command::Scan(it) => it.run(),
        Command::Bench(it) => it.run().map(done),
        Command::Code(it) => it.run(),
    }
}

fn on_runtime<T>(work: impl Future<Output = Result<T, CommandError>>) -> Result<T, CommandError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CommandError::Runtime)?;
    runtime.block_on(work)
}
