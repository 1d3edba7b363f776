use super::*;
use crate::clock::Timestamp;
use crate::event::{OutgoingEvent, PortalEvent};
use crate::ids::{ClientId, Destination, EventId, InteractionId, SessionId};
use crate::logout::LogoutNotice;
use crate::secret::{Secret, SecretHash};
use crate::subject::Subject;

fn message() -> Outgoing {
    let message = Message {
        to: Secret::new("+84912345678"),
        text: Secret::new("123456 is your code"),
        interaction: InteractionId::new("login-1"),
        code: SecretHash::from_bytes(&[7; 32]).unwrap(),
    };
    Outgoing {
        id: EventId::new("m-1"),
        destination: Destination::phones(),
        content: Content::Message(message),
        at: Timestamp::from_secs(5),
        ends_at: Some(Timestamp::from_secs(305)),
    }
}

#[test]
fn what_goes_in_comes_out() {
    let event = OutgoingEvent {
        id: EventId::new("e-1"),
        client: ClientId::new("portal"),
        event: PortalEvent::SubjectAlias {
            subject: Subject::new("s").unwrap(),
            alias: Subject::new("a").unwrap(),
        },
        at: Timestamp::from_secs(5),
    };
    let notice = LogoutNotice {
        id: EventId::new("l-1"),
        client: ClientId::new("portal"),
        subject: None,
        sid: SessionId::new("sid-1"),
        at: Timestamp::from_secs(5),
    };
    let (of_event, of_notice, of_message) =
        (Outgoing::from(event.clone()), Outgoing::from(notice.clone()), message());
    assert_eq!((of_event.event(), of_event.notice()), (Some(event), None));
    assert_eq!((of_notice.notice(), of_notice.event()), (Some(notice), None));
    assert!(of_message.message().is_some() && of_event.message().is_none());
    let all = [of_event, of_notice, of_message];
    assert_eq!(all.each_ref().map(Outgoing::kind), OutboxKind::ALL);
    for outgoing in all {
        let text = serde_json::to_string(&outgoing.content).unwrap();
        assert_eq!(serde_json::from_str::<Content>(&text).unwrap(), outgoing.content, "{text}");
        assert_eq!(OutboxKind::parse(outgoing.kind().as_str()), Some(outgoing.kind()));
    }
    assert_eq!(OutboxKind::parse("letter"), None);
}

#[test]
fn a_message_prints_neither_number_nor_code() {
    let printed = format!("{:?}", message());
    assert!(!printed.contains("912345678") && !printed.contains("123456"), "{printed}");
}

#[test]
fn pauses_grow_and_end() {
    for pauses in [back_off, back_off_of_message] {
        let all: Vec<i64> = (0..20).map(pauses).collect();
        assert!(all.is_sorted() && all[1] == 1 && all[2] == 5);
    }
    assert_eq!((back_off(19), back_off_of_message(19)), (3600, 30));
}
