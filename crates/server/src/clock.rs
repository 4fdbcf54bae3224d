//! The server's clock: the one place that asks the machine what time it is.

use reda_domain::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// What time it is for one server; clones share it. Everything in the server asks its app's clock,
/// so that a test can let an hour pass.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The time now: this computer's, and as far ahead as the clock was put.
    pub fn now(&self) -> Timestamp {
        now().plus_ms(self.ahead_ms.load(Ordering::Relaxed))
    }

    /// Puts the clock forward.
    pub fn put_forward(&self, ms: i64) {
        self.ahead_ms.fetch_add(ms, Ordering::Relaxed);
    }
}

/// The time now, by this computer.
#[expect(clippy::disallowed_methods, reason = "everything else takes time as an argument")]
pub fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let ms = since.map_or(0, |since| since.as_millis());
    Timestamp(i64::try_from(ms).unwrap_or(i64::MAX))
}

/// Fresh random bytes from the operating system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without randomness nothing here is safe to do.
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}
