//! Where a server is asked: encrypted, or on this same computer. Parsed once; holds no path.

use std::fmt;
use std::str::FromStr;

/// No address is longer, with its scheme and port (a host's name has 253 letters at most; RFC 1035).
pub const ADDRESS_MAX: usize = 275;
/// The names of this computer.
const HERE: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// `https://host:port`, or `http://host:port` on this computer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServerAddress {
    encrypted: bool,
    /// Host and port.
    authority: String,
}

/// Why a text is no address that may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("this is not the address of a server")]
    NotAnAddress,
    /// Another computer, by plain http.
    #[error("another computer is asked by https:// alone")]
    InTheClear,
}

impl ServerAddress {
    /// Reads an address as people type it: without a scheme it is https, and http on this computer.
    pub fn parse(typed: &str) -> Result<Self, AddressError> {
        let typed = typed.trim();
        if typed.len() > ADDRESS_MAX {
            return Err(AddressError::NotAnAddress);
        }
        let lower = typed.to_ascii_lowercase();
        let (scheme, rest) = match lower.split_once("://") {
            Some((scheme, rest)) => (Some(scheme), rest),
            None => (None, lower.as_str()),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest).to_owned();
        let host = host_of(&authority).ok_or(AddressError::NotAnAddress)?;
        let is_here = HERE.contains(&host);
        let encrypted = match scheme {
            Some("https") => true,
            Some("http") if is_here => false,
            Some("http") => return Err(AddressError::InTheClear),
            Some(_) => return Err(AddressError::NotAnAddress),
            None => !is_here,
        };
        Ok(Self { encrypted, authority })
    }

    /// Whether a certificate stands behind it.
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// Host and port.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The shortest text that is read as this address.
    pub fn as_typed(&self) -> String {
        match Self::parse(&self.authority) {
            Ok(same) if same == *self => self.authority.clone(),
            Ok(_) | Err(_) => self.to_string(),
        }
    }

    /// `wss://host:port/ws`, where a till's line goes.
    pub fn socket_url(&self) -> String {
        let scheme = if self.encrypted { "wss" } else { "ws" };
        format!("{scheme}://{}/ws", self.authority)
    }
}

impl FromStr for ServerAddress {
    type Err = AddressError;
    fn from_str(typed: &str) -> Result<Self, AddressError> {
        Self::parse(typed)
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.encrypted { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority)
    }
}

/// The host of `host` or `host:port`, if that is what it is.
fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let end = rest.find(']')? + 2;
            (&authority[..end], &authority[end..])
        }
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let is_port = match port.strip_prefix(':') {
        Some(digits) => {
            digits.bytes().all(|it| it.is_ascii_digit())
                && digits.parse::<u16>().is_ok_and(|it| it > 0)
        }
        None => port.is_empty(),
    };
    let is_name = |it: u8| it.is_ascii_alphanumeric() || it == b'.' || it == b'-';
    let is_number = |it: u8| it.is_ascii_hexdigit() || it == b':' || it == b'.';
    let is_host = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) => !inner.is_empty() && inner.bytes().all(is_number),
        None => !host.is_empty() && host.bytes().all(is_name),
    };
    (is_port && is_host).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(typed: &str) -> Result<String, AddressError> {
        ServerAddress::parse(typed).map(|it| it.to_string())
    }

    #[test]
    fn an_address_is_read_as_people_type_it() {
        for (typed, meant) in [
            ("192.168.1.20:7333", "https://192.168.1.20:7333"),
            (" https://192.168.1.20:7333/ ", "https://192.168.1.20:7333"),
            ("HTTPS://Shop.Example", "https://shop.example"),
            ("[fd00::2]:7333", "https://[fd00::2]:7333"),
            ("127.0.0.1:7332", "http://127.0.0.1:7332"),
            ("http://localhost:7332", "http://localhost:7332"),
            ("https://127.0.0.1:7333", "https://127.0.0.1:7333"),
        ] {
            assert_eq!(read(typed), Ok(meant.to_owned()), "{typed}");
        }
    }

    #[test]
    fn another_computer_is_not_asked_in_the_clear() {
        for other in ["http://192.168.1.2:3000", "http://localhost.evil.example"] {
            assert_eq!(read(other), Err(AddressError::InTheClear), "{other}");
        }
    }

    #[test]
    fn anything_else_is_no_address() {
        let long = format!("{}.example", "a".repeat(ADDRESS_MAX));
        for text in [
            "",
            "ftp://127.0.0.1",
            "https://",
            "a b",
            "a/b",
            "user@host",
            "host:0",
            "host:70000",
            "host:+1",
            "host:",
            "[::1",
            "[]",
            "[::1]x",
            "a?b",
            "a#b",
            "é.example",
            &long,
        ] {
            assert_eq!(read(text), Err(AddressError::NotAnAddress), "{text}");
        }
    }

    #[test]
    fn an_address_is_shown_as_short_as_it_may_be_typed() {
        for shown in ["192.168.1.20:7333", "127.0.0.1:7332", "https://127.0.0.1:7333"] {
            assert_eq!(ServerAddress::parse(shown).unwrap().as_typed(), shown);
        }
    }

    #[test]
    fn a_line_goes_to_where_its_server_is() {
        let socket = |typed: &str| ServerAddress::parse(typed).unwrap().socket_url();
        assert_eq!(socket("127.0.0.1:7332"), "ws://127.0.0.1:7332/ws");
        assert_eq!(socket("192.168.1.20:7333"), "wss://192.168.1.20:7333/ws");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(text in "\\PC{0,60}|(https?://)?[a-z0-9.]{1,12}(:[0-9]{1,5})?/?") {
            if let Ok(address) = ServerAddress::parse(&text) {
                prop_assert_eq!(ServerAddress::parse(&address.to_string()), Ok(address));
            }
        }
    }
}
