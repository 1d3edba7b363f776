//! The issuer: one string everywhere.

use url::{Host, Url};

/// The broker's own address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    text: String,
    origin: String,
    https: bool,
    loopback: bool,
}

impl Issuer {
    /// Takes the configured issuer: `https`, or `http` on loopback; no path, query or fragment; no trailing slash.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let url = Url::parse(text).map_err(|_| "is not a URL")?;
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => return Err("has no host"),
        };
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err("must be https: http is accepted for loopback addresses only"),
            _ => return Err("must be https"),
        }
        if url.path() != "/"
            || text.ends_with('/')
            || url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
        {
            return Err("must be scheme, host and port alone, without a slash at the end");
        }
        Ok(Self {
            text: text.to_owned(),
            origin: url.origin().ascii_serialization(),
            https: url.scheme() == "https",
            loopback,
        })
    }

    /// The issuer string.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port, as browsers send it in `Origin`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether it is reached by https.
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// Whether browsers may be told to come by https alone (RFC 6797). It would hold for every port of the host: on this machine itself
    /// everything else that it serves would be out of reach.
    pub const fn wants_https_alone(&self) -> bool {
        self.https && !self.loopback
    }

    /// The URL of a path of [`crate::paths`].
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::Issuer;

    #[test]
    fn accepts_and_refuses() {
        for good in
            ["https://id.example", "http://localhost:8080", "http://127.0.0.1:1", "https://localhost:8443"]
        {
            assert_eq!(Issuer::parse(good).map(|i| i.url("/x")), Ok(format!("{good}/x")));
        }
        for (issuer, alone) in [
            ("https://id.example", true),
            ("https://localhost:8443", false),
            ("http://localhost:8080", false),
        ] {
            assert_eq!(Issuer::parse(issuer).map(|i| i.wants_https_alone()), Ok(alone));
        }
        for bad in [
            "",
            "id.example",
            "http://id.example",
            "https://id.example/",
            "https://id.example/p",
            "https://u@id.example",
            "ftp://x",
        ] {
            assert!(Issuer::parse(bad).is_err(), "{bad}");
        }
    }
}
