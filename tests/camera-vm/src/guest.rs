//! From the start of the guest to its end.

use std::any::Any;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::panic::catch_unwind;
use std::process::{Command, ExitCode};
use std::time::Instant;
use std::{env, fs, process};

use reda_scan::child;

use crate::{boot, counter, facts};

/// The first argument that runs the rest of the command line as a user without rights.
pub(crate) const AS_NOBODY: &str = "--as-nobody";
const NOBODY: u32 = 65_534;

pub(crate) fn main() -> ExitCode {
    become_nobody_if_asked();
    child::run_if_asked();
    if process::id() != 1 {
        eprintln!("this runs as the first process of a virtual computer: use script/camera-vm");
        return ExitCode::from(2);
    }
    tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(false).without_time().init();
    match boot::boot() {
        Ok(()) => check_all(),
        Err(error) => say(&format!("the guest cannot start: {error}")),
    }
    boot::power_off();
    ExitCode::SUCCESS
}

fn check_all() {
    say(&format!("guest: up after {}", uptime()));
    // The kernel hands what it does not know on its command line to us.
    let wanted = env::var("REDA_FACT").unwrap_or_default();
    let (mut held, mut failed) = (0, 0);
    for (name, fact) in facts::ALL.iter().filter(|(name, _)| name.contains(&wanted)) {
        let started = Instant::now();
        let outcome = catch_unwind(|| facts::run(*fact));
        let took_ms = started.elapsed().as_millis();
        match outcome {
            Ok(()) => {
                held += 1;
                say(&format!("fact: ok {took_ms} ms {name}"));
            }
            Err(panic) => {
                failed += 1;
                say(&format!("fact: FAILED {took_ms} ms {name}: {}", said(&*panic)));
            }
        }
    }
    say(&format!("result: {held} held, {failed} failed, after {}", uptime()));
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a word")
}

/// In seconds, as the kernel counts.
fn uptime() -> String {
    let uptime = fs::read_to_string("/proc/uptime").unwrap_or_default();
    format!("{} s", uptime.split(' ').next().unwrap_or_default())
}

pub(crate) fn say(line: &str) {
    // Without a console there is nobody to tell.
    let _ = writeln!(io::stdout(), "{line}");
}

fn become_nobody_if_asked() {
    let mut args = env::args_os().skip(1);
    if args.next().is_some_and(|first| first == AS_NOBODY) {
        let error = Command::new(counter::this_program()).args(args).uid(NOBODY).gid(NOBODY).exec();
        eprintln!("cannot become nobody: {error}");
        process::exit(1);
    }
}
