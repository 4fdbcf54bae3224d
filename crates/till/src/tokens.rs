//! A token, kept until shortly before it runs out.

use reda_sync::{Token, TokenError, TokenSource};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// A token is renewed when it lives less than this.
const RENEW_BEFORE: Duration = Duration::from_secs(60);

pub(crate) struct Tokens {
    source: TokenSource,
    kept: Mutex<Kept>,
}

struct Kept {
    token: Option<(String, Instant)>,
    /// False once someone switched on by PIN: from then on only a PIN brings another.
    by_source: bool,
}

impl Tokens {
    pub(crate) fn new(source: TokenSource) -> Self {
        Self { source, kept: Mutex::new(Kept { token: None, by_source: true }) }
    }

    /// The token, fetched where there is none that will do.
    pub(crate) async fn get(&self) -> Result<String, TokenError> {
        let mut kept = self.kept.lock().await;
        if let Some((text, renew_at)) = &kept.token
            && Instant::now() < *renew_at
        {
            return Ok(text.clone());
        }
        if !kept.by_source {
            return Err(TokenError::Refused("nobody is switched on".to_owned()));
        }
        let token = (self.source)().await?;
        kept.token = Some(until_renewed(&token));
        Ok(token.text)
    }

    /// Keeps one that a PIN brought; the source is not asked any more.
    pub(crate) async fn put(&self, token: &Token) {
        let token = Some(until_renewed(token));
        *self.kept.lock().await = Kept { token, by_source: false };
    }

    /// Nobody is switched on.
    pub(crate) async fn close(&self) {
        *self.kept.lock().await = Kept { token: None, by_source: false };
    }

    /// The server did not take it: the next one is fetched. False where only a PIN can bring it.
    pub(crate) async fn forget(&self) -> bool {
        let mut kept = self.kept.lock().await;
        kept.token = None;
        kept.by_source
    }
}

fn until_renewed(token: &Token) -> (String, Instant) {
    let lives = token.expires_in.saturating_sub(RENEW_BEFORE.min(token.expires_in / 3));
    (token.text.clone(), Instant::now() + lives)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::ready;

    fn token(text: &str) -> Token {
        Token { text: text.to_owned(), expires_in: Duration::from_secs(900) }
    }

    fn of_a_cashier() -> Tokens {
        Tokens::new(Box::new(|| Box::pin(ready(Ok(token("cashier"))))))
    }

    #[tokio::test]
    async fn whoever_switches_on_stays_on_until_their_token_is_refused() {
        let tokens = of_a_cashier();
        assert_eq!(tokens.get().await.unwrap(), "cashier");
        tokens.put(&token("owner")).await;
        assert_eq!(tokens.get().await.unwrap(), "owner");
        assert!(!tokens.forget().await, "only a PIN brings the next");
        assert!(tokens.get().await.is_err(), "the cashier is not let in by the owner's leaving");
    }

    #[tokio::test]
    async fn a_locked_till_has_no_token() {
        let tokens = of_a_cashier();
        tokens.close().await;
        assert!(tokens.get().await.is_err());
    }
}
