//! The token of whoever is switched on, kept until shortly before it runs out.

use reda_sync::{TokenError, TokenSource};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// A token is renewed when it lives less than this.
const RENEW_BEFORE: Duration = Duration::from_secs(60);

pub(crate) struct StaffTokens {
    source: TokenSource,
    kept: Mutex<Option<(String, Instant)>>,
}

impl StaffTokens {
    pub(crate) fn new(source: TokenSource) -> Self {
        Self { source, kept: Mutex::new(None) }
    }

    /// The token, fetched where there is none that will do.
    pub(crate) async fn get(&self) -> Result<String, TokenError> {
        let mut kept = self.kept.lock().await;
        if let Some((text, renew_at)) = &*kept
            && Instant::now() < *renew_at
        {
            return Ok(text.clone());
        }
        let token = (self.source)().await?;
        let lives = token.expires_in.saturating_sub(RENEW_BEFORE.min(token.expires_in / 3));
        *kept = Some((token.text.clone(), Instant::now() + lives));
        Ok(token.text)
    }

    /// The server did not take it: the next one is fetched.
    pub(crate) async fn forget(&self) {
        *self.kept.lock().await = None;
    }
}
