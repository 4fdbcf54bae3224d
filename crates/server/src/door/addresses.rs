//! Under which addresses other computers of the shop's network find this one.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};

/// An address that is nobody's (RFC 5737): the way to it is the way out, and nothing is sent.
const ELSEWHERE: (Ipv4Addr, u16) = (Ipv4Addr::new(203, 0, 113, 1), 9);

/// The addresses of this computer, the one on the way out first.
pub(super) fn of_this_computer() -> Vec<IpAddr> {
    let listed = if_addrs::get_if_addrs().unwrap_or_else(|error| {
        tracing::warn!("this computer's addresses could not be listed: {error}");
        Vec::new()
    });
    let mut found: Vec<IpAddr> =
        listed.into_iter().map(|it| it.ip()).filter(is_for_others).collect();
    let first = way_out();
    found.sort_by_key(|ip| (Some(*ip) != first, *ip));
    found.dedup();
    found
}

/// Shops' networks are IPv4; what is not reached from outside this computer is left out.
fn is_for_others(ip: &IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !ip.is_loopback() && !ip.is_link_local() && !ip.is_unspecified(),
        IpAddr::V6(_) => false,
    }
}

fn way_out() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(ELSEWHERE).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_computers_own_addresses_are_not_for_others() {
        for own in ["127.0.0.1", "169.254.7.7", "0.0.0.0", "::1"] {
            assert!(!is_for_others(&own.parse().unwrap()), "{own}");
        }
        assert!(is_for_others(&"192.168.1.20".parse().unwrap()));
    }
}
