//! What the cases are about.

use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::authorization::{
    Attempt, AuthorizationRequest, ClaimWishes, ClaimsRequest, Interaction, Prompt,
};
use broker_domain::claims::{Claims, Mark, Marked, Source};
use broker_domain::client::{Client, ClientMetadata, KeptSecret, LocalizedName, SignInMethod};
use broker_domain::clock::Timestamp;
use broker_domain::event::{Listener, OutgoingEvent, PortalEvent};
use broker_domain::ids::{
    AccountId, CitizenId, ClientId, Destination, EventId, FamilyId, InteractionId, Namespace, SectorId,
    SessionId, TraceId, UpstreamId,
};
use broker_domain::level::Level;
use broker_domain::linking::{Evidence, LegacyAccount, LegacyKind, LegacyStatus};
use broker_domain::logout::LogoutNotice;
use broker_domain::outbox::{Content, Message, Outgoing};
use broker_domain::person::{
    AccountKind, BirthDate, Gender, Name, OldNumber, Organization, PersonalNumber, Profile, TaxCode,
};
use broker_domain::ports::{
    Admission, ImportProgress, ImportedAccount, KeyState, Linked, NewLink, StoreError, StoredKey,
};
use broker_domain::scope::ScopeSet;
use broker_domain::secret::{Entropy, Hasher, Purpose, Secret, SecretHash, SystemEntropy};
use broker_domain::session::{Holder, Participant, Session};
use broker_domain::subject::Subject;
use broker_domain::token::{CodeBinding, Grant, Login, NewToken, Rotation};
use broker_domain::upstream::Arrival;
use broker_stores::Stores;

pub(crate) const ENTROPY: SystemEntropy = SystemEntropy;

/// Data that must stand nowhere in clear.
pub(crate) const PERSONAL: [&str; 8] = [
    "001085000001",
    "NGUYỄN VĂN AN",
    "012345678",
    "B1234567",
    "0912000001",
    "an@example.vn",
    "1 Tràng Tiền",
    "vneid-subject-of-an",
];

pub(crate) fn hash() -> SecretHash {
    let mut bytes = [0u8; 32];
    ENTROPY.fill(&mut bytes);
    SecretHash::from_bytes(&bytes).unwrap()
}

pub(crate) fn client_id() -> ClientId {
    ClientId::new("portal-1")
}

pub(crate) fn scope(text: &str) -> ScopeSet {
    ScopeSet::parse(text).unwrap()
}

pub(crate) fn profile() -> Profile {
    Profile {
        kind: AccountKind::Citizen,
        personal_number: PersonalNumber::parse("001085000001").unwrap(),
        full_name: Name::parse("NGUYỄN VĂN AN").unwrap(),
        birth_date: Some(BirthDate::Day(1985, 3, 12)),
        gender: Some(Gender::Male),
        old_number: Some(OldNumber::parse("012345678").unwrap()),
        passport: Some("B1234567".into()),
        phone: Some("0912000001".into()),
        email: Some("an@example.vn".into()),
        address: Some("1 Tràng Tiền, Hoàn Kiếm, Hà Nội".into()),
        organization: None,
    }
}

pub(crate) fn interaction(now: Timestamp) -> Interaction {
    let request = AuthorizationRequest {
        client: client_id(),
        redirect_uri: "https://portal.example/cb".into(),
        scope: scope("openid profile"),
        state: Some("the portal's state".into()),
        nonce: Some("n".into()),
        code_challenge: Some("c".into()),
        prompt: Prompt::default(),
        max_age: None,
        acr_values: vec![Level::LoA2],
        essential_acr: None,
        claims: ClaimsRequest::default(),
        ui_locales: vec!["vi".into()],
        login_hint: Some("001085000001".into()),
        id_token_hint: None,
    };
    Interaction::begin(InteractionId::generate(&ENTROPY), hash(), request, now)
}

/// The `state` of an attempt, hashed, and the attempt.
pub(crate) fn attempt(now: Timestamp) -> (SecretHash, Attempt) {
    let state_text = Secret::generate(&ENTROPY);
    let state = Hasher::new(&[1; 32]).hash(Purpose::State, state_text.reveal());
    let attempt = Attempt {
        upstream: UpstreamId::new("vneid"),
        state,
        state_text,
        nonce: Secret::generate(&ENTROPY),
        verifier: Secret::generate(&ENTROPY),
        started_at: now,
        fresh: false,
        account: None,
    };
    (state, attempt)
}

pub(crate) fn session(now: Timestamp) -> Session {
    Session {
        sid: SessionId::generate(&ENTROPY),
        secret: hash(),
        previous: None,
        holder: Holder::Citizen(CitizenId::generate(&ENTROPY)),
        kind: AccountKind::Citizen,
        claims: Claims::proven(&profile(), now),
        method: SignInMethod::Vneid,
        level: Level::LoA2,
        auth_time: now,
        upstream: Some(UpstreamId::new("vneid")),
        upstream_sid: Some("upstream-session-0123456789".into()),
        subjects: vec![(SectorId::new("portal-1"), subject())],
        allowed: vec![(client_id(), scope("openid profile"))],
        unproven: Vec::new(),
        created_at: now,
        idle_until: now.plus_secs(1800),
        ends_at: now.plus_secs(8 * 3600),
        participants: Vec::new(),
    }
}

pub(crate) fn subject() -> Subject {
    Subject::new(hash().to_text()).unwrap()
}

pub(crate) fn participant(client: &str, expires_at: Timestamp) -> Participant {
    Participant { family: FamilyId::generate(&ENTROPY), client: ClientId::new(client), expires_at }
}

pub(crate) fn grant(now: Timestamp) -> Grant {
    Grant {
        family: FamilyId::generate(&ENTROPY),
        client: client_id(),
        scope: scope("openid profile email offline_access"),
        issued_at: now,
        code: Some(CodeBinding {
            redirect_uri: "https://portal.example/cb".into(),
            challenge: Some("c".into()),
            expires_at: now.plus_secs(60),
        }),
        login: Some(Login {
            subject: subject(),
            holder: Holder::Citizen(CitizenId::generate(&ENTROPY)),
            sid: SessionId::generate(&ENTROPY),
            auth_time: now,
            level: Level::LoA2,
            reached: Level::LoA2,
            nonce: Some("n".into()),
            id_token_claims: ClaimWishes::default(),
            userinfo_claims: ClaimWishes::default(),
            kind: AccountKind::Citizen,
            claims: Claims::proven(&profile(), now),
        }),
    }
}

pub(crate) fn token(expires_at: Timestamp) -> NewToken {
    NewToken { hash: hash(), expires_at }
}

/// A refresh with a token of `family`; nothing replaces it.
pub(crate) fn rotation(family: &FamilyId, presented: SecretHash, now: Timestamp) -> Rotation {
    Rotation {
        family: family.clone(),
        presented,
        client: client_id(),
        scope: None,
        access: token(now.plus_secs(300)),
        replacement: None,
        now,
    }
}

pub(crate) fn event(now: Timestamp) -> AuditEvent {
    let mut event = AuditEvent::new(EventId::generate(&ENTROPY), now, AuditKind::SignedIn);
    event.citizen = Some(CitizenId::generate(&ENTROPY));
    event.client = Some(client_id());
    event.interaction = Some(InteractionId::generate(&ENTROPY));
    event.sid = Some(SessionId::generate(&ENTROPY));
    event.trace = Some(TraceId::generate(&ENTROPY));
    event.code = Some(1203);
    event.note = Some("loa2".into());
    event
}

pub(crate) fn client(id: &str, now: Timestamp) -> Client {
    Client {
        id: ClientId::new(id),
        name: LocalizedName { vi: "Cổng dịch vụ công".into(), en: "Portal".into() },
        metadata: ClientMetadata {
            client_name: "Cổng dịch vụ công".into(), ..ClientMetadata::default()
        },
        secrets: vec![KeptSecret { hash: hash(), expires_at: None }],
        events_token: None,
        disabled_at: None,
        created_at: now,
    }
}

/// An arrival of the sample's citizen.
pub(crate) fn arrival(now: Timestamp) -> Arrival {
    Arrival {
        upstream: UpstreamId::new("vneid"),
        issuer: "https://vneid.example".into(),
        subject: "vneid-subject-of-an".into(),
        sid: None,
        profile: profile(),
        organizations: Vec::new(),
        level: Level::LoA2,
        auth_time: now,
    }
}

/// An arrival of another citizen for each number.
pub(crate) fn arrival_of(number: u32, now: Timestamp) -> Arrival {
    let mut arrival = arrival(now);
    arrival.subject = format!("vneid-subject-{number}");
    arrival.profile.personal_number = PersonalNumber::parse(&format!("001085{number:06}")).unwrap();
    arrival
}

/// An arrival of somebody who acts for an organization.
pub(crate) fn organization(tax_code: &str, acting: u32, now: Timestamp) -> Arrival {
    let mut arrival = arrival_of(acting, now);
    arrival.profile.kind = AccountKind::Organization;
    arrival.profile.organization =
        Some(Organization { tax_code: TaxCode::parse(tax_code).unwrap(), name: "CÔNG TY A".into() });
    arrival
}

/// The admission of somebody whom nobody knows.
pub(crate) fn admission(arrival: Arrival, now: Timestamp) -> Admission {
    Admission {
        arrival,
        new_id: CitizenId::generate(&ENTROPY),
        known: None,
        add_identity: false,
        add_number: false,
        update_profile: false,
        subject: None,
        now,
    }
}

pub(crate) fn key(kid: &str, state: KeyState, now: Timestamp) -> StoredKey {
    StoredKey {
        kid: kid.into(),
        alg: broker_domain::client::SigningAlg::ES256,
        state,
        private_jwk: format!("{{\"kty\":\"EC\",\"d\":\"private-part-of-{kid}\"}}"),
        created_at: now,
        changed_at: now,
    }
}

pub(crate) fn notice(now: Timestamp) -> LogoutNotice {
    LogoutNotice {
        id: EventId::generate(&ENTROPY),
        client: client_id(),
        subject: Some(subject()),
        sid: SessionId::generate(&ENTROPY),
        at: now,
    }
}

pub(crate) fn namespace() -> Namespace {
    Namespace::new("dvcqg")
}

/// An account of the sample's citizen, with everything that an account can have.
pub(crate) fn imported(tech_id: &str) -> ImportedAccount {
    let mut number = Marked::new(PersonalNumber::parse("001085000001").unwrap(), Mark::Green);
    number.source = Some(Source::PopulationDatabase);
    number.verified_at = Some(Timestamp::from_secs(1_700_000_000));
    let claims = Claims {
        personal_number: Some(number),
        old_number: Some(Marked::new(OldNumber::parse("012345678").unwrap(), Mark::Yellow)),
        passport: Some(Marked::new("B1234567".to_owned(), Mark::Yellow)),
        full_name: Some(Marked::new(Name::parse("NGUYỄN VĂN AN").unwrap(), Mark::Green)),
        birth_date: Some(Marked::new(BirthDate::Day(1985, 3, 12), Mark::Green)),
        gender: Some(Marked::new(Gender::Male, Mark::Yellow)),
        phone: Some(Marked::new("0912000001".to_owned(), Mark::Yellow)),
        email: Some(Marked::new("an@example.vn".to_owned(), Mark::Yellow)),
        address: Some(Marked::new("1 Tràng Tiền".to_owned(), Mark::Yellow)),
        current_address: Some(Marked::new("2 Lê Lợi".to_owned(), Mark::Yellow)),
        tax_code: None,
        business_code: None,
        organization_name: None,
    };
    ImportedAccount {
        account: LegacyAccount {
            id: AccountId::generate(&ENTROPY),
            namespace: namespace(),
            tech_id: Subject::new(tech_id).unwrap(),
            kind: LegacyKind::Citizen,
            status: LegacyStatus::Open,
            has_password: true,
            claims,
            confirmed: None,
        },
        user_name: Some(format!("legacy-{tech_id}")),
        password: Some(Secret::new("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g")),
    }
}

/// The first lines of a file.
pub(crate) fn progress(lines: u64) -> ImportProgress {
    ImportProgress { file: "file-1".to_owned(), bytes: lines * 100, lines, ..ImportProgress::default() }
}

/// A link of a citizen to an account, by a verified number.
pub(crate) fn new_link(citizen: &CitizenId, account: &AccountId, now: Timestamp) -> NewLink {
    NewLink {
        citizen: citizen.clone(),
        account: account.clone(),
        evidence: Evidence::VerifiedNumber,
        by: None,
        sector: SectorId::new("portal"),
        tell: Vec::new(),
        said: said(AuditKind::AccountLinked, citizen, now),
        now,
    }
}

/// What is recorded of something that happens to a citizen: each time another event.
pub(crate) fn said(kind: AuditKind, citizen: &CitizenId, now: Timestamp) -> AuditEvent {
    let mut event = AuditEvent::new(EventId::generate(&SystemEntropy), now, kind);
    event.citizen = Some(citizen.clone());
    event
}

/// Somebody who is told, of the sector of that name.
pub(crate) fn listener(client: &str, sector: &str) -> Listener {
    Listener { client: ClientId::new(client), sector: SectorId::new(sector) }
}

/// An event on its way to a client.
pub(crate) fn outgoing(client: &str, at: Timestamp) -> OutgoingEvent {
    OutgoingEvent {
        id: EventId::generate(&ENTROPY),
        client: ClientId::new(client),
        event: PortalEvent::AccountLinked { subject: subject(), tech_id: subject() },
        at,
    }
}

/// Links; whoever finds no connection in time among many comes again.
pub(crate) async fn linked_at_last(stores: &Stores, wanted: &NewLink) -> Linked {
    for _ in 0..20 {
        match stores.accounts.link(wanted).await {
            Ok(linked) => return linked,
            Err(StoreError::Unavailable(_)) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("no connection became free")
}

/// A code on its way to a phone.
pub(crate) fn message(id: &str, at: Timestamp) -> Outgoing {
    let message = Message {
        to: Secret::new("+84912345678"),
        text: Secret::new("473829 is your code"),
        interaction: InteractionId::new("login-1"),
        code: SecretHash::from_bytes(&[9; 32]).unwrap(),
    };
    Outgoing {
        id: EventId::new(id),
        destination: Destination::phones(),
        content: Content::Message(message),
        at,
        ends_at: Some(at.plus_secs(300)),
    }
}
