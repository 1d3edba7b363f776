//! Identifiers, each a type of its own, so that one is never taken for another.

use crate::clock::Timestamp;
use crate::secret::{Entropy, random_text};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(String);

        impl $name {
            /// Wraps the identifier as it is.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        text_id!($(#[$doc])* $name);
        impl $name {
            /// A new one of 128 random bits, 22 unreserved characters.
            pub fn generate(entropy: &dyn Entropy) -> Self {
                loop {
                    let text = random_text(entropy, 16);
                    // On a command line it would look like an option.
                    if !text.starts_with('-') {
                        return Self(text);
                    }
                }
            }
            /// Takes one from outside: 22 base64url characters, else `None`.
            pub fn parse(text: &str) -> Option<Self> {
                let fits = text.len() == 22
                    && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
                fits.then(|| Self(text.to_owned()))
            }
        }
    };
}

text_id!(
    /// A registered client (RFC 6749, 2.2).
    ClientId
);
text_id!(
    /// Where something goes that is on its way out: a client, or all phones.
    Destination
);

impl Destination {
    /// The phones of citizens, behind the gateway for messages.
    pub fn phones() -> Self {
        Self::new("phones")
    }
}

impl From<&ClientId> for Destination {
    fn from(client: &ClientId) -> Self {
        Self::new(client.as_str())
    }
}

text_id!(
    /// A sector: the portals that share a citizen's subject (OpenID Connect Core 8.1).
    SectorId
);
text_id!(
    /// A configured upstream, for example one dialect of VNeID.
    UpstreamId
);
text_id!(
    /// Where an account lived before VNeID: the portal that had created it.
    Namespace
);

impl Namespace {
    /// Whether it can be the name of one: 1 to 64 characters of a-z, 0-9, - and _.
    pub fn is_well_formed(&self) -> bool {
        (1..=64).contains(&self.0.len())
            && self.0.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
    }
}

random_id!(
    /// A citizen (a person or an organization as VNeID proves it).
    CitizenId
);
random_id!(
    /// A legacy account, as it was imported.
    AccountId
);

impl AccountId {
    /// A new one of many that are made at `now`: the `nth`. They lie beside each other, so that a store adds millions of them at one
    /// place of its index; 48 random bits keep those of several imports apart.
    pub fn of_many(now: Timestamp, nth: u64, entropy: &dyn Entropy) -> Self {
        let mut random = [0u8; 6];
        entropy.fill(&mut random);
        let time = now.millis().to_be_bytes().into_iter().skip(2);
        let bytes: Vec<u8> = time.chain(nth.to_be_bytes().into_iter().skip(4)).chain(random).collect();
        Self(BASE64URL_NOPAD.encode(&bytes))
    }
}

random_id!(
    /// A case that people must decide.
    ReviewId
);
random_id!(
    /// A browser session at the broker; the `sid` of id_tokens.
    SessionId
);
random_id!(
    /// One login in flight; it stands in the URL of its pages.
    InteractionId
);
random_id!(
    /// A grant with its code and all tokens that came from it.
    FamilyId
);
random_id!(
    /// One request, for consuming scripts that may be sent twice.
    RequestId
);
random_id!(
    /// An audit event.
    EventId
);

/// The trace id of a request (W3C Trace Context): 32 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TraceId(String);

impl TraceId {
    /// A new random one.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0u8; 16];
        entropy.fill(&mut bytes);
        Self(data_encoding::HEXLOWER.encode(&bytes))
    }

    /// The trace id of a `traceparent` header, when it is well formed and not all zero.
    pub fn from_traceparent(header: &str) -> Option<Self> {
        let mut parts = header.split('-');
        let (version, trace) = (parts.next()?, parts.next()?);
        let hex = |s: &str, n: usize| {
            s.len() == n && s.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        let fits = hex(version, 2) && version != "ff" && hex(trace, 32) && trace.bytes().any(|b| b != b'0');
        fits.then(|| Self(trace.to_owned()))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
