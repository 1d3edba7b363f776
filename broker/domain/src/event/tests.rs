use super::*;
use crate::clock::Timestamp;
use crate::ids::{ClientId, EventId};
use crate::subject::Subject;
use rstest::rstest;
use serde_json::{Value, json};

fn subject(text: &str) -> Subject {
    Subject::new(text).unwrap()
}

fn linked() -> PortalEvent {
    PortalEvent::AccountLinked { subject: subject("sub-1"), tech_id: subject("bd-2002") }
}

fn aliased() -> PortalEvent {
    PortalEvent::SubjectAlias { subject: subject("sub-1"), alias: subject("bd-2002") }
}

fn unlinked(reason: UnlinkReason) -> PortalEvent {
    PortalEvent::Unlinked { subject: subject("sub-1"), tech_id: subject("bd-2002"), reason }
}

fn disabled(reason: DisabledReason) -> PortalEvent {
    PortalEvent::AccountDisabled { subject: subject("sub-1"), reason }
}

#[rstest]
#[case(linked(), "urn:identity-broker:event:account-linked", json!({"tech_id": "bd-2002"}))]
#[case(aliased(), "urn:identity-broker:event:subject-alias", json!({"alias": "bd-2002"}))]
#[case(unlinked(UnlinkReason::Mistake), "urn:identity-broker:event:account-unlinked",
    json!({"tech_id": "bd-2002", "reason": "mistake"}))]
#[case(disabled(DisabledReason::Deceased), "https://schemas.openid.net/secevent/risc/event-type/account-disabled",
    json!({"status": "deceased"}))]
fn the_token_says_what_happened_and_nothing_more(
    #[case] event: PortalEvent,
    #[case] uri: &str,
    #[case] payload: Value,
) {
    let outgoing = OutgoingEvent {
        id: EventId::new("jti-1"),
        client: ClientId::new("portal"),
        event,
        at: Timestamp::from_secs(1_800_000_000),
    };
    let claims = outgoing.claims("https://id.example", Timestamp::from_secs(1_800_000_060));
    assert_eq!(
        Value::Object(claims),
        json!({
            "iss": "https://id.example", "aud": "portal", "iat": 1_800_000_060, "jti": "jti-1", "toe": 1_800_000_000,
            "sub_id": {"format": "iss_sub", "iss": "https://id.example", "sub": "sub-1"},
            "events": { uri: payload },
        })
    );
}

#[test]
fn what_is_stored_comes_back() {
    let mut all = vec![linked(), aliased()];
    all.extend(UnlinkReason::ALL.iter().map(|r| unlinked(*r)));
    all.extend(DisabledReason::ALL.iter().map(|r| disabled(*r)));
    for event in all {
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<PortalEvent>(&text).unwrap(), event, "{text}");
    }
    for reason in UnlinkReason::ALL {
        assert_eq!(UnlinkReason::parse(reason.as_str()), Some(*reason));
    }
    assert_eq!((UnlinkReason::parse(""), DisabledReason::parse("tired")), (None, None));
}

#[rstest]
#[case("invalid_request", SetError::InvalidRequest, AfterError::Refused)]
#[case("invalid_issuer", SetError::InvalidIssuer, AfterError::Refused)]
#[case("invalid_audience", SetError::InvalidAudience, AfterError::Refused)]
#[case("invalid_key", SetError::InvalidKey, AfterError::Retry)]
#[case("authentication_failed", SetError::AuthenticationFailed, AfterError::Retry)]
#[case("access_denied", SetError::AccessDenied, AfterError::Retry)]
#[case("not feeling well", SetError::Other, AfterError::Retry)]
fn what_a_refusal_leads_to(#[case] err: &str, #[case] read: SetError, #[case] after: AfterError) {
    assert_eq!((SetError::read(err), SetError::read(err).after()), (read, after));
    assert!(err.contains(' ') || read.as_str() == err);
}
