//! The server's address, checked before anything is sent to it.

use crate::error::ClientError;
use std::net::IpAddr;
use tokio_tungstenite::tungstenite::http::Uri;

/// Checks that an address is encrypted or on this computer (SPEC ID-3), so that no token ever
/// goes over a network in the clear.
pub(crate) fn check(url: &str) -> Result<(), ClientError> {
    let bad = || ClientError::BadUrl(url.to_owned());
    let uri: Uri = url.parse().map_err(|_| bad())?;
    let host = uri.host().ok_or_else(bad)?;
    match uri.scheme_str() {
        Some("wss") => Ok(()),
        Some("ws") if is_loopback(host) => Ok(()),
        Some("ws") => Err(ClientError::PlainToOther(host.to_owned())),
        Some(_) | None => Err(bad()),
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_sockets_only_go_to_this_computer() {
        for url in
            ["ws://127.0.0.1:3000/ws", "ws://localhost/ws", "ws://[::1]:9/ws", "ws://127.9.9.9/"]
        {
            assert_eq!(check(url), Ok(()), "{url}");
        }
        for url in ["ws://192.168.1.2/ws", "ws://127.0.0.1.example.com/ws", "ws://shop.example/ws"]
        {
            assert!(matches!(check(url), Err(ClientError::PlainToOther(_))), "{url}");
        }
    }

    #[test]
    fn encrypted_sockets_go_anywhere() {
        assert_eq!(check("wss://shop.example/ws"), Ok(()));
        assert_eq!(check("wss://192.168.1.20:7333/ws"), Ok(()));
    }

    #[test]
    fn anything_else_is_no_address() {
        for url in ["", "/ws", "http://127.0.0.1/ws", "127.0.0.1:3000"] {
            assert!(matches!(check(url), Err(ClientError::BadUrl(_))), "{url}");
        }
    }
}
