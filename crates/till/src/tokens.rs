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
    next: Next,
}

/// What brings the next token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Source,
    /// Someone switched on by PIN, or nobody is on any more.
    Pin,
    /// Somebody is on whose PIN the server has not seen yet.
    Line,
}

impl Tokens {
    pub(crate) fn new(source: TokenSource) -> Self {
        Self { source, kept: Mutex::new(Kept { token: None, next: Next::Source }) }
    }

    /// The token, fetched where there is none that will do.
    pub(crate) async fn get(&self) -> Result<String, TokenError> {
        let mut kept = self.kept.lock().await;
        if let Some((text, renew_at)) = &kept.token
            && Instant::now() < *renew_at
        {
            return Ok(text.clone());
        }
        let token = match kept.next {
            Next::Source => (self.source)().await?,
            Next::Pin => return Err(TokenError::Refused("nobody is switched on".to_owned())),
            Next::Line => {
                let why = "the server has not seen the PIN of whoever is on";
                return Err(TokenError::Unavailable(why.to_owned()));
            }
        };
        kept.token = Some(until_renewed(&token));
        Ok(token.text)
    }

    /// Keeps one that a PIN brought; the source is not asked any more.
    pub(crate) async fn put(&self, token: &Token) {
        let token = Some(until_renewed(token));
        *self.kept.lock().await = Kept { token, next: Next::Pin };
    }

    /// Nobody is switched on.
    pub(crate) async fn close(&self) {
        *self.kept.lock().await = Kept { token: None, next: Next::Pin };
    }

    /// Somebody switched on without the line: there is no token before it is back.
    pub(crate) async fn wait_for_line(&self) {
        *self.kept.lock().await = Kept { token: None, next: Next::Line };
    }

    /// The server did not take it: the next one is fetched. False where only a PIN can bring it.
    pub(crate) async fn forget(&self) -> bool {
        let mut kept = self.kept.lock().await;
        kept.token = None;
        kept.next == Next::Source
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
        assert!(matches!(tokens.get().await, Err(TokenError::Refused(_))));
    }

    #[tokio::test]
    async fn whoever_is_on_without_the_line_has_one_later() {
        let tokens = of_a_cashier();
        tokens.wait_for_line().await;
        assert!(matches!(tokens.get().await, Err(TokenError::Unavailable(_))));
        tokens.put(&token("owner")).await;
        assert_eq!(tokens.get().await.unwrap(), "owner");
    }
}
