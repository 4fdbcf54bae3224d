//! Where a call comes from.

use crate::app::App;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The network address that limits count by. Of IPv6 the half that names a network: everyone has
/// as many addresses in theirs as they like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Network(pub(crate) IpAddr);

impl Network {
    /// The caller, or whom a proxy that we trust says it calls for.
    pub(crate) fn of(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> Self {
        let mut caller = peer;
        let named = headers.get_all("x-forwarded-for").iter();
        let named = named.filter_map(|value| value.to_str().ok()).flat_map(|it| it.split(','));
        let named: Vec<&str> = named.map(str::trim).collect();
        // Each proxy adds whom it heard; what stands before the first one we do not know is made up
        // by whoever calls.
        for name in named.into_iter().rev() {
            if !proxies.contains(&caller) {
                break;
            }
            let Ok(before) = name.parse() else { break };
            caller = before;
        }
        Self(network(caller))
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from(u128::from(address) & !u128::from(u64::MAX)))
        }
    }
}

impl FromRequestParts<App> for Network {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.0.ip());
        Ok(Self::of(peer, &parts.headers, &app.config.proxies))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(peer: &str, named: &str, proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", named.parse().unwrap());
        let proxies: Vec<IpAddr> = proxies.iter().map(|it| it.parse().unwrap()).collect();
        Network::of(peer.parse().unwrap(), &headers, &proxies).0.to_string()
    }

    #[test]
    fn only_a_proxy_that_we_trust_speaks_for_others() {
        assert_eq!(from("192.0.2.9", "198.51.100.1", &[]), "192.0.2.9");
        assert_eq!(from("127.0.0.1", "198.51.100.1", &["127.0.0.1"]), "198.51.100.1");
        assert_eq!(from("127.0.0.1", "10.0.0.1, 198.51.100.1", &["127.0.0.1"]), "198.51.100.1");
        let both = ["127.0.0.1", "10.0.0.2"];
        assert_eq!(from("127.0.0.1", "198.51.100.1, 10.0.0.2", &both), "198.51.100.1");
        assert_eq!(from("127.0.0.1", "junk", &["127.0.0.1"]), "127.0.0.1");
    }

    #[test]
    fn a_network_of_the_newer_kind_is_one() {
        assert_eq!(from("2001:db8:1:2:3:4:5:6", "", &[]), "2001:db8:1:2::");
        assert_eq!(from("::ffff:192.0.2.9", "", &[]), "192.0.2.9");
    }
}
