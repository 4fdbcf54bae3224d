//! One-time links: whoever brings one answers a request as whoever has the address it went to.
//! 128 random bits, kept as a keyed hash; they die with the request, and no log holds one.

use crate::app::App;
use crate::clock;
use data_encoding::BASE32_NOPAD;
use reda_domain::RequestId;
use reda_domain::request::Request;
use reda_store::StoreError;
use reda_store::tables::{request_links, requests};

/// The characters of 128 bits in base32.
const TOKEN_LENGTH: usize = 26;

/// Makes a link's token for an open request.
pub(crate) async fn issue(app: &App, request: &Request) -> Result<String, StoreError> {
    let token = BASE32_NOPAD.encode(&clock::random::<16>());
    let mut tx = app.db.begin().await?;
    request_links::add(&mut tx, &hash(app, &token), request.id, request.expires_at).await?;
    tx.commit().await?;
    Ok(token)
}

/// The request that a token answers, whatever became of it.
pub(crate) async fn find(app: &App, token: &str) -> Result<Option<Request>, StoreError> {
    if token.len() != TOKEN_LENGTH {
        return Ok(None);
    }
    let mut tx = app.db.snapshot().await?;
    let found: Option<RequestId> = request_links::find(&mut tx, &hash(app, token)).await?;
    match found {
        Some(id) => requests::find(&mut tx, id).await,
        None => Ok(None),
    }
}

fn hash(app: &App, token: &str) -> String {
    app.auth.keyed_hash(&format!("request link {token}"))
}
