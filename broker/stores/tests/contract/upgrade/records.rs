//! Records of versions before are read, and what is written now is read by the version before: its instances run beside ours while
//! they are replaced, and again when somebody goes back.
//!
//! A record holds its values one after the other, without names. So it is enough that what is written now begins with what the
//! version before would have written: it reads that far, and no further.

use super::{VERSIONS, file, write_if_asked};
use crate::samples::{arrival, event, grant, imported, interaction, profile, session};
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::authorization::{
    AsWhom, Attempt, ClaimsRequest, Interaction, NoLink, OpenedAccount, Outcome, Prompt, Proving, SentCode,
    Step, Told,
};
use broker_domain::claims::{Claims, Mark, Source};
use broker_domain::client::SignInMethod;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{
    AccountId, CitizenId, ClientId, EventId, FamilyId, InteractionId, Namespace, SectorId, SessionId,
    TraceId, UpstreamId,
};
use broker_domain::level::Level;
use broker_domain::linking::{ClaimedIdentity, Dossier, Exhibit};
use broker_domain::person::{AccountKind, BirthDate, Gender, Organization, Profile, TaxCode};
use broker_domain::proof::{Claimable, Proof, Unproven};
use broker_domain::secret::{Secret, SecretHash};
use broker_domain::session::{Holder, Session};
use broker_domain::subject::Subject;
use broker_domain::token::Grant;
use broker_domain::upstream::Arrival;
use broker_stores::testing::{as_record, from_record};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// Whether bytes read as a record.
type Reads = dyn Fn(&[u8]) -> bool;

/// A record as we write it, and whether bytes read as the same.
struct Sample {
    bytes: Vec<u8>,
    reads: Box<Reads>,
}

type Samples = BTreeMap<String, Sample>;

fn add<T: Serialize + DeserializeOwned + PartialEq + 'static>(samples: &mut Samples, name: &str, record: T) {
    let bytes = as_record(&record);
    let reads = Box::new(move |bytes: &[u8]| from_record::<T>(bytes).is_ok_and(|read| read == record));
    assert!(samples.insert(name.to_owned(), Sample { bytes, reads }).is_none(), "{name} twice");
}

const AT: Timestamp = Timestamp::from_secs(1_790_000_000);

fn hash(byte: u8) -> SecretHash {
    SecretHash::from_bytes(&[byte; 32]).unwrap()
}

fn sid() -> SessionId {
    SessionId::parse("session-of-the-sample0").unwrap()
}

fn number_subject() -> Subject {
    Subject::new("subject-of-the-sample").unwrap()
}

fn opened(method: SignInMethod) -> OpenedAccount {
    OpenedAccount {
        account: AccountId::new("account"),
        namespace: Namespace::new("dvcqg"),
        method,
        opens_session: true,
        opened_at: AT,
    }
}

fn attempt(account: Option<OpenedAccount>) -> Attempt {
    Attempt {
        upstream: UpstreamId::new("vneid"),
        state: hash(1),
        state_text: Secret::new("state"),
        nonce: Secret::new("nonce"),
        verifier: Secret::new("verifier"),
        started_at: AT,
        fresh: true,
        account,
    }
}

fn unproven() -> Unproven {
    let account = AccountId::new("account");
    let ways = vec![Proof::Password, Proof::PhoneCode];
    Unproven { namespace: Namespace::new("dvcqg"), accounts: vec![Claimable { account, ways }] }
}

fn proving() -> Proving {
    Proving {
        session: sid(),
        namespace: Namespace::new("dvcqg"),
        accounts: unproven().accounts,
        chosen: Some(AccountId::new("account")),
        code: Some(SentCode { code: hash(2), expires_at: AT, left: 3 }),
        linked: true,
    }
}

/// A profile with everything that one can have.
fn whole_profile() -> Profile {
    Profile { kind: AccountKind::Organization, organization: Some(organization()), ..profile() }
}

fn organization() -> Organization {
    Organization { tax_code: TaxCode::parse("0101234567").unwrap(), name: "CÔNG TY A".into() }
}

/// Claims with everything that some can have.
fn claims() -> Claims {
    let mut claims = imported("tech-id").account.claims;
    if let Some(number) = &mut claims.personal_number {
        number.source = Some(Source::Other("portal".into()));
        number.verified_at = Some(AT);
    }
    if let Some(name) = &mut claims.full_name {
        name.source = Some(Source::Vneid);
    }
    claims
}

fn whole_arrival() -> Arrival {
    let organizations = vec![organization()];
    Arrival { sid: Some("sid".into()), organizations, profile: whole_profile(), ..arrival(AT) }
}

/// In the order of names: whether an object keeps the order of its text depends on what else is built.
const ASKED: &str = r#"{"id_token":{"acr":{"essential":true}},"userinfo":{"email":null,"gender":{"essential":true,"values":["male"]},
"verified_claims":[{"claims":{"name":null},"verification":{"evidence":[{"type":{"value":"electronic_record"}}],"time":{"max_age":60},
"trust_framework":{"value":"vn"}}}]}}"#;

fn asked() -> ClaimsRequest {
    ClaimsRequest::parse(ASKED).unwrap()
}

fn interaction_at(step: Step, told: Option<Told>) -> Interaction {
    let mut it = interaction(AT);
    it.id = InteractionId::parse("interaction-of-sample0").unwrap();
    it.version = 300;
    it.browser = hash(3);
    it.request.prompt = Prompt { none: false, login: true, consent: true, select_account: false };
    it.request.max_age = Some(600);
    it.request.acr_values = vec![Level::LoA1, Level::LoA2, Level::LoA3, Level::LoA4];
    it.request.essential_acr = Some(Level::LoA2);
    it.request.claims = asked();
    it.request.id_token_hint = Some("hint".into());
    it.step = step;
    it.told = told;
    it
}

fn interactions(all: &mut Samples) {
    use SignInMethod::{National, Vneid, Vnpost};
    let person = AsWhom { attempt: attempt(None), arrival: whole_arrival() };
    let steps = [
        ("choosing", Step::Choosing),
        ("at VNeID", Step::AtVneid(attempt(None))),
        ("at VNeID with an account", Step::AtVneid(attempt(Some(opened(National))))),
        ("returned", Step::Returned),
        ("consenting", Step::Consenting(sid())),
        ("granted", Step::Finished(Outcome::Granted)),
        ("refused", Step::Finished(Outcome::Refused)),
        ("at the tile of VNeID", Step::AtAccount(Vneid)),
        ("at a national account", Step::AtAccount(National)),
        ("at an account of the post", Step::AtAccount(Vnpost)),
        ("updating", Step::Updating(opened(Vnpost))),
        ("noticed", Step::Noticed(opened(National))),
        ("proving", Step::Proving(Box::new(proving()))),
        ("telling", Step::Telling(sid())),
        ("as whom", Step::AsWhom(Box::new(person))),
    ];
    for (name, step) in steps {
        add(all, &format!("interaction, {name}"), interaction_at(step, None));
    }
    let differs = NoLink::Differs { name: true, birth_date: false };
    let reasons = [
        differs,
        NoLink::LinkedToAnother,
        NoLink::NoWayToProve,
        NoLink::Unclear,
        NoLink::Closed,
        NoLink::Locked,
        NoLink::Deceased,
        NoLink::Changed,
    ];
    for why in reasons {
        let told = Told::NotLinked { namespace: Namespace::new("dvcqg"), why };
        add(all, &format!("interaction, told {why:?}"), interaction_at(Step::Telling(sid()), Some(told)));
    }
    add(all, "interaction, told of links", interaction_at(Step::Telling(sid()), Some(Told::Linked)));
}

fn session_of(holder: Holder) -> Session {
    Session {
        sid: sid(),
        secret: hash(4),
        previous: Some((hash(5), AT)),
        holder,
        kind: AccountKind::Organization,
        claims: claims(),
        level: Level::LoA3,
        subjects: vec![(SectorId::new("portal-1"), number_subject())],
        unproven: vec![unproven()],
        ..session(AT)
    }
}

fn grant_of(holder: &Holder) -> Grant {
    let mut it = grant(AT);
    it.family = FamilyId::parse("family-of-the-sample00").unwrap();
    let login = it.login.as_mut().unwrap();
    login.subject = number_subject();
    login.holder = holder.clone();
    login.sid = sid();
    login.level = Level::LoA1;
    login.reached = Level::LoA4;
    login.id_token_claims = asked().id_token;
    login.userinfo_claims = asked().userinfo;
    login.claims = claims();
    it
}

fn event_of(kind: AuditKind) -> AuditEvent {
    let mut it = event(AT);
    it.id = EventId::new("event");
    it.kind = kind;
    it.citizen = Some(CitizenId::new("citizen"));
    it.client = Some(ClientId::new("portal-1"));
    it.interaction = Some(InteractionId::new("interaction"));
    it.sid = Some(sid());
    it.trace = TraceId::from_traceparent("00-0123456789abcdef0123456789abcdef-0123456789abcdef-01");
    it
}

fn samples() -> Samples {
    let mut all = Samples::new();
    interactions(&mut all);
    let holders = [
        ("a citizen", Holder::Citizen(CitizenId::new("citizen"))),
        ("an account", Holder::Account(AccountId::new("account"))),
    ];
    for (name, holder) in holders {
        add(&mut all, &format!("grant of {name}"), grant_of(&holder));
        add(&mut all, &format!("session of {name}"), session_of(holder));
    }
    let own = grant_of(&Holder::Account(AccountId::new("account")));
    add(&mut all, "grant of a client", Grant { code: None, login: None, ..own });
    add(&mut all, "subject", (SectorId::new("portal-1"), number_subject()));
    for kind in AuditKind::ALL {
        add(&mut all, &format!("event {}", kind.number()), event_of(*kind));
    }
    add(&mut all, "profile of an organization", whole_profile());
    let birth_date = Some(BirthDate::Year(1985));
    add(&mut all, "profile of a citizen", Profile { birth_date, gender: Some(Gender::Female), ..profile() });
    add(&mut all, "number", ("personal-number".to_owned(), "001085000001".to_owned()));
    add(&mut all, "account", (claims(), Some("user name".to_owned())));
    add(&mut all, "confirmed", claims());
    add(&mut all, "words", "why".to_owned());
    add(&mut all, "dossier", dossier());
    all
}

fn dossier() -> Dossier {
    let exhibit = |mark, agrees| Exhibit {
        claim: "name".into(),
        proven: Some("A".into()),
        other: Some("B".into()),
        mark: Some(mark),
        agrees: Some(agrees),
    };
    Dossier {
        exhibits: vec![exhibit(Mark::Green, true), exhibit(Mark::Yellow, false)],
        number: Some(profile().personal_number),
        identity: Some(ClaimedIdentity {
            upstream: UpstreamId::new("vneid"),
            issuer: "https://vneid.example".into(),
            subject: "subject".into(),
        }),
        words: Some("words".into()),
        unlink: None,
    }
}

/// The records of a version, by name.
fn of_version(version: i64) -> BTreeMap<String, Vec<u8>> {
    let one = |line: &str| {
        let (name, hex) = line.rsplit_once(": ").unwrap();
        (name.to_owned(), data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap())
    };
    file(version, "records.txt").lines().map(one).collect()
}

#[test]
fn what_versions_before_wrote_is_read() {
    let samples = samples();
    for version in VERSIONS {
        for (name, bytes) in of_version(version) {
            let sample = samples.get(&name).unwrap_or_else(|| panic!("{name} is no record any more"));
            assert!((sample.reads)(&bytes), "{name}, written by version {version}, reads as something else");
        }
    }
}

#[test]
fn what_is_written_is_read_by_versions_before() {
    let samples = samples();
    for version in VERSIONS {
        for (name, bytes) in of_version(version) {
            assert!(samples[&name].bytes.starts_with(&bytes), "version {version} does not read {name}");
        }
    }
}

/// Writes the records of this version into a file, when the environment names the folder.
#[test]
fn records_of_this_version() {
    let line = |(name, sample): (String, Sample)| {
        assert!((sample.reads)(&sample.bytes), "{name}");
        format!("{name}: {}\n", data_encoding::HEXLOWER.encode(&sample.bytes))
    };
    let all: String = samples().into_iter().map(line).collect();
    write_if_asked("records.txt", &all);
}
