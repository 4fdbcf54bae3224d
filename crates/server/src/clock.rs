//! The server's clock: the one place that asks the machine what time it is.

use reda_domain::Timestamp;

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
