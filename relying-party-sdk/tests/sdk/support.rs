//! A small OpenID provider whose every answer can be bent, a portal, and a browser.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use broker_jose::{Algorithm, KeySet, SigningKey, at_hash};
use relying_party_sdk::web::{Citizen, Portal, RequireLevel, routes};
use relying_party_sdk::{Builder, ClientAuth, Clock, Entropy, Error, MemoryStore, NoEntropy, RelyingParty};
use serde_json::{Map, Value, json};
use tower::ServiceExt;

pub const CLIENT: &str = "portal";
pub const SECRET: &str = "s3cret+/= &%";
pub const CALLBACK: &str = "http://localhost:8001/callback";
pub const START: i64 = 1_760_000_000;

/// A clock that tests set.
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Different bytes at every call, the same in every run.
pub struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        bytes.fill(0x5a);
        for (slot, byte) in bytes.iter_mut().zip(number.to_be_bytes()) {
            *slot = byte;
        }
        Ok(())
    }
}

/// Keys are made once: RSA keys take long to find.
pub fn key(name: &str) -> SigningKey {
    static KEYS: OnceLock<Mutex<HashMap<String, SigningKey>>> = OnceLock::new();
    let mut keys = KEYS.get_or_init(Mutex::default).lock().unwrap();
    let algorithm = if name.starts_with("rsa") { Algorithm::RS256 } else { Algorithm::ES256 };
    keys.entry(name.to_owned()).or_insert_with(|| SigningKey::generate(algorithm, name).unwrap()).clone()
}

type Bend = Arc<dyn Fn(&mut Value) + Send + Sync>;

/// One request that the provider received.
#[derive(Clone, Debug)]
pub struct Received {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

/// What the provider answers with.
pub struct Script {
    pub published: Vec<SigningKey>,
    pub signs: SigningKey,
    /// Instead of a signed id_token.
    pub raw_id_token: Option<String>,
    pub id_token_typ: Option<String>,
    pub id_token: Bend,
    pub userinfo: Bend,
    pub discovery: Bend,
    pub token: Bend,
    pub introspection: Bend,
    /// Path → answer in place of the usual one.
    pub instead: HashMap<String, (StatusCode, String, String)>,
    /// Path → location to redirect to.
    pub redirect: HashMap<String, String>,
    pub claims: Map<String, Value>,
    pub acr: Option<String>,
    pub refresh_tokens: bool,
    pub answer_iss: bool,
    codes: HashMap<String, HashMap<String, String>>,
    issued: u32,
    current_refresh: Option<String>,
    access: BTreeMap<String, String>,
    received: Vec<Received>,
    pub waiting: BTreeMap<String, String>,
}

pub fn bend(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Bend {
    Arc::new(change)
}

/// The provider.
#[derive(Clone)]
pub struct Op {
    pub issuer: String,
    pub clock: Arc<TestClock>,
    script: Arc<Mutex<Script>>,
}

impl Op {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let op = Self::named(format!("http://{}", listener.local_addr().unwrap()));
        let router = op.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        op
    }

    /// Everything that the provider answers, to be served by the caller.
    pub fn router(&self) -> Router {
        Router::new().fallback(serve).with_state(self.clone())
    }

    /// A provider that nobody serves yet.
    pub fn named(issuer: String) -> Self {
        let script = Script {
            published: vec![key("ec-1")],
            signs: key("ec-1"),
            raw_id_token: None,
            id_token_typ: None,
            id_token: bend(|_| ()),
            userinfo: bend(|_| ()),
            discovery: bend(|_| ()),
            token: bend(|_| ()),
            introspection: bend(|_| ()),
            instead: HashMap::new(),
            redirect: HashMap::new(),
            claims: json!({ "name": "NGUYỄN VĂN AN", "birthdate": "1985-03-12" })
                .as_object()
                .unwrap()
                .clone(),
            acr: Some("LoA2".to_owned()),
            refresh_tokens: true,
            answer_iss: true,
            codes: HashMap::new(),
            issued: 0,
            current_refresh: None,
            access: BTreeMap::new(),
            received: Vec::new(),
            waiting: BTreeMap::new(),
        };
        Self {
            issuer,
            clock: Arc::new(TestClock(AtomicI64::new(START))),
            script: Arc::new(Mutex::new(script)),
        }
    }

    pub fn script<T>(&self, work: impl FnOnce(&mut Script) -> T) -> T {
        work(&mut self.script.lock().unwrap())
    }

    /// The requests received for a path.
    pub fn received(&self, path: &str) -> Vec<Received> {
        self.script(|script| script.received.iter().filter(|one| one.path == path).cloned().collect())
    }

    /// The citizen signs in: the query that the browser carries back for an authorization request.
    pub fn authorize(&self, location: &str) -> String {
        let query = location.strip_prefix(&format!("{}/oauth2/authorize?", self.issuer)).expect(location);
        let asked: HashMap<String, String> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        self.script(|script| {
            script.issued += 1;
            let code = format!("code-{}", script.issued);
            let mut answer = format!("code={code}");
            if let Some(state) = asked.get("state") {
                answer.push_str(&format!(
                    "&state={}",
                    url::form_urlencoded::byte_serialize(state.as_bytes()).collect::<String>()
                ));
            }
            if script.answer_iss {
                let issuer: String = url::form_urlencoded::byte_serialize(self.issuer.as_bytes()).collect();
                answer.push_str(&format!("&iss={issuer}"));
            }
            script.codes.insert(code, asked);
            answer
        })
    }

    /// An error answer to an authorization request.
    pub fn refuse(&self, location: &str, error: &str) -> String {
        let answer = self.authorize(location);
        let (_, rest) = answer.split_once('&').unwrap();
        format!("error={error}&error_description=because&{rest}")
    }

    /// A logout token with the usual claims, bent.
    pub fn logout_token(&self, change: impl FnOnce(&mut Map<String, Value>)) -> String {
        let now = self.clock.now();
        let mut claims = json!({
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": "logout-1", "sid": "sid-1",
            "sub": "citizen-1", "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        });
        change(claims.as_object_mut().unwrap());
        key("ec-1").sign(Some("logout+jwt"), &claims).unwrap()
    }

    /// A security event token with the usual claims, bent.
    pub fn event_token(
        &self,
        id: &str,
        events: Value,
        change: impl FnOnce(&mut Map<String, Value>),
    ) -> String {
        let now = self.clock.now();
        let mut claims = json!({
            "iss": self.issuer, "aud": CLIENT, "iat": now, "toe": now - 5, "jti": id,
            "sub_id": { "format": "iss_sub", "iss": self.issuer, "sub": "citizen-1" }, "events": events,
        });
        change(claims.as_object_mut().unwrap());
        key("ec-1").sign(Some("secevent+jwt"), &claims).unwrap()
    }

    /// Puts tokens where they are fetched.
    pub fn events_wait(&self, tokens: &[(&str, String)]) {
        let tokens = tokens.iter().map(|(id, token)| ((*id).to_owned(), token.clone()));
        self.script(|script| script.waiting = tokens.collect());
    }

    /// Gives one token, and takes away what is acknowledged (RFC 8936).
    fn poll(script: &mut Script, received: &Received) -> Response {
        let asked: Value = serde_json::from_str(&received.body).unwrap();
        let named = |id: &str| {
            asked["ack"].as_array().unwrap().iter().any(|ack| ack == id) || asked["setErrs"].get(id).is_some()
        };
        script.waiting.retain(|id, _| !named(id));
        let wanted = usize::try_from(asked["maxEvents"].as_u64().unwrap()).unwrap().min(1);
        let sets: BTreeMap<_, _> = script.waiting.iter().take(wanted).collect();
        let more = script.waiting.len() > sets.len();
        axum::Json(json!({ "sets": sets, "moreAvailable": more })).into_response()
    }

    fn answer(&self, received: &Received) -> Response {
        let mut script = self.script.lock().unwrap();
        script.received.push(received.clone());
        if let Some((status, content_type, body)) = script.instead.get(&received.path) {
            return (*status, [(CONTENT_TYPE, content_type.clone())], body.clone()).into_response();
        }
        if let Some(location) = script.redirect.get(&received.path) {
            return (StatusCode::FOUND, [(LOCATION, location.clone())]).into_response();
        }
        match received.path.as_str() {
            "/.well-known/openid-configuration" => {
                let mut document = json!({
                    "issuer": self.issuer,
                    "authorization_endpoint": format!("{}/oauth2/authorize", self.issuer),
                    "token_endpoint": format!("{}/oauth2/token", self.issuer),
                    "userinfo_endpoint": format!("{}/oauth2/userinfo", self.issuer),
                    "introspection_endpoint": format!("{}/oauth2/introspect", self.issuer),
                    "jwks_uri": format!("{}/oauth2/jwks", self.issuer),
                    "end_session_endpoint": format!("{}/oidc/logout", self.issuer),
                    "authorization_response_iss_parameter_supported": true,
                });
                (script.discovery)(&mut document);
                axum::Json(document).into_response()
            }
            "/oauth2/jwks" => axum::Json(KeySet::from_keys(&script.published).to_json()).into_response(),
            "/oauth2/token" => self.token(&mut script, received),
            "/oauth2/userinfo" => self.userinfo(&script, received),
            "/oauth2/events/poll" => Self::poll(&mut script, received),
            "/oauth2/introspect" => self.introspect(&script, received),
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    }

    fn token(&self, script: &mut Script, received: &Received) -> Response {
        let form: HashMap<String, String> =
            url::form_urlencoded::parse(received.body.as_bytes()).into_owned().collect();
        let refuse =
            |error: &str| (StatusCode::BAD_REQUEST, axum::Json(json!({ "error": error }))).into_response();
        let asked = match form.get("grant_type").map(String::as_str) {
            Some("authorization_code") => {
                let Some(asked) = script.codes.remove(&form["code"]) else { return refuse("invalid_grant") };
                if let Some(challenge) = asked.get("code_challenge") {
                    let verifier = form.get("code_verifier").cloned().unwrap_or_default();
                    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes());
                    if data_encoding::BASE64URL_NOPAD.encode(digest.as_ref()) != *challenge {
                        return refuse("invalid_grant");
                    }
                }
                asked
            }
            Some("refresh_token") => {
                if script.current_refresh.as_ref() != form.get("refresh_token") {
                    return refuse("invalid_grant");
                }
                HashMap::new()
            }
            _ => return refuse("unsupported_grant_type"),
        };
        script.issued += 1;
        let access_token = format!("access-{}", script.issued);
        let now = self.clock.now();
        let mut claims = json!({
            "iss": self.issuer, "aud": CLIENT, "azp": CLIENT, "sub": "citizen-1", "sid": "sid-1", "iat": now,
            "exp": now + 600, "auth_time": START, "at_hash": at_hash(script.signs.algorithm(), &access_token),
        });
        if let Some(nonce) = asked.get("nonce") {
            claims["nonce"] = json!(nonce);
        }
        if let Some(acr) = &script.acr {
            claims["acr"] = json!(acr);
        }
        (script.id_token)(&mut claims);
        let id_token = match &script.raw_id_token {
            Some(raw) => raw.clone(),
            None => script.signs.sign(script.id_token_typ.as_deref(), &claims).unwrap(),
        };
        script.access.insert(access_token.clone(), "citizen-1".to_owned());
        let mut answer = json!({
            "access_token": access_token, "token_type": "Bearer", "expires_in": 600, "scope": "openid profile",
            "id_token": id_token,
        });
        if script.refresh_tokens {
            let refresh = format!("refresh-{}", script.issued);
            answer["refresh_token"] = json!(refresh);
            script.current_refresh = Some(refresh);
        }
        (script.token)(&mut answer);
        axum::Json(answer).into_response()
    }

    /// A token speaks of itself.
    fn introspect(&self, script: &Script, received: &Received) -> Response {
        let bearer =
            received.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let token = bearer.strip_prefix("Bearer ").filter(|token| script.access.contains_key(*token));
        let Some(token) = token else { return StatusCode::UNAUTHORIZED.into_response() };
        let active = received.body == format!("token={token}&state=0");
        let mut answer = json!({ "active": active, "client_id": CLIENT, "exp": self.clock.now() + 600 });
        (script.introspection)(&mut answer);
        axum::Json(answer).into_response()
    }

    fn userinfo(&self, script: &Script, received: &Received) -> Response {
        let bearer =
            received.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let Some(subject) = bearer.strip_prefix("Bearer ").and_then(|token| script.access.get(token)) else {
            return StatusCode::UNAUTHORIZED.into_response();
        };
        let mut claims = Value::Object(script.claims.clone());
        claims["sub"] = json!(subject);
        (script.userinfo)(&mut claims);
        axum::Json(claims).into_response()
    }
}

async fn serve(State(op): State<Op>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let body = String::from_utf8(body.to_vec()).unwrap();
    op.answer(&Received { method, path: uri.path().to_owned(), headers, body })
}

/// A portal with a public page, a private one, and one that needs level 3.
pub struct Site {
    pub router: Router,
    pub portal: Portal,
    pub store: Arc<MemoryStore>,
}

impl Site {
    pub fn new(op: &Op) -> Self {
        Self::with(op, |builder| builder.secret(SECRET, ClientAuth::Basic))
    }

    pub fn with(op: &Op, change: impl FnOnce(Builder) -> Builder) -> Self {
        let store = Arc::new(MemoryStore::new());
        let builder = RelyingParty::builder(&op.issuer, CLIENT, CALLBACK)
            .post_logout_redirect_uri("http://localhost:8001/")
            .clock(op.clock.clone())
            .entropy(Arc::new(Counting(AtomicU64::new(0))))
            .store(store.clone());
        let portal = Portal::new(change(builder).build().unwrap());
        Self { router: Self::routes_of(&portal), portal, store }
    }

    /// The same portal with another error page.
    pub fn showing(self, page: impl Fn(&Error, &HeaderMap) -> Response + Send + Sync + 'static) -> Self {
        let portal = self.portal.with_error_page(page);
        Self { router: Self::routes_of(&portal), portal, store: self.store }
    }

    fn routes_of(portal: &Portal) -> Router {
        Router::new()
            .route("/", get(home))
            .route("/private", get(private).post(private))
            .route("/level3", get(level3).post(level3))
            .with_state(portal.clone())
            .merge(routes(portal))
    }

    pub fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), jar: BTreeMap::new() }
    }
}

async fn home(citizen: Option<Citizen>) -> String {
    match citizen {
        Some(citizen) => format!("{} {}", citizen.subject(), citizen.name().unwrap_or("?")),
        None => "nobody".to_owned(),
    }
}

async fn private(citizen: Citizen) -> String {
    format!("private page of {}", citizen.subject())
}

async fn level3(RequireLevel(citizen): RequireLevel<3>) -> String {
    format!("level {} for {}", citizen.acr().unwrap_or("?"), citizen.subject())
}

/// A browser with its cookies, talking to one portal.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub jar: BTreeMap<String, String>,
}

/// An answer.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    pub fn location(&self) -> &str {
        self.headers.get(LOCATION).expect(&self.body).to_str().unwrap()
    }

    pub fn cookies(&self) -> Vec<&str> {
        self.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
    }
}

impl Browser {
    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, &[], String::new()).await
    }

    pub async fn post(&mut self, path: &str, headers: &[(&str, &str)], body: String) -> Page {
        self.send(Method::POST, path, headers, body).await
    }

    async fn send(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Page {
        let mut request = Request::builder().method(method).uri(path);
        if !self.jar.is_empty() {
            let jar: Vec<String> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(COOKIE, jar.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (pair, _) = text.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if text.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = axum::body::to_bytes(body, 1_000_000).await.unwrap();
        Page { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// The authorization request of a sign-in.
    pub async fn begin(&mut self, path: &str) -> String {
        let page = self.get(path).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        page.location().to_owned()
    }

    /// A whole sign-in; the answer to the callback.
    pub async fn sign_in(&mut self, op: &Op) -> Page {
        let location = self.begin("/login").await;
        let answer = op.authorize(&location);
        self.get(&format!("/callback?{answer}")).await
    }

    pub fn cookie(&self, purpose: &str) -> Option<&String> {
        self.jar.iter().find(|(name, _)| name.ends_with(purpose)).map(|(_, value)| value)
    }
}

/// Parameters of a URL.
pub fn parameters(location: &str) -> HashMap<String, String> {
    let query = location.split_once('?').map(|(_, query)| query).unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}
