//! The program `reda` from outside: as a process, by its command line and over HTTP.

mod crash;
mod documents;
mod load;
mod process;
mod races;
mod servers;
mod tls;
