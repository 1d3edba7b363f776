use super::*;
use crate::secret::SeededEntropy;
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_secs(1000);

fn session(hasher: &Hasher, entropy: &SeededEntropy) -> (Session, SessionCookie) {
    let cookie = SessionCookie { sid: SessionId::generate(entropy), secret: Secret::generate(entropy) };
    let session = Session {
        sid: cookie.sid.clone(),
        secret: hasher.hash(Purpose::Session, cookie.secret.reveal()),
        previous: None,
        holder: Holder::Citizen(CitizenId::new("c")),
        kind: AccountKind::Citizen,
        claims: Claims::default(),
        method: SignInMethod::Vneid,
        level: Level::LoA2,
        auth_time: NOW,
        upstream: Some(UpstreamId::new("vneid")),
        upstream_sid: None,
        subjects: Vec::new(),
        allowed: Vec::new(),
        unproven: Vec::new(),
        created_at: NOW,
        idle_until: NOW.plus_secs(1800),
        ends_at: NOW.plus_secs(3000),
        participants: Vec::new(),
    };
    (session, cookie)
}

#[test]
fn both_ends_hold() {
    let (h, e) = (Hasher::new(&[1]), SeededEntropy::new(1));
    let (mut s, c) = session(&h, &e);
    assert!(s.opened_by(&c, &h, NOW.plus_secs(1799)));
    assert!(!s.opened_by(&c, &h, NOW.plus_secs(1800)));
    s.idle_until = s.touched(Lifetimes::default(), NOW.plus_secs(1500));
    assert_eq!(s.idle_until, NOW.plus_secs(3000));
    assert!(!s.opened_by(&c, &h, NOW.plus_secs(3000)));
}

#[test]
fn a_renewed_secret_replaces_the_old_one_after_the_grace() {
    let (h, e) = (Hasher::new(&[1]), SeededEntropy::new(1));
    let (mut s, old) = session(&h, &e);
    let new = s.renew_secret(&h, &e, Lifetimes::default(), NOW);
    assert_ne!(old, new);
    assert!(s.opened_by(&new, &h, NOW) && s.opened_by(&old, &h, NOW.plus_secs(29)));
    assert!(!s.opened_by(&old, &h, NOW.plus_secs(30)));
    let other = SessionCookie { sid: SessionId::generate(&e), secret: new.secret.clone() };
    assert!(!s.opened_by(&other, &h, NOW));
}

proptest! {
    #[test]
    fn cookies_read_back_or_are_refused(text in any::<String>()) {
        if let Some(cookie) = SessionCookie::parse(&text) { prop_assert_eq!(cookie.to_value(), text); }
    }
}
