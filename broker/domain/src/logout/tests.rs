use super::*;
use crate::client::{ClientMetadata, LocalizedName};
use rstest::rstest;
use serde_json::json;

fn client() -> Client {
    let metadata = json!({"client_name": "x", "redirect_uris": ["https://rp.example/cb"],
        "post_logout_redirect_uris": ["https://rp.example/bye"]});
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

#[test]
fn only_a_registered_place_of_a_known_client_is_gone_to() {
    let c = client();
    let went = |client, uri, state| after(client, uri, state);
    let to = |state: Option<&str>| After::Redirect {
        uri: "https://rp.example/bye".into(),
        state: state.map(str::to_owned),
    };
    assert_eq!(went(Some(&c), Some("https://rp.example/bye"), Some("s")), to(Some("s")));
    assert_eq!(went(Some(&c), Some("https://rp.example/bye"), None), to(None));
    assert_eq!(went(Some(&c), Some("https://rp.example/bye/"), None), After::Page);
    assert_eq!(went(None, Some("https://rp.example/bye"), None), After::Page);
    assert_eq!(went(Some(&c), None, Some("s")), After::Page);
}

#[rstest]
#[case::nobody_signed_in(None, None, false)]
#[case::vouched_for(Some("a"), Some("a"), false)]
#[case::for_another_session(Some("b"), Some("a"), true)]
#[case::nobody_vouches(None, Some("a"), true)]
#[case::server_to_server(Some("a"), None, false)]
fn confirmation(#[case] hinted: Option<&str>, #[case] live: Option<&str>, #[case] needed: bool) {
    let hint = hinted.map(|sid| Hint {
        client: ClientId::new("rp"),
        subject: "s".into(),
        sid: Some(SessionId::new(sid)),
    });
    assert_eq!(needs_confirmation(hint.as_ref(), live.map(SessionId::new).as_ref()), needed);
}
