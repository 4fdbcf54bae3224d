//! Where access tokens come from. A till with the server inside asks it directly, another one by
//! HTTP; this crate does not care.

use crate::trust::Distrust;
use futures_util::future::BoxFuture;
use std::time::Duration;

/// An access token.
#[derive(Clone)]
pub struct Token {
    pub text: String,
    pub expires_in: Duration,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Token(for {:?})", self.expires_in)
    }
}

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It may work later.
    #[error("no token now: {0}")]
    Unavailable(String),
    /// Whoever answered is not the server that this till knows.
    #[error("the server was not believed")]
    Distrusted(Distrust),
    /// The credential is not accepted; asking again does not help.
    #[error("the credential was refused: {0}")]
    Refused(String),
}

/// A token on its way.
pub type FetchToken = BoxFuture<'static, Result<Token, TokenError>>;

/// Fetches a fresh token.
pub type TokenSource = Box<dyn Fn() -> FetchToken + Send + Sync>;

/// Tokens of a server in this same process: text and the seconds that it lasts, by a direct call.
pub fn direct_tokens(issue: impl Fn() -> (String, i64) + Send + Sync + 'static) -> TokenSource {
    Box::new(move || {
        let (text, secs) = issue();
        let expires_in = Duration::from_secs(secs.unsigned_abs());
        Box::pin(std::future::ready(Ok(Token { text, expires_in })))
    })
}
