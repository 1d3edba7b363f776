//! A registered client and what it does at the broker's endpoints.

use crate::answer::Answer;
use crate::call::Call;
use crate::request::Request;
use crate::returned::Returned;
use crate::tokens::Tokens;
use axum::Router;
use serde_json::Value;

/// How it proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    Basic,
    Post,
    Public,
}

/// A portal.
#[derive(Clone)]
pub struct Portal {
    pub id: String,
    pub secret: String,
    pub redirect_uri: String,
    pub proof: Proof,
    /// What it registered.
    pub metadata: Value,
    pub router: Router,
}

impl Portal {
    /// A request as this portal makes it.
    pub fn request(&self) -> Request {
        Request::of(self)
    }

    /// The same portal, at another instance of the broker.
    #[must_use]
    pub fn at(&self, router: &Router) -> Self {
        Self { router: router.clone(), ..self.clone() }
    }

    /// A call with its proof; `pairs` is the rest of the form.
    pub fn call(&self, path: &str, pairs: &[(&str, &str)]) -> Call {
        let mut pairs = pairs.to_vec();
        match self.proof {
            Proof::Basic => return Call::post(path).basic(&self.id, &self.secret).form(&pairs),
            Proof::Post => {
                pairs.extend([("client_id", self.id.as_str()), ("client_secret", self.secret.as_str())])
            }
            Proof::Public => pairs.push(("client_id", self.id.as_str())),
        }
        Call::post(path).form(&pairs)
    }

    pub async fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        self.call(path, pairs).send(&self.router).await
    }

    /// The call that redeems a code.
    pub fn redemption(&self, code: &str, request: &Request) -> Call {
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", request.get("redirect_uri").unwrap()),
        ];
        if request.get("code_challenge").is_some() {
            pairs.push(("code_verifier", &request.verifier));
        }
        self.call("/oauth2/token", &pairs)
    }

    /// Redeems a code.
    pub async fn redeem(&self, code: &str, request: &Request) -> Answer {
        self.redemption(code, request).send(&self.router).await
    }

    /// Redeems the code that came back, and expects tokens.
    #[track_caller]
    pub fn tokens(&self, returned: &Returned, request: &Request) -> impl Future<Output = Tokens> {
        let (portal, code, request) = (self.clone(), returned.code(), request.clone());
        async move { Tokens::of(&portal.redeem(&code, &request).await) }
    }

    pub async fn refresh(&self, refresh_token: &str) -> Answer {
        self.post("/oauth2/token", &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    /// What userinfo says.
    pub async fn userinfo(&self, access: &str) -> Answer {
        Call::get("/oauth2/userinfo").bearer(access).send(&self.router).await
    }

    pub async fn introspect(&self, token: &str) -> Answer {
        self.post("/oauth2/introspect", &[("token", token)]).await
    }

    pub async fn revoke(&self, token: &str) -> Answer {
        self.post("/oauth2/revoke", &[("token", token)]).await
    }

    /// Whether an access token works.
    pub async fn works(&self, access: &str) -> bool {
        match self.userinfo(access).await.status {
            200 => true,
            401 => false,
            other => panic!("{other}"),
        }
    }
}
