//! The guest of `script/camera-vm`: the till's camera on the kernel's own webcam driver.
//!
//! Runs as the first process of a virtual computer, where webcams can be emulated, plugged in and
//! pulled out without harm. Checks every fact and says so, a line each, on the console. The camera
//! is the product's (`reda-scan`), child processes and all; only the webcam is not real.

#[cfg(target_os = "linux")]
mod boot;
#[cfg(target_os = "linux")]
mod counter;
#[cfg(target_os = "linux")]
mod facts;
#[cfg(target_os = "linux")]
mod guest;
#[cfg(target_os = "linux")]
mod model;
#[cfg(target_os = "linux")]
mod pictures;
#[cfg(target_os = "linux")]
mod probe;
#[cfg(target_os = "linux")]
mod usbip;
#[cfg(target_os = "linux")]
mod webcam;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    guest::main()
}

/// Only Linux has the driver.
#[cfg(not(target_os = "linux"))]
fn main() {}
