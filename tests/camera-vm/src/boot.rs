//! The first process of the guest: what there must be before anything else runs, and the end.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use rustix::mount::{MountFlags, mount};
use rustix::system::{RebootCommand, init_module, reboot};

/// Where the kernel modules lie, named in the order in which they are loaded.
const MODULES: &str = "/modules";

/// Mounts what the kernel shows of itself, and loads its modules.
pub(crate) fn boot() -> Result<(), Box<dyn Error>> {
    for (kind, at) in [("proc", "/proc"), ("sysfs", "/sys"), ("devtmpfs", "/dev")] {
        fs::create_dir_all(at)?;
        mount(kind, at, kind, MountFlags::empty(), None)?;
    }
    let mut modules: Vec<PathBuf> =
        fs::read_dir(MODULES)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    modules.sort();
    for module in modules {
        init_module(&fs::read(&module)?, c"")
            .map_err(|error| format!("{}: {error}", module.display()))?;
    }
    Ok(())
}

/// Switches the guest off.
pub(crate) fn power_off() {
    if let Err(error) = reboot(RebootCommand::PowerOff) {
        panic!("the guest cannot be switched off: {error}");
    }
}
