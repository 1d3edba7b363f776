//! In which notations password hashes of old accounts come.

/// A notation of a password hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// `$argon2id$v=19$m=…,t=…,p=…$salt$hash`: what every other one becomes once its password was proven.
    Argon2id,
    /// `$2a$`, `$2b$`, `$2y$`.
    Bcrypt,
    /// `$pbkdf2-sha1$`, `$pbkdf2-sha256$`, `$pbkdf2-sha512$` with rounds, salt and hash.
    Pbkdf2,
    /// `$5$` and `$6$` of crypt(3).
    ShaCrypt,
    /// `{SSHA}`, `{SSHA256}`, `{SSHA512}`: Base64 of hash and salt (RFC 2307 and its usual extensions).
    SaltedSha,
    /// `sha256:salt:hex` and `sha512:salt:hex`: the hash of salt and password.
    SaltBefore,
}

impl Notation {
    /// The notation of a hash; `None` for one that nobody here can check.
    pub fn of(hash: &str) -> Option<Self> {
        const PREFIXES: [(&str, Notation, usize); 13] = [
            ("$argon2id$", Notation::Argon2id, 4),
            ("$2a$", Notation::Bcrypt, 3),
            ("$2b$", Notation::Bcrypt, 3),
            ("$2y$", Notation::Bcrypt, 3),
            ("$pbkdf2-sha1$", Notation::Pbkdf2, 4),
            ("$pbkdf2-sha256$", Notation::Pbkdf2, 4),
            ("$pbkdf2-sha512$", Notation::Pbkdf2, 4),
            ("$5$", Notation::ShaCrypt, 3),
            ("$6$", Notation::ShaCrypt, 3),
            ("{SSHA}", Notation::SaltedSha, 0),
            ("{SSHA256}", Notation::SaltedSha, 0),
            ("{SSHA512}", Notation::SaltedSha, 0),
            ("sha", Notation::SaltBefore, 0),
        ];
        if hash.len() > 1024 || !hash.bytes().all(|b| b.is_ascii_graphic()) {
            return None;
        }
        let (prefix, notation, dollars) =
            PREFIXES.into_iter().find(|(prefix, ..)| hash.starts_with(prefix))?;
        let rest = hash.get(prefix.len()..)?;
        let fits = match notation {
            Self::SaltedSha => {
                !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
            }
            Self::SaltBefore => {
                let mut parts = rest.split(':');
                let (bits, salt, hex) = (parts.next()?, parts.next()?, parts.next()?);
                let length = match bits {
                    "256" => 64,
                    "512" => 128,
                    _ => return None,
                };
                !salt.is_empty()
                    && hex.len() == length
                    && hex.bytes().all(|b| b.is_ascii_hexdigit())
                    && parts.next().is_none()
            }
            _ => hash.matches('$').count() >= dollars,
        };
        fits.then_some(notation)
    }
}
