//! Passwords: Argon2id, off the async threads, never many at once.

use crate::clock;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

/// Shortest and longest password, in characters.
pub(crate) const PASSWORD_MIN: usize = 8;
pub(crate) const PASSWORD_MAX: usize = 200;
/// Each hash takes 19 MiB: as many at once as a small machine bears.
const AT_ONCE: usize = 2;

/// Checked where there is no hash, at the price of one that is there.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$\
    lpJCTy9Nx4fHLnKIFZ8kxpVXjPkMzAVxOKRrZ2RVtm0";

/// Hashes and checks.
pub(super) struct Passwords {
    permits: Semaphore,
}

/// OWASP's first recommendation for Argon2id: 19 MiB, two passes, one lane.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("constant parameters are sound");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

impl Passwords {
    pub(super) fn new() -> Self {
        Self { permits: Semaphore::new(AT_ONCE) }
    }

    /// The hash of a password, in PHC form.
    pub(super) async fn hash(&self, password: String) -> String {
        self.off_thread(move || {
            let salt = SaltString::encode_b64(&clock::random::<16>()).expect("16 bytes are a salt");
            let hash = argon2().hash_password(password.as_bytes(), &salt);
            hash.expect("sound parameters hash anything").to_string()
        })
        .await
    }

    /// Whether `password` has this hash. With no hash at all the same work is done, so that the
    /// time taken does not tell whether an account exists.
    pub(super) async fn matches(&self, password: String, hash: Option<String>) -> bool {
        self.off_thread(move || {
            let known = hash.is_some();
            let text = hash.unwrap_or_else(|| NOBODYS.to_owned());
            let parsed = PasswordHash::new(&text);
            let same = parsed
                .is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok());
            same && known
        })
        .await
    }

    async fn off_thread<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let _permit = self.permits.acquire().await.expect("never closed");
        tokio::task::spawn_blocking(work).await.expect("hashing does not panic")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_has_its_own_hash_and_no_other() {
        let passwords = Passwords::new();
        let hash = passwords.hash("correct horse".to_owned()).await;
        assert!(passwords.matches("correct horse".to_owned(), Some(hash.clone())).await);
        assert!(!passwords.matches("correct house".to_owned(), Some(hash.clone())).await);
        assert!(!passwords.matches(String::new(), Some(hash)).await);
        assert!(!passwords.matches("anything".to_owned(), None).await);
    }

    #[tokio::test]
    async fn checking_nobodys_password_costs_what_checking_somebodys_does() {
        let cost = |text: &str| {
            let hash = PasswordHash::new(text).expect("a hash in PHC form");
            let params = Params::try_from(&hash).expect("Argon2's parameters");
            (hash.algorithm.to_string(), params.m_cost(), params.t_cost(), params.p_cost())
        };
        let somebodys = Passwords::new().hash("correct horse".to_owned()).await;
        assert_eq!(cost(NOBODYS), cost(&somebodys));
    }
}
