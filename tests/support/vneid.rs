//! The stand-in for VNeID, as the tests use it: it signs people in at once, without its pages.

use crate::background;
use crate::people::Person;
use broker_domain::clock::{Clock, MockClock};
use broker_domain::upstream::population::PopulationDatabase;
use mock_vneid::{
    Citizen, ClientSettings, Endpoint, Fault, KeyPair, MockVneid, Organization, demo_citizens,
    demo_organizations, generate_key_pair,
};
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

pub const CLIENT_ID: &str = "broker-at-vneid";
pub const CLIENT_SECRET: &str = "a-secret-between-broker-and-vneid";

/// How VNeID speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    #[default]
    Oidc,
    Sealed,
}

impl Dialect {
    /// The name of its upstream in the configuration.
    pub const fn upstream(self) -> &'static str {
        match self {
            Self::Oidc => "vneid-oidc",
            Self::Sealed => "vneid-sealed",
        }
    }
}

type Time = Arc<Mutex<Arc<MockClock>>>;

/// Stand-ins that no test uses now: making one takes time, for it makes keys of RSA.
static IDLE: Mutex<Vec<(MockVneid, Time)>> = Mutex::new(Vec::new());
static KEYS: LazyLock<KeyPair> = LazyLock::new(|| generate_key_pair().unwrap());

/// A stand-in lent to one world.
pub struct Vneid {
    lent: Option<(MockVneid, Time)>,
    pub dialect: Dialect,
    level: AtomicU8,
    renumbered: Mutex<Vec<&'static str>>,
}

impl Vneid {
    pub async fn start(dialect: Dialect, redirect_uri: &str, clock: Arc<MockClock>) -> Self {
        let idle = IDLE.lock().unwrap().pop();
        let (mock, time) = match idle {
            Some(idle) => idle,
            None => {
                background::run(async {
                    let time: Time = Arc::default();
                    let of = time.clone();
                    let clock = move || of.lock().unwrap().now().secs();
                    (MockVneid::builder().clock(clock).start().await.unwrap(), time)
                })
                .await
            }
        };
        *time.lock().unwrap() = clock;
        mock.put_client(ClientSettings {
            client_id: CLIENT_ID.to_owned(),
            client_secret: CLIENT_SECRET.to_owned(),
            redirect_uris: vec![redirect_uri.to_owned()],
            public_key: Some(KEYS.public_pem.clone()),
            encrypt_code: true,
            backchannel_logout_uri: None,
        });
        Self { lent: Some((mock, time)), dialect, level: AtomicU8::new(2), renumbered: Mutex::default() }
    }

    fn mock(&self) -> &MockVneid {
        &self.lent.as_ref().unwrap().0
    }

    /// Its tables of the configuration, one for each dialect.
    pub fn settings(&self, folder: &Path, more: &[&str], both: bool) -> String {
        let key = folder.join("vneid.pem");
        std::fs::write(&key, &KEYS.private_pem).unwrap();
        let [authorize, token, userinfo] = self.mock().sealed_endpoints();
        let (more, key) = (more.join("\n"), key.display());
        let client = format!(
            "client_id = {CLIENT_ID:?}\nclient_secret = {CLIENT_SECRET:?}\nsystem_authorities = false\n{more}\n"
        );
        let oidc = format!(
            "\n[[upstreams]]\nid = \"vneid-oidc\"\ndialect = \"oidc\"\nissuer = {:?}\n{client}",
            self.mock().issuer()
        );
        let sealed = format!(
            "\n[[upstreams]]\nid = \"vneid-sealed\"\ndialect = \"sealed\"\nissuer = \"https://sealed.vneid.example\"\n\
             private_key_file = \"{key}\"\nauthorization_endpoint = {authorize:?}\ntoken_endpoint = {token:?}\n\
             userinfo_endpoint = {userinfo:?}\n{client}"
        );
        match (both, self.dialect) {
            (true, _) => oidc + &sealed,
            (false, Dialect::Oidc) => oidc,
            (false, Dialect::Sealed) => sealed,
        }
    }

    /// Whether an address is VNeID's.
    pub fn owns(&self, url: &str) -> bool {
        url.starts_with(self.mock().base_url())
    }

    /// At which level people sign in from now on: 1 to 4.
    pub fn reach(&self, level: u8) {
        self.level.store(level, Ordering::Relaxed);
    }

    /// The citizen signs in: where VNeID sends them back to.
    pub async fn approve(&self, url: &str, person: Person) -> String {
        assert!(self.owns(url), "{url}");
        self.mock().instant(Some((person.number, self.level.load(Ordering::Relaxed))));
        let answer = self.call(http(), reqwest::Method::GET, url.to_owned(), None).await;
        let (status, location) = answer.unwrap_or_else(|e| panic!("{e}: {url}"));
        location.unwrap_or_else(|| panic!("VNeID answers {status}: {url}"))
    }

    async fn call(
        &self,
        client: reqwest::Client,
        method: reqwest::Method,
        url: String,
        form: Option<Vec<(String, String)>>,
    ) -> Result<(u16, Option<String>), reqwest::Error> {
        background::run(async move {
            let mut request = client.request(method, url);
            if let Some(form) = form {
                request = request.form(&form);
            }
            let answer = request.send().await?;
            let location = answer.headers().get("location").map(|l| l.to_str().unwrap().to_owned());
            Ok((answer.status().as_u16(), location))
        })
        .await
    }

    /// Whether VNeID is told to authenticate the citizen again, whoever may be signed in there.
    pub fn is_told_to_ask_again(&self, url: &str) -> bool {
        url.contains("prompt=login") || url.contains("max_age=0")
    }

    /// Somebody else redeems the code of a callback first (or tries to: it is used up in any case).
    pub async fn use_up(&self, callback: &str) {
        let query = callback.split_once('?').unwrap().1;
        let code =
            url::form_urlencoded::parse(query.as_bytes()).find(|(n, _)| n == "code").unwrap().1.into_owned();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", "x"),
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
        ];
        let form = form.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
        let url = format!("{}/token", self.mock().issuer());
        assert_eq!(self.call(http(), reqwest::Method::POST, url, Some(form)).await.unwrap().0, 400);
    }

    /// How often a code was presented at its token endpoint.
    pub fn redemptions(&self) -> usize {
        self.mock().requests().iter().filter(|r| r.path.ends_with("/token")).count()
    }

    /// How many requests to its path ended so.
    pub fn asked(&self, ending: &str) -> usize {
        self.mock().requests().iter().filter(|r| r.path.ends_with(ending)).count()
    }

    /// From now on something goes wrong there.
    pub fn fail(&self, endpoint: Endpoint, fault: Fault) {
        self.mock().fault(endpoint, fault, None);
    }

    /// From now on something goes wrong with the claims, wherever this dialect states them.
    pub fn fail_claim(&self, fault: Fault) {
        match self.dialect {
            Dialect::Oidc => {
                self.fail(Endpoint::Token, fault.clone());
                self.fail(Endpoint::Userinfo, fault);
            }
            Dialect::Sealed => self.fail(Endpoint::Userinfo, fault),
        }
    }

    /// Nothing goes wrong any more.
    pub fn mend(&self) {
        self.mock().clear_faults();
    }

    /// Claims stand in userinfo alone.
    pub fn claims_in_userinfo(&self) {
        self.mock().claims_in_id_token(false);
    }

    /// Whoever represents organizations brings the list of them.
    pub fn list_organizations(&self) {
        self.mock().list_organizations(true);
    }

    /// Somebody else acts for the organization of the demo.
    pub fn represented_by(&self, person: Person) {
        for organization in demo_organizations() {
            self.mock()
                .put_organization(Organization { represented_by: person.number.to_owned(), ..organization });
        }
    }

    /// Signs with a new key from now on.
    pub fn rotate_keys(&self) {
        self.mock().rotate_keys().unwrap();
    }

    /// Adds or changes a citizen.
    pub fn put(&self, citizen: Citizen) {
        self.mock().put_citizen(citizen);
    }

    /// A number is issued anew after a correction of the sex; VNeID and the population database know both.
    pub fn renumber(&self, person: Person, anew: Person) {
        assert!(self.mock().renumber_citizen(person.number, anew.number));
        self.renumbered.lock().unwrap().push(anew.number);
        let known = self.mock().citizen(anew.number).unwrap();
        let male = anew.number.as_bytes()[3].is_multiple_of(2);
        self.mock().put_citizen(Citizen { gender: if male { "Nam" } else { "Nữ" }.to_owned(), ..known });
    }

    /// The population database, as the broker reaches it.
    pub fn population(&self, clock: Arc<MockClock>) -> Arc<dyn PopulationDatabase> {
        let settings = serde_json::json!({
            "endpoint": self.mock().population_url(), "client_id": "broker",
            "client_secret": "mock-population-secret-for-tests", "system_authorities": false, "http_on_loopback": true,
        });
        let settings = serde_json::from_value(settings).unwrap();
        broker_vneid::build_population(&settings, clock, Arc::new(|_| {})).unwrap()
    }

    /// The clock there differs.
    pub fn skew(&self, secs: i64) {
        self.mock().set_clock_offset(secs);
    }
}

impl Drop for Vneid {
    fn drop(&mut self) {
        let Some((mock, time)) = self.lent.take() else { return };
        mock.clear_faults();
        mock.instant(None);
        mock.end_sessions();
        mock.forget_requests();
        mock.set_clock_offset(0);
        mock.claims_in_id_token(true);
        for number in self.renumbered.lock().unwrap().iter() {
            mock.remove_citizen(number);
        }
        mock.list_organizations(false);
        for citizen in demo_citizens() {
            mock.put_citizen(citizen);
        }
        for organization in demo_organizations() {
            mock.put_organization(organization);
        }
        if let Ok(mut idle) = IDLE.lock() {
            idle.push((mock, time));
        }
    }
}

/// A citizen as VNeID knows them.
pub fn citizen(person: Person) -> Citizen {
    demo_citizens().into_iter().find(|c| c.personal_number == person.number).unwrap()
}

/// The tests' own client: it follows no redirect.
#[allow(clippy::disallowed_methods)] // cloned, and used on the background runtime alone
fn http() -> reqwest::Client {
    static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
    });
    CLIENT.clone()
}
