//! Where events are pushed to, looked at when a client is registered: whoever registers it must not make the broker call its own
//! neighbours. It is looked at again at every call.

use super::registration::BadRegistration;
use crate::config::Settings;
use crate::jobs::Allowed;
use broker_domain::client::{BadMetadata, ClientMetadata};
use url::Url;

/// Whether the endpoint, if the metadata name one, leads to the public or to a host that configuration names.
///
/// # Errors
/// When it leads elsewhere. A host that is not known yet is let pass.
pub async fn check_events_endpoint(
    metadata: &ClientMetadata,
    settings: &Settings,
) -> Result<(), BadRegistration> {
    let Some(uri) = &metadata.events_endpoint else { return Ok(()) };
    let bad = |reason: &str| {
        BadRegistration::Member(BadMetadata { member: "events_endpoint", reason: reason.to_owned() })
    };
    let url = Url::parse(uri).map_err(|_| bad("is no URI"))?;
    let allowed = Allowed::new(&settings.logout.private_hosts_allowed);
    if allowed.refuses(&url) || allowed.refuses_name_of(&url).await {
        return Err(bad(
            "its host's address is not public: name it in logout.private_hosts_allowed if it may be called",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case("http://127.0.0.1:8002/events", &[], true)]
    #[case("https://10.1.2.3/events", &[], true)]
    #[case("https://[::1]/events", &[], true)]
    #[case("http://localhost:8002/events", &[], true)]
    #[case("http://localhost:8002/events", &["localhost"], false)]
    #[case("https://10.1.2.3/events", &["10.1.2.3"], false)]
    #[case("https://8.8.8.8/events", &[], false)]
    #[case("https://nobody.invalid/events", &[], false)]
    #[tokio::test]
    async fn neighbours_are_not_registered(
        #[case] uri: &str,
        #[case] private: &[&str],
        #[case] refused: bool,
    ) {
        let metadata = json!({"client_name": "Cổng", "redirect_uris": ["https://rp.example/cb"],
            "events_delivery": "push", "events_endpoint": uri});
        let metadata = ClientMetadata::parse(metadata.to_string().as_bytes()).unwrap();
        let mut settings: Settings = serde_json::from_value(json!({"issuer": "http://localhost"})).unwrap();
        settings.logout.private_hosts_allowed = private.iter().map(|h| (*h).to_owned()).collect();
        assert_eq!(check_events_endpoint(&metadata, &settings).await.is_err(), refused);
    }
}
