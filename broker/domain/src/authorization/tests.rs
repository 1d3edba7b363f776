use super::*;
use crate::client::{Client, ClientMetadata, LocalizedName, SignInMethod};
use crate::clock::Timestamp;
use crate::form::Form;
use crate::ids::{AccountId, ClientId, InteractionId, Namespace, SessionId, UpstreamId};
use crate::proof::{Claimable, Proof, Unproven};
use crate::secret::{Hasher, Purpose, Secret, SeededEntropy};
use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn client(profile: &str, pkce: &str) -> Client {
    let metadata = json!({"client_name": "Cổng mẫu", "redirect_uris": ["https://rp.example/cb"], "scope": "openid profile",
        "profile": profile, "pkce": pkce});
    Client {
        id: ClientId::new("rp"),
        name: LocalizedName::default(),
        metadata: ClientMetadata::parse(metadata.to_string().as_bytes()).unwrap(),
        secrets: Vec::new(),
        events_token: None,
        disabled_at: None,
        created_at: Timestamp::default(),
    }
}

fn query(extra: &str) -> Form {
    let base = "client_id=rp&redirect_uri=https%3A%2F%2Frp.example%2Fcb";
    Form::parse(format!("{base}&{extra}").as_bytes()).unwrap()
}

const GOOD: &str = "response_type=code&scope=openid&state=s";

#[test]
fn a_full_request_is_read() {
    let q = query(&format!(
        "{GOOD}&nonce=n&code_challenge={CHALLENGE}&code_challenge_method=S256&prompt=login+consent&max_age=0&acr_values=LoA3+x+LoA2\
         &ui_locales=en+vi&login_hint=001085000001&display=popup&unheard=of"
    ));
    let r = validate(&q, &client("standard", "required")).unwrap().unwrap();
    assert_eq!(
        (r.state.as_deref(), r.nonce.as_deref(), r.code_challenge.as_deref()),
        (Some("s"), Some("n"), Some(CHALLENGE))
    );
    assert!(r.prompt.login && r.prompt.consent && !r.prompt.none);
    assert_eq!(r.max_age, Some(0));
    assert_eq!(r.acr_values, [crate::level::Level::LoA3, crate::level::Level::LoA2]);
    assert_eq!(r.ui_locales, ["en", "vi"]);
}

#[test]
fn a_request_reads_back_from_its_own_query() {
    let claims =
        "%7B%22userinfo%22%3A%7B%22name%22%3Anull%2C%22email%22%3A%7B%22essential%22%3Atrue%7D%7D%7D";
    let q = query(&format!(
        "{GOOD}&nonce=n&code_challenge={CHALLENGE}&code_challenge_method=S256&prompt=login&max_age=5&acr_values=LoA3&ui_locales=en+vi\
         &login_hint=x&id_token_hint=a.b.c&claims={claims}"
    ));
    let c = client("standard", "required");
    let r = validate(&q, &c).unwrap().unwrap();
    let again = Form::parse(r.to_query().as_bytes()).unwrap();
    assert_eq!(validate(&again, &c).unwrap().unwrap(), r);
}

#[rstest]
#[case("scope=openid", Refusal::InvalidRequest)]
#[case("response_type=token&scope=openid", Refusal::UnsupportedResponseType)]
#[case("response_type=code+id_token&scope=openid", Refusal::UnsupportedResponseType)]
#[case("response_type=code", Refusal::InvalidScope)]
#[case("response_type=code&scope=profile", Refusal::InvalidScope)]
#[case("response_type=code&scope=openid+email", Refusal::InvalidScope)]
#[case("response_type=code&scope=openid+%22", Refusal::InvalidScope)]
#[case("response_type=code&scope=openid&response_mode=fragment", Refusal::InvalidRequest)]
#[case("response_type=code&scope=openid&request=x", Refusal::RequestNotSupported)]
#[case("response_type=code&scope=openid&request_uri=x", Refusal::RequestUriNotSupported)]
#[case("response_type=code&scope=openid&prompt=none+login", Refusal::InvalidRequest)]
#[case("response_type=code&scope=openid&max_age=-1", Refusal::InvalidRequest)]
#[case("response_type=code&scope=openid&max_age=x", Refusal::InvalidRequest)]
#[case(
    "response_type=code&scope=openid&code_challenge=short&code_challenge_method=S256",
    Refusal::InvalidRequest
)]
#[case("response_type=code&scope=openid&code_challenge_method=S256", Refusal::InvalidRequest)]
#[case(
    "response_type=code&scope=openid&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=plain",
    Refusal::InvalidRequest
)]
#[case(
    "response_type=code&scope=openid&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    Refusal::InvalidRequest
)]
#[case("response_type=code&scope=openid&claims=x", Refusal::InvalidRequest)]
#[case("response_type=code&scope=openid&claims=%7B%22id_token%22%3A%5B%5D%7D", Refusal::InvalidRequest)]
#[case(
    "response_type=code&scope=openid&claims=%7B%22id_token%22%3A%7B%22acr%22%3A%7B%22essential%22%3Atrue%2C%22value%22%3A%22gold%22%7D%7D%7D",
    Refusal::UnmetAuthenticationRequirements
)]
fn refusals_go_back_with_the_state(#[case] extra: &str, #[case] error: Refusal) {
    let invalid =
        validate(&query(&format!("state=s&{extra}")), &client("standard", "optional")).unwrap().unwrap_err();
    assert_eq!((invalid.error, invalid.state.as_deref()), (error, Some("s")));
    assert!(invalid.description.bytes().all(|b| (0x20..0x7f).contains(&b) && b != b'"' && b != b'\\'));
}

#[rstest]
#[case("client_id=rp&redirect_uri=https%3A%2F%2Fevil.example%2Fcb", Unredirectable::BadRedirectUri)]
#[case("client_id=rp", Unredirectable::BadRedirectUri)]
#[case("client_id=other&redirect_uri=https%3A%2F%2Frp.example%2Fcb", Unredirectable::UnknownClient)]
#[case("redirect_uri=https%3A%2F%2Frp.example%2Fcb", Unredirectable::UnknownClient)]
fn these_never_redirect(#[case] text: &str, #[case] why: Unredirectable) {
    assert_eq!(
        validate(&Form::parse(text.as_bytes()).unwrap(), &client("standard", "optional")).unwrap_err(),
        why
    );
}

#[test]
fn pkce_is_required_unless_registered_otherwise() {
    assert_eq!(
        validate(&query(GOOD), &client("standard", "required")).unwrap().unwrap_err().error,
        Refusal::InvalidRequest
    );
    assert!(validate(&query(GOOD), &client("standard", "optional")).unwrap().is_ok());
}

#[test]
fn old_portals_get_their_plus_signs_back() {
    let q = Form::parse(
        b"client_id=rp&redirect_uri=https://rp.example/cb&response_type=code&scope=openid&state=ab+/c==",
    )
    .unwrap();
    assert_eq!(
        validate(&q, &client("dvcqg", "optional")).unwrap().unwrap().state.as_deref(),
        Some("ab+/c==")
    );
    assert_eq!(
        validate(&q, &client("standard", "optional")).unwrap().unwrap().state.as_deref(),
        Some("ab /c==")
    );
}

#[test]
fn a_disabled_client_is_unknown() {
    let mut c = client("standard", "optional");
    c.disabled_at = Some(Timestamp::default());
    assert_eq!(validate(&query(GOOD), &c).unwrap_err(), Unredirectable::UnknownClient);
}

fn interaction() -> Interaction {
    let request = validate(&query(GOOD), &client("standard", "optional")).unwrap().unwrap();
    let e = SeededEntropy::new(1);
    Interaction::begin(
        InteractionId::generate(&e),
        Hasher::new(&[1]).hash(Purpose::Browser, "b"),
        request,
        Timestamp::from_secs(1000),
    )
}

fn attempt() -> Attempt {
    Attempt {
        upstream: UpstreamId::new("vneid"),
        state: Hasher::new(&[1]).hash(Purpose::State, "s"),
        state_text: Secret::new("s"),
        nonce: Secret::new("n"),
        verifier: Secret::new("v"),
        started_at: Timestamp::from_secs(1000),
        fresh: false,
        account: None,
    }
}

fn opened(method: SignInMethod) -> OpenedAccount {
    OpenedAccount {
        account: AccountId::new("a"),
        namespace: Namespace::new("n"),
        method,
        opens_session: false,
        opened_at: Timestamp::from_secs(1000),
    }
}

/// Accounts that wait: by name, those with a star need a proof.
fn waiting_for(names: &str) -> Unproven {
    let one = |name: &str| Claimable {
        account: AccountId::new(name.trim_end_matches('*')),
        ways: if name.ends_with('*') { vec![Proof::Password] } else { Vec::new() },
    };
    Unproven { namespace: Namespace::new("n"), accounts: names.split(' ').map(one).collect() }
}

#[rstest]
#[case::one_to_prove("a*", Some("a"))]
#[case::one_that_needs_a_word("a", None)]
#[case::several("a* b", None)]
fn where_a_proof_begins(#[case] names: &str, #[case] chosen: Option<&str>) {
    let proving = Proving::of(SessionId::generate(&SeededEntropy::new(1)), &waiting_for(names));
    assert_eq!(proving.current().map(|c| c.account.as_str()), chosen);
}

/// What follows when the chosen one was linked, is gone, or needs a proof by now: the next one without a proof, and what is asked then.
#[rstest]
#[case::linked_with_the_others("a b c*", "linked", Some("b"), Some("b"))]
#[case::linked_and_proofs_left("a b* c*", "linked", None, Some("b"))]
#[case::gone_and_one_left("a b", "gone", Some("b"), Some("b"))]
#[case::gone_and_one_to_prove("a b*", "gone", None, Some("b"))]
#[case::gone_and_a_choice_left("a b c", "gone", None, None)]
#[case::needs_a_proof("a b c", "needs", None, Some("a"))]
#[case::the_last_one("a", "linked", None, None)]
fn where_a_proof_goes_on(
    #[case] names: &str,
    #[case] became: &str,
    #[case] without_proof: Option<&str>,
    #[case] asked: Option<&str>,
) {
    let mut proving = Proving::of(SessionId::generate(&SeededEntropy::new(1)), &waiting_for(names));
    let chosen = AccountId::new("a");
    assert!(proving.choose(&chosen));
    match became {
        "linked" => proving.done(&chosen),
        "gone" => proving.gone(&chosen),
        _ => proving.needs(&chosen, &[Proof::PhoneCode]),
    }
    assert_eq!(proving.next_without_proof().map(AccountId::as_str), without_proof);
    proving.go_on();
    assert_eq!((proving.current().map(|c| c.account.as_str()), proving.code.is_none()), (asked, true));
    assert_eq!(proving.linked, became == "linked");
}

fn proving(session: SessionId) -> Proving {
    let accounts = vec![
        Claimable { account: AccountId::new("a"), ways: vec![Proof::Password] },
        Claimable { account: AccountId::new("b"), ways: Vec::new() },
    ];
    Proving { session, namespace: Namespace::new("n"), accounts, chosen: None, code: None, linked: false }
}

#[test]
fn an_account_is_opened_by_its_own_tile_alone() {
    let mut i = interaction();
    assert_eq!(i.opened(opened(SignInMethod::National), true), Err(IllegalStep));
    i.choose_account(SignInMethod::Vnpost).unwrap();
    assert_eq!(i.opened(opened(SignInMethod::National), true), Err(IllegalStep));
    assert_eq!(i.opened(opened(SignInMethod::Vnpost), true), Ok(()));
    i.link_with_vneid(attempt()).unwrap();
    assert_eq!(i.returned().unwrap().account, Some(opened(SignInMethod::Vnpost)));
}

#[test]
fn back_to_the_tiles_forgets_the_account() {
    let mut i = interaction();
    i.choose_account(SignInMethod::National).unwrap();
    i.opened(opened(SignInMethod::National), true).unwrap();
    let mut elsewhere = i.clone();
    elsewhere.choose_vneid(attempt()).unwrap();
    assert_eq!(elsewhere.returned().unwrap().account, None);
    i.back().unwrap();
    i.choose_vneid(attempt()).unwrap();
    assert_eq!(i.returned().unwrap().account, None);
}

#[test]
fn what_is_proven_waits_no_longer() {
    let mut p = proving(SessionId::new("s"));
    assert!(p.current().is_none() && !p.choose(&AccountId::new("c")));
    assert!(p.choose(&AccountId::new("b")) && p.current().is_some());
    p.done(&AccountId::new("b"));
    assert!(p.linked && p.current().is_none() && p.accounts.len() == 1);
}

#[test]
fn an_answer_is_taken_once() {
    let mut i = interaction();
    assert_eq!(i.returned(), Err(IllegalStep));
    i.choose_vneid(attempt()).unwrap();
    assert_eq!(i.returned(), Ok(attempt()));
    assert_eq!(i.returned(), Err(IllegalStep));
}

#[test]
fn an_interaction_ends_by_time_or_by_its_end() {
    let i = interaction();
    assert!(
        !i.is_over(Timestamp::from_secs(1000 + LIFETIME_SECS - 1))
            && i.is_over(Timestamp::from_secs(1000 + LIFETIME_SECS))
    );
}

proptest! {
    #[test]
    fn reading_never_panics_and_never_redirects_elsewhere(pairs in proptest::collection::vec(("[a-z_]{1,22}", "\\PC{0,40}"), 0..12)) {
        let mut s = url::form_urlencoded::Serializer::new(String::new());
        s.append_pair("client_id", "rp").append_pair("redirect_uri", "https://rp.example/cb");
        for (k, v) in &pairs { s.append_pair(k, v); }
        if let Ok(form) = Form::parse(s.finish().as_bytes()) && let Ok(read) = validate(&form, &client("dvcqg", "optional")) {
            let to = match read { Ok(r) => r.redirect_uri, Err(i) => i.redirect_uri };
            prop_assert_eq!(to, "https://rp.example/cb");
        }
    }

    /// Whatever is tried in whatever order: after the end nothing moves, and every move counts a version.
    #[test]
    fn steps_form_a_machine(moves in proptest::collection::vec(0u8..13, 0..40)) {
        let mut i = interaction();
        let e = SeededEntropy::new(9);
        for m in moves {
            if m == 10 {
                i.told = Some(Told::Linked);
            }
            let before = i.clone();
            let done = match m {
                0 => i.choose_vneid(attempt()).is_ok(),
                1 => i.back().is_ok(),
                2 => i.returned().is_ok(),
                3 => i.ask_consent(SessionId::generate(&e)).is_ok(),
                4 => i.choose_account(SignInMethod::National).is_ok(),
                5 => i.opened(opened(SignInMethod::National), true).is_ok(),
                6 => i.opened(opened(SignInMethod::National), false).is_ok(),
                7 => i.notice().is_ok(),
                8 => i.ask_proof(proving(SessionId::new("s"))).is_ok(),
                9 => i.prove(proving(SessionId::new("s"))).is_ok(),
                10 => i.tell(SessionId::new("s")).is_ok(),
                11 => i.link_with_vneid(attempt()).is_ok(),
                _ => i.finish(Outcome::Granted).is_ok(),
            };
            // Only the account that was signed in to, and stood at its notice, goes along to VNeID.
            if let (Step::AtVneid(attempt), false) = (&i.step, i == before) {
                let noticed = matches!(&before.step, Step::Noticed(o) if Some(o) == attempt.account.as_ref());
                prop_assert!(attempt.account.is_none() || noticed);
            }
            // Nobody is asked for a proof, and nothing is told, without somebody signed in; no notice without a right password.
            match (&before.step, &i.step) {
                (_, Step::Proving(_)) if i != before => prop_assert!(matches!(before.step, Step::Choosing | Step::AtVneid(_) | Step::Returned | Step::Proving(_))),
                (_, Step::Telling(..)) if i != before => prop_assert!(matches!(before.step, Step::Returned | Step::Proving(_))),
                (_, Step::Noticed(_)) if i != before => prop_assert!(matches!(before.step, Step::AtAccount(_) | Step::Updating(_))),
                (_, Step::Updating(_)) if i != before => prop_assert!(matches!(before.step, Step::AtAccount(_))),
                _ => {}
            }
            prop_assert_eq!(done, i.version == before.version.wrapping_add(1));
            prop_assert_eq!(!done, i.step == before.step && i.version == before.version);
            if matches!(before.step, Step::Finished(_)) { prop_assert!(!done); }
        }
    }
}

mod decisions {
    use super::*;
    use crate::claims::Claims;
    use crate::ids::{CitizenId, SectorId, SessionId};
    use crate::level::Level;
    use crate::person::AccountKind;
    use crate::scope::ScopeSet;
    use crate::session::{Holder, Session};
    use crate::subject::Subject;

    const NOW: Timestamp = Timestamp::from_secs(100_000);

    fn session(level: Level, age: i64) -> Session {
        let e = SeededEntropy::new(5);
        Session {
            sid: SessionId::generate(&e),
            secret: Hasher::new(&[1]).hash(Purpose::Session, "s"),
            previous: None,
            holder: Holder::Citizen(CitizenId::generate(&e)),
            kind: AccountKind::Citizen,
            claims: Claims::default(),
            method: SignInMethod::Vneid,
            level,
            auth_time: NOW.plus_secs(-age),
            upstream: Some(UpstreamId::new("vneid")),
            upstream_sid: None,
            subjects: Vec::new(),
            allowed: vec![(ClientId::new("rp"), ScopeSet::parse("openid").unwrap())],
            unproven: Vec::new(),
            created_at: NOW.plus_secs(-age),
            idle_until: NOW.plus_secs(1000),
            ends_at: NOW.plus_secs(1000),
            participants: Vec::new(),
        }
    }

    fn login(fresh: bool, level: Option<Level>) -> Next {
        Next::Login { fresh, level }
    }

    fn refused(refusal: Refusal) -> Next {
        Next::Refuse(refusal, "")
    }

    use Level::{LoA1, LoA2, LoA3};

    // What is asked for; the session's level and age, if there is one; whether the citizen has just come back; what is to be done.
    #[rstest]
    #[case::nobody("", None, false, login(false, None))]
    #[case::nobody_and_no_page("prompt=none", None, false, refused(Refusal::LoginRequired))]
    #[case::nobody_fresh("prompt=login", None, false, login(true, None))]
    #[case::single_sign_on("", Some((LoA2, 60)), false, Next::Proceed)]
    #[case::silent("prompt=none", Some((LoA2, 60)), false, Next::Proceed)]
    #[case::again("prompt=login", Some((LoA2, 60)), false, login(true, None))]
    #[case::again_done("prompt=login", Some((LoA2, 0)), true, Next::Proceed)]
    #[case::another_account("prompt=select_account", Some((LoA2, 60)), false, login(true, None))]
    #[case::young_enough("max_age=60", Some((LoA2, 60)), false, Next::Proceed)]
    #[case::too_old("max_age=59", Some((LoA2, 60)), false, login(true, None))]
    #[case::too_old_and_no_page("max_age=59&prompt=none", Some((LoA2, 60)), false, refused(Refusal::LoginRequired))]
    #[case::never_old_enough("max_age=0", Some((LoA2, 0)), false, login(true, None))]
    #[case::just_made("max_age=0", Some((LoA2, 0)), true, Next::Proceed)]
    #[case::vneid_remembered_an_old_one("max_age=10", Some((LoA2, 60)), true, login(true, None))]
    #[case::wishes_less("acr_values=LoA1", Some((LoA2, 60)), false, Next::Proceed)]
    #[case::wishes_more("acr_values=LoA3", Some((LoA2, 60)), false, login(false, Some(LoA3)))]
    #[case::wishes_more_silently("acr_values=LoA3&prompt=none", Some((LoA2, 60)), false, Next::Proceed)]
    #[case::wishes_more_in_vain("acr_values=LoA3", Some((LoA2, 0)), true, Next::Proceed)]
    #[case::either_will_do("acr_values=LoA3+LoA2", Some((LoA2, 60)), false, Next::Proceed)]
    #[case::needs_more("claims=%7B%22id_token%22%3A%7B%22acr%22%3A%7B%22essential%22%3Atrue%2C%22values%22%3A%5B%22LoA3%22%5D%7D%7D%7D",
        Some((LoA1, 60)), false, login(false, Some(LoA3)))]
    #[case::needs_more_in_vain("claims=%7B%22id_token%22%3A%7B%22acr%22%3A%7B%22essential%22%3Atrue%2C%22values%22%3A%5B%22LoA3%22%5D%7D%7D%7D",
        Some((LoA2, 0)), true, refused(Refusal::UnmetAuthenticationRequirements))]
    #[case::asks_consent_again("prompt=consent", Some((LoA2, 60)), false, Next::Consent)]
    #[case::more_data("scope=openid+profile", Some((LoA2, 60)), false, Next::Consent)]
    #[case::more_data_silently("scope=openid+profile&prompt=none", Some((LoA2, 60)), false, refused(Refusal::ConsentRequired))]
    fn the_table(
        #[case] asked: &str,
        #[case] signed_in: Option<(Level, i64)>,
        #[case] just_now: bool,
        #[case] expected: Next,
    ) {
        let scope = if asked.contains("scope=") { "" } else { "&scope=openid" };
        let client = client("standard", "optional");
        let request =
            validate(&query(&format!("response_type=code{scope}&{asked}")), &client).unwrap().unwrap();
        let session = signed_in.map(|(level, age)| session(level, age));
        let decided = next(
            &request,
            &client,
            session.as_ref(),
            Hinted::Fits,
            just_now.then_some(Back { sent_at: NOW, fresh: false }),
            NOW,
        );
        match (decided, expected) {
            (Next::Refuse(a, _), Next::Refuse(b, _)) => assert_eq!(a, b),
            (a, b) => assert_eq!(a, b),
        }
    }

    #[rstest]
    #[case::asked("", false, Next::Prove)]
    #[case::asked_though_put_off_before("", true, Next::Prove)]
    #[case::no_page_and_no_subject_yet("prompt=none", false, refused(Refusal::InteractionRequired))]
    #[case::no_page_and_a_subject_already("prompt=none", true, Next::Proceed)]
    fn accounts_that_wait_are_asked_about(
        #[case] asked: &str,
        #[case] has_subject: bool,
        #[case] expected: Next,
    ) {
        let client = client("standard", "optional");
        let request =
            validate(&query(&format!("response_type=code&scope=openid&{asked}")), &client).unwrap().unwrap();
        let mut s = session(LoA2, 60);
        let waiting =
            |namespace: &str| Unproven { namespace: Namespace::new(namespace), accounts: Vec::new() };
        s.unproven = vec![waiting("elsewhere")];
        assert_eq!(next(&request, &client, Some(&s), Hinted::Fits, None, NOW), Next::Proceed);
        s.unproven.push(waiting(client.sector().as_str()));
        if has_subject {
            s.subjects.push((client.sector(), Subject::new("x").unwrap()));
        }
        match (next(&request, &client, Some(&s), Hinted::Fits, None, NOW), expected) {
            (Next::Refuse(a, _), Next::Refuse(b, _)) => assert_eq!(a, b),
            (a, b) => assert_eq!(a, b),
        }
    }

    #[test]
    fn an_account_serves_its_own_portal_by_a_way_that_it_offers() {
        let mut client = client("standard", "optional");
        let request = validate(&query(GOOD), &client).unwrap().unwrap();
        let mut s = session(Level::LoA1, 60);
        s.holder = Holder::Account(AccountId::new("a"));
        s.method = SignInMethod::National;
        let decided = |s: &Session, c: &Client| next(&request, c, Some(s), Hinted::Fits, None, NOW);
        assert_eq!(decided(&s, &client), login(false, None));
        s.subjects.push((client.sector(), Subject::new("tech").unwrap()));
        assert_eq!(decided(&s, &client), login(false, None), "the portal offers VNeID alone");
        client.metadata.sign_in_methods.push(SignInMethod::National);
        assert_eq!(decided(&s, &client), Next::Proceed);
        s.subjects = vec![(SectorId::new("elsewhere"), Subject::new("tech").unwrap())];
        assert_eq!(decided(&s, &client), login(false, None));
    }

    #[test]
    fn a_hint_of_somebody_else_is_never_silent() {
        let client = client("standard", "optional");
        let ask = |extra: &str| validate(&query(&format!("{GOOD}{extra}")), &client).unwrap().unwrap();
        let s = session(LoA2, 60);
        let silent = next(&ask("&prompt=none"), &client, Some(&s), Hinted::Differs, None, NOW);
        assert!(matches!(silent, Next::Refuse(Refusal::LoginRequired, _)));
        assert_eq!(next(&ask(""), &client, Some(&s), Hinted::Differs, None, NOW), login(true, None));
        let still = next(
            &ask(""),
            &client,
            Some(&s),
            Hinted::Differs,
            Some(Back { sent_at: NOW, fresh: false }),
            NOW,
        );
        assert!(matches!(still, Next::Refuse(Refusal::LoginRequired, _)));
    }

    #[test]
    fn a_client_with_a_floor_is_never_below_it() {
        let mut client = client("standard", "optional");
        client.metadata.min_acr = Some(LoA3);
        let request = validate(&query(GOOD), &client).unwrap().unwrap();
        let s = session(LoA2, 60);
        assert_eq!(next(&request, &client, Some(&s), Hinted::Fits, None, NOW), login(false, Some(LoA3)));
        let after =
            next(&request, &client, Some(&s), Hinted::Fits, Some(Back { sent_at: NOW, fresh: false }), NOW);
        assert!(matches!(after, Next::Refuse(Refusal::UnmetAuthenticationRequirements, _)));
    }
}
