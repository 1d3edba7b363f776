//! The stand-in for VNeID, whose forms a citizen fills in and sends: number and password, then the code from the phone.

use crate::citizen::{Failed, unexpected};
use crate::upstream::{CLIENT_ID, SECRET};
use crate::wire::{Sent, Wire};
use mock_vneid::{ClientSettings, MockVneid, Settings};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use support::call::form;
use url::Url;

const PASSWORD: &str = "a-password-of-everybody";

/// Starts it, for a broker at this port.
pub(crate) async fn start(broker: u16) -> Arc<MockVneid> {
    let client = ClientSettings {
        client_id: CLIENT_ID.to_owned(),
        client_secret: SECRET.to_owned(),
        redirect_uris: vec![format!("http://localhost:{broker}/callback/vneid")],
        public_key: None,
        encrypt_code: false,
        backchannel_logout_uri: None,
    };
    let settings = Settings { clients: vec![client], ..Settings::default() };
    Arc::new(MockVneid::builder().settings(settings).start().await.unwrap())
}

/// A citizen's connection to it.
pub(crate) struct Forms {
    vneid: Arc<MockVneid>,
    wire: Wire,
}

impl Forms {
    pub(crate) fn of(vneid: &Arc<MockVneid>) -> Self {
        let url = Url::parse(vneid.base_url()).unwrap();
        let to = SocketAddr::from(([127, 0, 0, 1], url.port().unwrap()));
        Self { vneid: vneid.clone(), wire: Wire::new(to) }
    }

    /// Signs in there, where the broker has sent the citizen: where that leads back to.
    pub(crate) async fn press(&mut self, sent_to: &str, number: &str) -> Result<String, Failed> {
        let person = json!({
            "personal_number": number, "full_name": "Nguyễn Văn An", "birth_date": "1990-01-01", "gender": "Nam",
            "phone": format!("09{}", &number[4..]), "password": PASSWORD, "account_level": 2,
        });
        self.vneid.put_citizen(serde_json::from_value(person).unwrap());
        let begun = self.wire.get(&path(sent_to)).await?;
        let page = begun.location().to_owned();
        let shown = self.wire.get(&page).await?;
        if shown.status != 200 {
            return Err(unexpected(&shown));
        }
        let words = form(&[("username", number), ("password", PASSWORD)]);
        let sent = self.wire.send(&page, Sent { form: Some(words), ..Sent::default() }).await?;
        let page = sent.location().to_owned();
        let shown = self.wire.get(&page).await?;
        if shown.status != 200 || page.is_empty() {
            return Err(unexpected(&shown));
        }
        let words = form(&[("otp", "000000")]);
        let done = self.wire.send(&page, Sent { form: Some(words), ..Sent::default() }).await?;
        match done.location() {
            "" => Err(unexpected(&done)),
            back => Ok(path(back)),
        }
    }
}

/// Path and query of a URL.
fn path(url: &str) -> String {
    Url::parse(url).map(|u| u[url::Position::BeforePath..].to_owned()).unwrap_or_else(|_| url.to_owned())
}
