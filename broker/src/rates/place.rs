//! Where a request comes from, as far as that is counted.

use std::net::IpAddr;

/// A network: an address of IPv4, or the /64 of IPv6 that one subscriber has; or a wider one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    bits: u128,
    prefix: u8,
}

impl Place {
    /// The narrowest network that is counted by itself.
    pub(super) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::cut(v4.to_ipv6_mapped().to_bits(), 128),
            IpAddr::V6(v6) => Self::cut(v6.to_bits(), 64),
        }
    }

    /// The network around an address: a /24 of IPv4, a /48 of IPv6.
    pub(super) fn around(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::cut(v4.to_ipv6_mapped().to_bits(), 120),
            IpAddr::V6(v6) => Self::cut(v6.to_bits(), 48),
        }
    }

    /// The network that one subscriber can have many of the narrowest of: a /48 of IPv6. An address of IPv4 lies in none.
    pub(super) fn wide(address: IpAddr) -> Option<Self> {
        match address.to_canonical() {
            IpAddr::V4(_) => None,
            IpAddr::V6(v6) => Some(Self::cut(v6.to_bits(), 48)),
        }
    }

    const fn cut(bits: u128, prefix: u8) -> Self {
        Self { bits: bits & (u128::MAX << (128 - prefix as u32)), prefix }
    }

    /// As text, to be hashed.
    pub(super) fn text(self) -> String {
        format!("{:x}/{}", self.bits, self.prefix)
    }
}
