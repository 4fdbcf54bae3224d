//! The customers' page, embedded.

use super::ApiError;
use axum::http::{HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use rust_embed::RustEmbed;

/// What `npm run build` made of `ui/customer`.
#[derive(RustEmbed)]
#[folder = "../../ui/customer/dist"]
struct Page;

/// Screens of the page that messages name by a plain address.
const SCREENS: [&str; 3] = ["/inbox", "/cards", "/settings"];

/// Where in the page such an address leads; the page reads what stands after the #.
fn screen(path: &str) -> Option<String> {
    let is_under = |screen: &str| {
        path.strip_prefix(screen).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    SCREENS.into_iter().any(is_under).then(|| format!("/#{path}"))
}

/// A file of the page, or the page itself at its root; everything else is not here.
pub(crate) async fn serve(method: Method, uri: Uri) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return ApiError::of("not_found").into_response();
    }
    if let Some(place) = screen(uri.path()) {
        return Redirect::to(&place).into_response();
    }
    let path = match uri.path() {
        "/" => "index.html",
        path => path.trim_start_matches('/'),
    };
    let Some(file) = Page::get(path) else {
        return ApiError::of("not_found").into_response();
    };
    // Built files carry their hash in their names; the page itself must be asked for each time.
    let caching = match path.starts_with("assets/") {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    let kind = HeaderValue::from_str(file.metadata.mimetype());
    let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, HeaderValue::from_static(caching))];
    (headers, file.data.into_owned()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_address_leads_to_its_screen() {
        assert_eq!(screen("/inbox/0198").as_deref(), Some("/#/inbox/0198"));
        assert_eq!(screen("/cards").as_deref(), Some("/#/cards"));
        assert_eq!(screen("/inboxes"), None);
        assert_eq!(screen("/assets/index.js"), None);
    }
}
