//! A broker with everything around it: router, stores, time, randomness, VNeID.

use crate::answer::Answer;
use crate::browser::Browser;
use crate::call;
use crate::costs::Costs;
use crate::pairs::{self, Pair, Place};
use crate::people::Person;
use crate::phones::Phones;
use crate::portal::{Portal, Proof};
use crate::request::Request;
use crate::returned::Returned;
use crate::tokens::{self, Tokens};
use crate::vneid::{Dialect, Vneid};
use axum::Router;
use broker::app::{self, App, Overrides, Registration};
use broker::config::{self, Settings};
use broker::extract::FormToken;
use broker::jobs::Jobs;
use broker::state::Broker;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::client::{Client, SigningAlg};
use broker_domain::clock::{Clock, MockClock, Timestamp};
use broker_domain::ids::InteractionId;
use broker_domain::ports::{KeyState, Signer, StoredKey};
use broker_domain::secret::{Secret, SeededEntropy};
use broker_jose::{Accept, Algorithm, KeySet, Verified, verify};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;

/// What a test wants to be otherwise.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub dialect: Dialect,
    /// Another issuer.
    pub issuer: Option<&'static str>,
    /// More lines of configuration, by section: `("tokens", "access_secs = 60")`.
    pub settings: Vec<(&'static str, &'static str)>,
    /// Configuration of VNeID's upstream beyond the usual: lines of its table.
    pub upstream: Vec<&'static str>,
    /// Whether the configuration names both dialects, each as an upstream of its own.
    pub both_upstreams: bool,
    /// Tables of configuration beyond, as they stand.
    pub tables: &'static str,
}

impl Options {
    /// VNeID speaks its sealed dialect.
    pub fn sealed() -> Self {
        Self { dialect: Dialect::Sealed, ..Self::default() }
    }

    /// A line of configuration more.
    #[must_use]
    pub fn with(mut self, section: &'static str, line: &'static str) -> Self {
        self.settings.push((section, line));
        self
    }

    /// Whole tables of configuration more.
    #[must_use]
    pub const fn with_tables(mut self, tables: &'static str) -> Self {
        self.tables = tables;
        self
    }

    /// The broker under plain http on loopback.
    #[must_use]
    pub fn on_loopback(mut self) -> Self {
        self.issuer = Some("http://localhost:8080");
        self
    }
}

/// All of it.
pub struct World {
    pub pair: Pair,
    pub clock: Arc<MockClock>,
    pub vneid: Vneid,
    pub costs: Costs,
    pub phones: Arc<Phones>,
    pub settings: Settings,
    pub app: App,
    options: Options,
    secrets: String,
    folder: TempDir,
    seed: u64,
    // Last: the stores are given up when nobody uses them any more.
    place: Place,
}

static SEED: AtomicU64 = AtomicU64::new(1);
static COUNT: AtomicU64 = AtomicU64::new(0);

impl World {
    pub async fn start(pair: Pair, options: Options) -> Self {
        let clock = Arc::new(MockClock::at(pairs::beginning()));
        let issuer = options.issuer.unwrap_or("https://id.example.vn");
        let vneid = Vneid::start(options.dialect, &format!("{issuer}/callback/vneid"), clock.clone()).await;
        let folder = tempfile::tempdir().unwrap();
        let place = pairs::place(pair, folder.path()).await;
        let secrets = pairs::SECRETS.to_owned();
        let settings = configure(folder.path(), &place, &vneid, &options, &secrets);
        let costs = Costs::default();
        let phones = Arc::new(Phones::default());
        let seed = SEED.fetch_add(1_000_003, Ordering::Relaxed);
        let app = build(&settings, &vneid, &clock, &costs, &phones, seed).await;
        Self { pair, clock, vneid, costs, phones, settings, app, options, secrets, folder, seed, place }
    }

    /// Another instance of the broker on the same stores. In-process stores cannot be shared: they come along as they are.
    pub async fn second_instance(&self) -> App {
        let overrides = Overrides {
            clock: Some(self.clock.clone()),
            entropy: Some(Arc::new(SeededEntropy::new(self.seed ^ 0x5eed_0000))),
            stores: (self.pair == Pair::Embedded).then(|| self.app.broker.stores.clone()),
            ..Overrides::default()
        };
        app::build(&self.settings, overrides).await.unwrap()
    }

    /// The broker ends and starts again with its configuration as it is, and what the process held is gone.
    pub async fn restart(&mut self) {
        self.settings = configure(self.folder.path(), &self.place, &self.vneid, &self.options, &self.secrets);
        self.seed = SEED.fetch_add(1_000_003, Ordering::Relaxed);
        self.app =
            build(&self.settings, &self.vneid, &self.clock, &self.costs, &self.phones, self.seed).await;
    }

    /// The same with another key for hashes.
    pub async fn change_hashing_key(&mut self) {
        self.secrets = self.secrets.replacen("6861736820", "ffffffffff", 1);
        assert_ne!(self.secrets, pairs::SECRETS);
        self.restart().await;
    }

    /// The broker ends, and starts on a SQLite file that a backup was restored to.
    pub async fn restore_elsewhere(&mut self, backup: &str) {
        self.place.lasting = format!("sqlite:{}", self.folder.path().join("restored.db").display());
        configure(self.folder.path(), &self.place, &self.vneid, &self.options, &self.secrets);
        let (code, out, err) = self.command(&["restore", "--from", backup]).await;
        assert_eq!(code, 0, "{out}{err}");
        self.restart().await;
    }

    /// The same with a new sealing key in front of the one that it had.
    pub async fn add_sealing_key(&mut self) {
        let new =
            "[{ id = \"k2\", key = \"f00dfeedc0ffee00f00dfeedc0ffee01f00dfeedc0ffee02f00dfeedc0ffee03\" }, ";
        self.secrets = self.secrets.replacen("sealing_keys = [", &format!("sealing_keys = {new}"), 1);
        self.restart().await;
    }

    /// The same with other keys that seal and index, changed as the administrator's guide says.
    pub async fn change_store_keys(&mut self) {
        const NEW: &str = "f00dfeedc0ffee00f00dfeedc0ffee01f00dfeedc0ffee02f00dfeedc0ffee03";
        let value = |name: &str| {
            let line = self.secrets.lines().find(|l| l.starts_with(name)).unwrap().to_owned();
            line.split_once(" = ").unwrap().1.trim().to_owned()
        };
        let (hashing, old, sealing) = (value("hashing_key"), value("index_key"), value("sealing_keys"));
        let new = format!("{NEW:?}");
        let added = format!("[{{ id = \"k2\", key = {new} }}, {}", sealing.trim_start_matches('['));
        let alone = format!("[{{ id = \"k2\", key = {new} }}]");
        let steps = [(&old, Some(&new), &added), (&new, Some(&old), &added), (&new, None, &alone)];
        for (index, other, sealing) in steps {
            let other = other.map(|key| format!("\nother_index_key = {key}")).unwrap_or_default();
            self.secrets =
                format!("hashing_key = {hashing}\nindex_key = {index}{other}\nsealing_keys = {sealing}");
            self.restart().await;
            let (code, out, err) = self.command(&["secrets", "reseal"]).await;
            assert_eq!(code, 0, "{out}{err}");
        }
    }

    /// The same without the dialect that was used until now: the tile leads to the other one.
    pub async fn take_upstream_away(&mut self) {
        self.options.both_upstreams = false;
        self.turn_to_the_other_dialect().await;
    }

    /// The same with the tile leading to the other dialect of VNeID.
    pub async fn change_dialect(&mut self) {
        self.options.both_upstreams = true;
        self.turn_to_the_other_dialect().await;
    }

    async fn turn_to_the_other_dialect(&mut self) {
        self.vneid.dialect = match self.vneid.dialect {
            Dialect::Oidc => Dialect::Sealed,
            Dialect::Sealed => Dialect::Oidc,
        };
        self.restart().await;
    }

    pub fn broker(&self) -> &Arc<Broker> {
        &self.app.broker
    }

    pub fn router(&self) -> &Router {
        &self.app.router
    }

    pub fn jobs(&self) -> &Jobs {
        self.app.jobs()
    }

    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    pub fn config_file(&self) -> std::path::PathBuf {
        self.folder.path().join("broker.toml")
    }

    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub const fn place(&self) -> &Place {
        &self.place
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Time goes by.
    pub fn wait(&self, secs: i64) {
        self.clock.advance(secs);
    }

    /// A new browser.
    pub fn browser(&self) -> Browser {
        Browser::new(self.router().clone(), self.issuer())
    }

    /// Registers a client: what a careful confidential portal registers, with `own` laid over it (null takes a member out).
    pub async fn register(&self, own: Value) -> Portal {
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let id = own["client_id"].as_str().map_or_else(|| format!("portal-{n}"), str::to_owned);
        let mut metadata = json!({
            "client_id": id,
            "client_name": format!("Cổng {id}"),
            "client_name#en": format!("Portal {id}"),
            "client_uri": format!("https://{id}.example.vn/"),
            "redirect_uris": [format!("https://{id}.example.vn/callback")],
            "post_logout_redirect_uris": [format!("https://{id}.example.vn/bye")],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid profile email address phone offline_access citizen organization",
            "consent": "none",
        });
        let all = metadata.as_object_mut().unwrap();
        for (name, value) in own.as_object().unwrap() {
            match value {
                Value::Null => drop(all.remove(name)),
                value => drop(all.insert(name.clone(), value.clone())),
            }
        }
        let (portal, registration) = portal(metadata, self.router());
        let broker = self.broker();
        let (client, _) =
            registration.into_client(false, &broker.hasher, &*broker.entropy, self.now()).unwrap();
        broker.stores.registrations.add(&client).await.unwrap();
        self.jobs().reload_if_changed().await.unwrap();
        portal
    }

    /// A confidential portal as it comes.
    pub async fn portal(&self) -> Portal {
        self.register(json!({})).await
    }

    /// A public client.
    pub async fn public(&self) -> Portal {
        self.register(json!({"token_endpoint_auth_method": "none", "application_type": "browser"})).await
    }

    /// A portal of the former sign-on.
    pub async fn old_portal(&self) -> Portal {
        self.register(json!({
            "profile": "dvcqg",
            "pkce": "optional",
            "token_endpoint_auth_methods": ["client_secret_post"],
            "grant_types": ["authorization_code"],
        }))
        .await
    }

    /// Changes a registration, and sees to it that this instance knows.
    pub async fn change(&self, portal: &Portal, how: impl FnOnce(&mut Client)) {
        let broker = self.broker();
        let mut client = (*broker.registry.find(&portal.id).unwrap()).clone();
        how(&mut client);
        assert!(broker.stores.registrations.replace(&client).await.unwrap());
        self.jobs().reload_if_changed().await.unwrap();
    }

    /// Switches a client off.
    pub async fn switch_off(&self, portal: &Portal) {
        let now = self.now();
        self.change(portal, |client| client.disabled_at = Some(now)).await;
    }

    /// Gives a client a new secret.
    pub async fn renew_secret(&self, portal: &Portal) -> Portal {
        let mut renewed = portal.at(self.router());
        let broker = self.broker();
        let now = self.now();
        self.change(portal, |client| {
            let secret = app::rotate_secret(client, &broker.hasher, &*broker.entropy, 0, now);
            secret.reveal().clone_into(&mut renewed.secret);
        })
        .await;
        renewed
    }

    /// The portal signs its user out, by a link with the id_token.
    pub async fn log_out(&self, browser: &Browser, portal: &Portal, tokens: &Tokens) -> Answer {
        let uri = portal.metadata["post_logout_redirect_uris"][0].as_str().unwrap();
        let query = call::form(&[("id_token_hint", tokens.id_token()), ("post_logout_redirect_uri", uri)]);
        let answer = browser.visit(&format!("/oidc/logout?{query}")).await;
        assert_eq!(answer.location(), Some(uri), "{} {}", answer.status, answer.plain());
        answer
    }

    /// What an operator records of a citizen: 0 is as usual, 1 blocked, 2 deceased.
    pub async fn set_status(&self, citizen: &str, status: i64) {
        const CHANGE: &str = "UPDATE citizens SET status = $1, updated_at = $2 WHERE id = $3";
        let (lasting, now) = (self.place.lasting.clone(), self.now().millis());
        match self.pair {
            Pair::Embedded => {
                let pool = sqlx::SqlitePool::connect(&lasting).await.unwrap();
                sqlx::query(CHANGE).bind(status).bind(now).bind(citizen).execute(&pool).await.unwrap();
                pool.close().await;
            }
            Pair::Production => {
                let pool = sqlx::PgPool::connect(&lasting).await.unwrap();
                sqlx::query(CHANGE).bind(status).bind(now).bind(citizen).execute(&pool).await.unwrap();
                pool.close().await;
            }
        }
    }

    /// Runs a command of the program with this world's configuration: exit code, output, errors.
    pub async fn command(&self, words: &[&str]) -> (u8, String, String) {
        let mut all =
            vec!["broker".to_owned(), "--config".to_owned(), self.config_file().display().to_string()];
        all.extend(words.iter().map(|w| (*w).to_owned()));
        let run = move || {
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let code = broker::cli::run(all, &[], &mut out, &mut err);
            (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
        };
        tokio::task::spawn_blocking(run).await.unwrap()
    }

    /// The hidden token of a form on a page of a login, also when the page has no form.
    pub async fn form_token(&self, browser: &Browser, page: &Answer) -> String {
        let id = page.url.strip_prefix("/login/").and_then(|rest| rest.split('/').next()).unwrap();
        let id = InteractionId::parse(id).unwrap();
        let opened = self.broker().stores.expiring.open(Some(&id), None).await.unwrap();
        FormToken::Login(&opened.interaction.unwrap())
            .make(self.broker(), &Secret::new(browser.id().unwrap()))
    }

    /// Goes through everything that stands between an answer and the portal, as a citizen would.
    pub async fn go_on(&self, browser: &Browser, mut answer: Answer, person: Person) -> Returned {
        for _ in 0..8 {
            if answer.status == 303 {
                let to = answer.location().unwrap().to_owned();
                if !self.vneid.owns(&to) {
                    return answer.returned();
                }
                let back = self.vneid.approve(&to, person).await;
                answer = browser.visit(&back).await;
            } else if answer.can_press("login-vneid") {
                answer = browser.press(&answer, "login-vneid").await;
            } else if let Some(on) = ["later", "continue"].into_iter().find(|id| answer.can_press(id)) {
                // Old accounts are a matter for another day.
                answer = browser.press(&answer, on).await;
            } else if answer.has("consent-allow") {
                answer = browser.press(&answer, "consent-allow").await;
            } else {
                panic!(
                    "the citizen does not know how to go on: {} {}\n{}",
                    answer.url,
                    answer.status,
                    answer.plain()
                );
            }
        }
        panic!("the login does not end: {}", answer.url);
    }

    /// Sends a browser with a request, and signs the person in where that is asked for.
    pub async fn sign_in(&self, browser: &Browser, request: &Request, person: Person) -> Returned {
        let answer = browser.visit(&request.path()).await;
        self.go_on(browser, answer, person).await
    }

    /// Sends a browser with a request that must come back at once.
    pub async fn at_once(&self, browser: &Browser, request: &Request) -> Returned {
        let answer = browser.visit(&request.path()).await;
        assert!(
            !answer.location().is_some_and(|l| self.vneid.owns(l)),
            "VNeID is asked: {:?}",
            answer.location()
        );
        answer.returned()
    }

    /// As far as VNeID: the address to which the citizen was sent.
    pub async fn to_vneid(&self, browser: &Browser, request: &Request) -> String {
        let mut answer = browser.visit(&request.path()).await;
        if answer.has("login-vneid") {
            answer = browser.press(&answer, "login-vneid").await;
        }
        assert_eq!(answer.status, 303, "{}", answer.plain());
        let to = answer.location().unwrap().to_owned();
        assert!(self.vneid.owns(&to), "{to}");
        to
    }

    /// As far as the callback: the address that VNeID sends the citizen back to.
    pub async fn to_callback(&self, browser: &Browser, request: &Request, person: Person) -> String {
        let to = self.to_vneid(browser, request).await;
        self.vneid.approve(&to, person).await
    }

    /// Signs somebody in and redeems the code.
    pub async fn tokens(&self, browser: &Browser, portal: &Portal, person: Person) -> Tokens {
        self.tokens_for(browser, portal, &portal.request(), person).await
    }

    /// The same with a request of its own.
    pub async fn tokens_for(
        &self,
        browser: &Browser,
        portal: &Portal,
        request: &Request,
        person: Person,
    ) -> Tokens {
        let returned = self.sign_in(browser, request, person).await;
        portal.tokens(&returned, request).await
    }

    /// The published keys.
    pub async fn keys(&self) -> KeySet {
        KeySet::parse(&crate::Call::get("/oauth2/jwks").send(self.router()).await.body).unwrap()
    }

    /// A token of the broker, its signature checked against the published keys.
    pub async fn verified(&self, token: &str, typ: Option<&str>) -> Verified {
        let algorithms = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];
        verify(token, &self.keys().await, &Accept { algorithms: &algorithms, typ }).unwrap()
    }

    /// Checks an id_token as a careful portal does (OpenID Connect Core 3.1.3.7), and gives its claims.
    pub async fn id_token(&self, portal: &Portal, token: &str) -> Value {
        let claims = Value::Object(self.verified(token, None).await.claims);
        assert_eq!(claims["iss"], self.issuer());
        assert_eq!(claims["aud"], portal.id.as_str());
        let (iat, exp, now) =
            (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap(), self.now().secs());
        assert!(iat <= now && now < exp && exp - iat <= 3600, "{claims}");
        assert!(claims["sub"].as_str().is_some_and(|s| !s.is_empty() && s.len() <= 255));
        assert_eq!(tokens::header(token)["kid"].as_str().map(|k| !k.is_empty()), Some(true));
        claims
    }

    /// All audit events, oldest first.
    pub async fn events(&self) -> Vec<AuditEvent> {
        self.jobs().drain_audit_fully().await.unwrap();
        let mut all = Vec::new();
        let mut after = 0;
        loop {
            let some = self.broker().stores.audit.entries(after, 500).await.unwrap();
            let Some(last) = some.last() else { return all };
            after = last.seq;
            all.extend(some.into_iter().map(|e| e.event));
        }
    }

    /// The kinds of all audit events that came after the first `passed`, oldest first.
    pub async fn kinds_after(&self, passed: usize) -> Vec<AuditKind> {
        self.events().await.iter().skip(passed).map(|e| e.kind).collect()
    }

    /// The last event of a kind.
    pub async fn event(&self, kind: AuditKind) -> AuditEvent {
        let all = self.events().await;
        all.iter()
            .rev()
            .find(|e| e.kind == kind)
            .unwrap_or_else(|| panic!("no {}: {all:?}", kind.name()))
            .clone()
    }

    /// Serves the broker on a socket for as long as the test lives.
    pub async fn serve(&self) -> SocketAddr {
        let mut settings = self.settings.clone();
        settings.listen.address = "127.0.0.1:0".parse().unwrap();
        settings.admin.address = "127.0.0.1:0".parse().unwrap();
        let listeners = broker::server::Listeners::open(&settings, &self.app.guard).await.unwrap();
        let address = listeners.public_address();
        let (public, admin, lifecycle) =
            (self.app.router.clone(), self.app.admin.clone(), self.app.lifecycle.clone());
        tokio::spawn(async move { listeners.serve(public, admin, &lifecycle, std::future::pending()).await });
        address
    }
}

/// A portal and its registration.
pub fn portal(mut metadata: Value, router: &Router) -> (Portal, Registration) {
    let all = metadata.as_object_mut().unwrap();
    let methods: Vec<String> =
        match (all.get("token_endpoint_auth_methods"), all.get("token_endpoint_auth_method")) {
            (Some(Value::Array(several)), _) => {
                several.iter().map(|m| m.as_str().unwrap().to_owned()).collect()
            }
            (_, Some(one)) => vec![one.as_str().unwrap().to_owned()],
            _ => vec!["client_secret_basic".to_owned()],
        };
    let proof = match methods[0].as_str() {
        "none" => Proof::Public,
        "client_secret_post" => Proof::Post,
        _ => Proof::Basic,
    };
    let id = all["client_id"].as_str().unwrap().to_owned();
    let secret = match proof {
        Proof::Public => String::new(),
        _ => all
            .entry("client_secret")
            .or_insert_with(|| json!(format!("a-secret-of-{id}-that-is-long-enough")))
            .as_str()
            .unwrap()
            .to_owned(),
    };
    let redirect_uri = all["redirect_uris"][0].as_str().unwrap_or_default().to_owned();
    let registration =
        Registration::parse(metadata.to_string().as_bytes()).unwrap_or_else(|e| panic!("{e}: {metadata}"));
    (Portal { id, secret, redirect_uri, proof, metadata, router: router.clone() }, registration)
}

async fn build(
    settings: &Settings,
    vneid: &Vneid,
    clock: &Arc<MockClock>,
    costs: &Costs,
    phones: &Arc<Phones>,
    seed: u64,
) -> App {
    let overrides = Overrides {
        clock: Some(clock.clone()),
        entropy: Some(Arc::new(SeededEntropy::new(seed))),
        observer: Some(costs.observer()),
        population: Some(vneid.population(clock.clone())),
        messenger: Some(phones.clone()),
        ..Overrides::default()
    };
    let app = app::build(settings, overrides).await.unwrap_or_else(|e| panic!("{e}"));
    app.lifecycle.serving();
    app
}

/// Writes the configuration file, and reads it as the program does.
fn configure(folder: &Path, place: &Place, vneid: &Vneid, options: &Options, secrets: &str) -> Settings {
    let file = folder.join("broker.toml");
    let issuer = options.issuer.unwrap_or("https://id.example.vn");
    std::fs::write(
        &file,
        toml(issuer, place, vneid, options, secrets)
            + &vneid.settings(folder, &options.upstream, options.both_upstreams),
    )
    .unwrap();
    config::load(Some(&file), &[]).unwrap_or_else(|e| panic!("{e}"))
}

fn toml(issuer: &str, place: &Place, vneid: &Vneid, options: &Options, secrets: &str) -> String {
    let mut sections: Vec<(String, Vec<String>)> = vec![
        (
            "stores".to_owned(),
            vec![
                format!("lasting = {:?}", place.lasting),
                format!("expiring = {:?}", place.expiring),
                "connect_timeout_ms = 10000".to_owned(),
                "response_timeout_ms = 10000".to_owned(),
                "lasting_connections = 4".to_owned(),
            ],
        ),
        ("secrets".to_owned(), secrets.lines().map(str::to_owned).collect()),
        ("logout".to_owned(), vec!["private_hosts_allowed = [\"127.0.0.1\"]".to_owned()]),
        ("pages".to_owned(), vec!["help = \"1900 0000\"".to_owned()]),
    ];
    for (section, line) in &options.settings {
        match sections.iter_mut().find(|(s, _)| s == section) {
            Some((_, lines)) => {
                let name = line.split('=').next().unwrap();
                lines.retain(|l| l.split('=').next() != Some(name));
                lines.push((*line).to_owned());
            }
            None => sections.push(((*section).to_owned(), vec![(*line).to_owned()])),
        }
    }
    let mut text = format!("issuer = {issuer:?}\nvneid = {:?}\n", vneid.dialect.upstream());
    for (section, lines) in sections {
        text.push_str(&format!("\n[{section}]\n{}\n", lines.join("\n")));
    }
    text.push_str(options.tables);
    text.push('\n');
    text
}

/// The name of the key that signs with `alg` now.
pub fn kid_of(world: &World, alg: Algorithm) -> String {
    let keys = world.broker().keyring.key_set();
    let key = keys["keys"].as_array().unwrap().iter().find(|k| k["alg"] == alg.to_string()).unwrap();
    key["kid"].as_str().unwrap().to_owned()
}

/// The signing keys of every world: made once for each test program, for keys of RSA take their time.
pub fn signing_keys() -> &'static [StoredKey] {
    static KEYS: OnceLock<Vec<StoredKey>> = OnceLock::new();
    let now = pairs::beginning();
    let make = |alg: SigningAlg| {
        let kid = format!("{}-of-all-worlds", alg.as_str().to_lowercase());
        let key = broker_jose::SigningKey::generate(broker::state::algorithm(alg), &kid).unwrap();
        let private_jwk = key.to_private_jwk().to_string();
        StoredKey { kid, alg, state: KeyState::Current, private_jwk, created_at: now, changed_at: now }
    };
    KEYS.get_or_init(|| SigningAlg::ALL.into_iter().map(make).collect())
}
