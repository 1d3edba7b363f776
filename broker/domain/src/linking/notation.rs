//! In which notations password hashes of old accounts come.

/// A notation of a password hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// `$argon2id$v=19$m=…,t=…,p=…$salt$hash`: what every other one becomes once its password was proven.
    Argon2id,
    /// `$2a$`, `$2b$`, `$2y$`.
    Bcrypt,
    /// `bcrypt_sha256$$2b$…`: bcrypt of the SHA-256 of the password in hex, as Django writes it.
    BcryptOfSha256,
    /// `$pbkdf2$`, `$pbkdf2-sha1$`, `$pbkdf2-sha256$`, `$pbkdf2-sha512$` with rounds, salt and hash; `{PBKDF2}`, `{PBKDF2-SHA256}` and
    /// the like of LDAP servers.
    Pbkdf2,
    /// `pbkdf2_sha256$rounds$salt$hash` and `pbkdf2_sha1$…`, as Django writes them.
    DjangoPbkdf2,
    /// `{pbkdf2}` and `{pbkdf2@SpringSecurity_v5_8}` with salt and hash in hex, as Spring Security writes them.
    SpringPbkdf2,
    /// Base64 alone, of versions 2 and 3 of ASP.NET Identity.
    AspNetIdentity,
    /// `$5$` and `$6$` of crypt(3).
    ShaCrypt,
    /// `{SSHA}`, `{SSHA256}`, `{SSHA384}`, `{SSHA512}`: Base64 of hash and salt (RFC 2307 and its usual extensions); `{SHA}` and its kin
    /// without a salt.
    Ldap,
    /// `sha256:salt:hex` or `sha256:hex:salt`, also with `sha1`, `sha384` and `sha512`: the hash of both in the order in which salt and
    /// hash stand, the password in the place of its hash.
    SaltAndHex,
}

/// What stands before a hash in another notation and only says which: Spring Security's encoder that delegates, LDAP's name of crypt(3),
/// Django's names. In small letters.
const WRAPPINGS: [&str; 8] = [
    "{bcrypt}",
    "{crypt}",
    "{argon2}",
    "{argon2@springsecurity_v5_8}",
    "{argon2id}",
    "{ldap}",
    "bcrypt$",
    "argon2",
];

/// What comes after `text`'s beginning, in whatever case it is written.
fn after<'a>(text: &'a str, beginning: &str) -> Option<&'a str> {
    text.get(..beginning.len()).filter(|begins| begins.eq_ignore_ascii_case(beginning))?;
    text.get(beginning.len()..)
}

impl Notation {
    /// The notation of a hash, and the hash without what only wraps it; `None` for one that nobody here can check.
    pub fn of(hash: &str) -> Option<(Self, &str)> {
        if hash.len() > 1024 || !hash.bytes().all(|b| b.is_ascii_graphic()) {
            return None;
        }
        let bare = WRAPPINGS
            .iter()
            .filter_map(|wrapping| after(hash, wrapping))
            .find(|bare| bare.starts_with('$') || bare.starts_with('{'))
            .unwrap_or(hash);
        let notation = match bare.as_bytes().first()? {
            b'$' => Self::of_crypt(bare),
            b'{' => Self::of_ldap(bare),
            _ => Self::of_others(bare),
        }?;
        Some((notation, bare))
    }

    /// `$name$…`
    fn of_crypt(hash: &str) -> Option<Self> {
        const PREFIXES: [(&str, Notation, usize); 10] = [
            ("$argon2id$", Notation::Argon2id, 4),
            ("$2a$", Notation::Bcrypt, 3),
            ("$2b$", Notation::Bcrypt, 3),
            ("$2y$", Notation::Bcrypt, 3),
            ("$pbkdf2$", Notation::Pbkdf2, 4),
            ("$pbkdf2-sha1$", Notation::Pbkdf2, 4),
            ("$pbkdf2-sha256$", Notation::Pbkdf2, 4),
            ("$pbkdf2-sha512$", Notation::Pbkdf2, 4),
            ("$5$", Notation::ShaCrypt, 3),
            ("$6$", Notation::ShaCrypt, 3),
        ];
        let (_, notation, dollars) = PREFIXES.into_iter().find(|(prefix, ..)| hash.starts_with(prefix))?;
        (hash.matches('$').count() >= dollars).then_some(notation)
    }

    /// `{NAME}…`
    fn of_ldap(hash: &str) -> Option<Self> {
        const SHA: [&str; 8] = ["SSHA", "SSHA256", "SSHA384", "SSHA512", "SHA", "SHA256", "SHA384", "SHA512"];
        const PBKDF2: [&str; 4] = ["PBKDF2", "PBKDF2-SHA1", "PBKDF2-SHA256", "PBKDF2-SHA512"];
        let (name, rest) = hash.strip_prefix('{')?.split_once('}')?;
        let is = |known: &&str| name.eq_ignore_ascii_case(known);
        let is_hex = !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_hexdigit());
        let is_base64 =
            || !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
        if SHA.iter().any(is) {
            is_base64().then_some(Self::Ldap)
        } else if is_hex && (name == "pbkdf2" || name == "pbkdf2@SpringSecurity_v5_8") {
            Some(Self::SpringPbkdf2)
        } else {
            (PBKDF2.iter().any(is) && rest.matches('$').count() == 2).then_some(Self::Pbkdf2)
        }
    }

    /// What has a name without signs around it, or none.
    fn of_others(hash: &str) -> Option<Self> {
        if hash.starts_with("bcrypt_sha256$") {
            return Some(Self::BcryptOfSha256);
        }
        if hash.starts_with("pbkdf2_sha256$") || hash.starts_with("pbkdf2_sha1$") {
            return (hash.matches('$').count() == 3).then_some(Self::DjangoPbkdf2);
        }
        if let Some((name, rest)) = hash.split_once(':') {
            let digits = match name {
                "sha1" => 40,
                "sha256" => 64,
                "sha384" => 96,
                "sha512" => 128,
                _ => return None,
            };
            let is_hash = |text: &str| text.len() == digits && text.bytes().all(|b| b.is_ascii_hexdigit());
            let (first, second) = rest.split_once(':')?;
            let fits = !first.is_empty() && !second.is_empty() && !second.contains(':');
            return (fits && (is_hash(first) || is_hash(second))).then_some(Self::SaltAndHex);
        }
        // The first byte is the version, 0 or 1: `AA` to `AP`, `AQ` to `Af`. No shorter one has salt and hash of a usable length.
        let begins = matches!(hash.as_bytes(), [b'A', b'A'..=b'Z' | b'a'..=b'f', ..]) && hash.len() >= 48;
        let is_base64 = hash.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
        (begins && is_base64).then_some(Self::AspNetIdentity)
    }
}
