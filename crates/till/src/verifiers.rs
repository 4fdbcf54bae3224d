//! Lets staff switch on without the line: of each PIN that the server took at this till, a verifier
//! of the till's own. It is never the server's hash, and never leaves this computer.
//!
//! What protects it. A PIN of four digits is soon guessed by whoever has the file, whatever it is
//! hashed with: so only the till's user reads the file, each guess costs 64 MiB and three passes, a
//! verifier counts for a week after the server last took the PIN, and it goes as soon as the till hears
//! anything new of that person. It opens nothing but this till, and here only what needs no line.
//! Whoever carries the computer away is kept out by the system's disk encryption, and by the owner
//! who takes the till out of the shop.

use crate::private_file::PrivateFile;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use reda_domain::{StaffId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use tracing::warn;

const MINUTE_MS: i64 = 60 * 1000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// How long a verifier counts after the server took the PIN: as long as a till may be out of contact
/// and do more than sell (SPEC SY-4).
const COUNTS_FOR_MS: i64 = 7 * DAY_MS;
/// Wrong PINs until each lock, and how long the locks last, as at the server (SPEC ID-4).
const TRIES_A_LOCK: u32 = 5;
const LOCKS_MS: [i64; 3] = [MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS];
/// So many wrong ones in a row, and only the server can tell: who sets the computer's clock forward
/// to be done with a lock gains no more tries than these.
const TRIES_MAX: u32 = 20;

/// Of everybody who may switch on here without the line.
pub(crate) struct Verifiers {
    file: PrivateFile,
    kept: BTreeMap<StaffId, Verifier>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Verifier {
    /// Argon2id, in PHC form.
    hash: String,
    taken_at: Timestamp,
    /// Since a right PIN; the one that is being tried counts already.
    tries: u32,
    locked_until: Option<Timestamp>,
    /// The latest that it ever was here: a clock that is set back gives no time.
    seen_at: Timestamp,
}

/// Why a PIN is not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotTried {
    /// There is nothing to compare it with, or none that still counts.
    Unknown,
    /// Wrong ones came too often.
    Wait { secs: i64 },
    /// It could not be counted.
    Failed,
}

impl Verifiers {
    /// Those in a till's folder. A file that cannot be read lets nobody in.
    pub(crate) fn in_folder(dir: &Path) -> Self {
        let file = PrivateFile::at(dir.join("verifiers.json"));
        let kept = file.read().and_then(|bytes| {
            Ok(bytes.map(|bytes| serde_json::from_slice(&bytes)).transpose()?.unwrap_or_default())
        });
        let kept = kept.unwrap_or_else(|error| {
            warn!("nobody can switch on here without the line until they did with it: {error}");
            BTreeMap::new()
        });
        Self { file, kept }
    }

    /// Keeps the verifier of a PIN that the server took.
    pub(crate) fn put(&mut self, staff: StaffId, hash: String, now: Timestamp) {
        let fresh = Verifier { hash, taken_at: now, tries: 0, locked_until: None, seen_at: now };
        self.kept.insert(staff, fresh);
        self.save_or_log();
    }

    /// Takes one try, which counts before anything is compared; gives back the hash to compare with.
    pub(crate) fn take_try(&mut self, staff: StaffId, now: Timestamp) -> Result<String, NotTried> {
        let Some(verifier) = self.kept.get_mut(&staff) else { return Err(NotTried::Unknown) };
        let taken = verifier.take_try(now);
        let used_up = verifier.tries >= TRIES_MAX;
        if used_up || taken == Err(NotTried::Unknown) {
            self.kept.remove(&staff);
        }
        match self.save() {
            true => taken,
            false => Err(NotTried::Failed),
        }
    }

    /// Forgets the wrong PINs before the right one.
    pub(crate) fn was_right(&mut self, staff: StaffId) {
        if let Some(verifier) = self.kept.get_mut(&staff) {
            (verifier.tries, verifier.locked_until) = (0, None);
            self.save_or_log();
        }
    }

    /// Something about this person is new: only the server knows now which PIN is theirs, if any.
    pub(crate) fn forget(&mut self, staff: StaffId) {
        if self.kept.remove(&staff).is_some() {
            self.save_or_log();
        }
    }

    /// Nobody switches on here without the line any more.
    pub(crate) fn forget_all(&mut self) {
        self.kept.clear();
        if let Err(error) = self.file.remove() {
            warn!("the verifiers could not be deleted: {error}");
        }
    }

    fn save(&self) -> bool {
        let bytes = serde_json::to_vec(&self.kept).expect("verifiers are plain data");
        let saved = self.file.write(&bytes);
        saved.inspect_err(|error| warn!("the verifiers could not be saved: {error}")).is_ok()
    }

    /// Where it is not saved, somebody needs the line, or waits longer, after a restart.
    fn save_or_log(&self) {
        self.save();
    }
}

impl Verifier {
    fn take_try(&mut self, now: Timestamp) -> Result<String, NotTried> {
        let now = now.max(self.seen_at);
        self.seen_at = now;
        if now.ms_since(self.taken_at) > COUNTS_FOR_MS {
            return Err(NotTried::Unknown);
        }
        if let Some(until) = self.locked_until.filter(|until| *until > now) {
            return Err(NotTried::Wait { secs: (until.ms_since(now) + 999) / 1000 });
        }
        self.tries += 1;
        if self.tries.is_multiple_of(TRIES_A_LOCK) {
            let nth = (self.tries / TRIES_A_LOCK) as usize;
            self.locked_until = Some(now.plus_ms(LOCKS_MS[nth.min(LOCKS_MS.len()) - 1]));
        }
        Ok(self.hash.clone())
    }
}

/// RFC 9106's second choice, but for its lanes: 64 MiB, three passes.
fn argon2() -> Argon2<'static> {
    let params = Params::new(64 * 1024, 3, 1, None).expect("constant parameters are sound");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The hash of a PIN. Takes a tenth of a second and more.
pub(crate) fn hash(pin: &str) -> String {
    let mut random = [0; 16];
    getrandom::fill(&mut random).expect("the system has random bytes");
    let salt = SaltString::encode_b64(&random).expect("16 bytes are a salt");
    let hash = argon2().hash_password(pin.as_bytes(), &salt);
    hash.expect("sound parameters hash anything").to_string()
}

/// Whether a PIN has this hash. Takes as long.
pub(crate) fn has_hash(pin: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| argon2().verify_password(pin.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const GRACE: StaffId = StaffId(Uuid::from_u128(1));
    const JOSEPH: StaffId = StaffId(Uuid::from_u128(2));
    const MONDAY: Timestamp = Timestamp(1_795_255_323_000);

    fn later(ms: i64) -> Timestamp {
        MONDAY.plus_ms(ms)
    }

    fn with_grace(dir: &Path) -> Verifiers {
        let mut verifiers = Verifiers::in_folder(dir);
        verifiers.put(GRACE, "hash".to_owned(), MONDAY);
        verifiers
    }

    /// As after a restart.
    fn again(dir: &Path) -> Verifiers {
        Verifiers::in_folder(dir)
    }

    #[test]
    fn a_pin_has_its_own_hash_and_no_other() {
        let kept = hash("2468");
        assert!(has_hash("2468", &kept));
        assert!(!has_hash("2469", &kept));
        assert!(!has_hash("2468", "no hash"));
        assert_ne!(kept, hash("2468"), "the same PIN of another person looks different");
        assert!(!kept.contains("2468"));
    }

    #[test]
    fn only_whoever_the_server_took_here_is_let_in_also_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        with_grace(dir.path());
        assert_eq!(again(dir.path()).take_try(GRACE, MONDAY), Ok("hash".to_owned()));
        assert_eq!(again(dir.path()).take_try(JOSEPH, MONDAY), Err(NotTried::Unknown));
    }

    #[test]
    fn the_fifth_wrong_pin_locks_and_a_restart_does_not_help() {
        let dir = tempfile::tempdir().unwrap();
        with_grace(dir.path());
        let mut at = MONDAY;
        for lock_ms in LOCKS_MS {
            for _ in 0..TRIES_A_LOCK {
                assert!(again(dir.path()).take_try(GRACE, at).is_ok());
            }
            let secs = lock_ms / 1000;
            assert_eq!(again(dir.path()).take_try(GRACE, at), Err(NotTried::Wait { secs }));
            let back = at.plus_ms(-DAY_MS);
            assert_eq!(again(dir.path()).take_try(GRACE, back), Err(NotTried::Wait { secs }));
            at = at.plus_ms(lock_ms);
        }
    }

    #[test]
    fn the_right_pin_makes_up_for_the_wrong_ones() {
        let dir = tempfile::tempdir().unwrap();
        let mut verifiers = with_grace(dir.path());
        for _ in 0..TRIES_A_LOCK {
            verifiers.take_try(GRACE, MONDAY).unwrap();
        }
        verifiers.was_right(GRACE);
        assert!(again(dir.path()).take_try(GRACE, MONDAY).is_ok());
    }

    #[test]
    fn after_twenty_wrong_pins_only_the_server_can_tell() {
        let dir = tempfile::tempdir().unwrap();
        let mut verifiers = with_grace(dir.path());
        let tried =
            (0..60).filter(|i| verifiers.take_try(GRACE, later(i * 31 * MINUTE_MS)).is_ok());
        assert_eq!(tried.count(), 20);
        assert_eq!(again(dir.path()).take_try(GRACE, later(DAY_MS)), Err(NotTried::Unknown));
    }

    #[test]
    fn a_verifier_counts_for_a_week_and_a_clock_set_back_gives_no_more() {
        let dir = tempfile::tempdir().unwrap();
        let mut verifiers = with_grace(dir.path());
        assert!(verifiers.take_try(GRACE, later(7 * DAY_MS)).is_ok());
        assert_eq!(verifiers.take_try(GRACE, later(7 * DAY_MS + 1)), Err(NotTried::Unknown));
        assert_eq!(again(dir.path()).take_try(GRACE, MONDAY), Err(NotTried::Unknown));
    }

    #[test]
    fn whoever_is_forgotten_stays_so() {
        let dir = tempfile::tempdir().unwrap();
        let mut verifiers = with_grace(dir.path());
        verifiers.put(JOSEPH, "his".to_owned(), MONDAY);
        verifiers.forget(GRACE);
        assert_eq!(again(dir.path()).take_try(GRACE, MONDAY), Err(NotTried::Unknown));
        assert!(again(dir.path()).take_try(JOSEPH, MONDAY).is_ok());
        verifiers.forget_all();
        assert_eq!(again(dir.path()).take_try(JOSEPH, MONDAY), Err(NotTried::Unknown));
        assert!(!dir.path().join("verifiers.json").exists());
    }

    #[test]
    fn what_cannot_be_counted_is_not_tried() {
        let dir = tempfile::tempdir().unwrap();
        let mut verifiers = with_grace(dir.path());
        std::fs::remove_dir_all(dir.path()).unwrap();
        assert_eq!(verifiers.take_try(GRACE, MONDAY), Err(NotTried::Failed));
    }

    #[test]
    fn a_broken_file_lets_nobody_in() {
        let dir = tempfile::tempdir().unwrap();
        with_grace(dir.path());
        std::fs::write(dir.path().join("verifiers.json"), b"{\"").unwrap();
        assert_eq!(again(dir.path()).take_try(GRACE, MONDAY), Err(NotTried::Unknown));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_them() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        with_grace(dir.path());
        let mode =
            std::fs::metadata(dir.path().join("verifiers.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
