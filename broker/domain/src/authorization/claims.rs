//! The `claims` request parameter (OpenID Connect Core 5.5).

use super::verified::VerifiedWishes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Where verified claims are asked for.
const VERIFIED: &str = "verified_claims";

/// What is asked of one claim.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimWish {
    /// The claim's name.
    pub name: String,
    /// Whether the client cannot do without it.
    pub essential: bool,
    /// The values that it wants, when it names any.
    pub values: Vec<String>,
}

/// What is asked for in one place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimWishes {
    /// Single claims.
    pub single: Vec<ClaimWish>,
    /// Verified claims (OpenID Connect for Identity Assurance 1.0).
    pub verified: VerifiedWishes,
}

impl ClaimWishes {
    fn parse(value: Option<&Value>) -> Option<Self> {
        let claims = match value {
            None | Some(Value::Null) => return Some(Self::default()),
            Some(Value::Object(claims)) => claims,
            Some(_) => return None,
        };
        let single = claims.iter().filter(|(name, _)| *name != VERIFIED).take(100);
        Some(Self {
            single: single.map(|(name, wish)| read(name, wish)).collect::<Option<_>>()?,
            verified: match claims.get(VERIFIED) {
                None => VerifiedWishes::default(),
                Some(asked) => VerifiedWishes::parse(asked)?,
            },
        })
    }

    fn to_json(&self) -> Value {
        let wish = |w: &ClaimWish| match (w.essential, w.values.is_empty()) {
            (false, true) => Value::Null,
            (essential, true) => json!({ "essential": essential }),
            (essential, false) => json!({"essential": essential, "values": w.values}),
        };
        let mut all: Map<String, Value> = self.single.iter().map(|w| (w.name.clone(), wish(w))).collect();
        all.extend(self.verified.to_json().map(|verified| (VERIFIED.to_owned(), verified)));
        Value::Object(all)
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.single.is_empty() && self.verified == VerifiedWishes::default()
    }

    /// The names of all claims asked for, verified or not.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.single.iter().map(|wish| wish.name.as_str()).chain(self.verified.names())
    }
}

/// The two places of the parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsRequest {
    /// For the userinfo endpoint.
    pub userinfo: ClaimWishes,
    /// For the id_token.
    pub id_token: ClaimWishes,
}

impl ClaimsRequest {
    /// Reads the parameter; `None` when it is not the JSON that the standard asks for. Unknown members and claims are kept or
    /// ignored, never an error.
    pub fn parse(text: &str) -> Option<Self> {
        let Value::Object(all) = serde_json::from_str::<Value>(text).ok()? else { return None };
        Some(Self {
            userinfo: ClaimWishes::parse(all.get("userinfo"))?,
            id_token: ClaimWishes::parse(all.get("id_token"))?,
        })
    }

    /// The parameter again; `None` when nothing is asked for.
    pub fn to_json(&self) -> Option<String> {
        (*self != Self::default()).then(|| {
            json!({"userinfo": self.userinfo.to_json(), "id_token": self.id_token.to_json()}).to_string()
        })
    }

    /// The names of all claims asked for, in either place.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.userinfo.names().chain(self.id_token.names())
    }

    /// The wish for a claim of the id_token.
    pub fn id_token_wish(&self, name: &str) -> Option<&ClaimWish> {
        self.id_token.single.iter().find(|w| w.name == name)
    }
}

fn read(name: &str, wish: &Value) -> Option<ClaimWish> {
    let text = |v: &Value| match v {
        Value::String(s) => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(b.to_string()),
        _ => None,
    };
    match wish {
        Value::Null => Some(ClaimWish { name: name.to_owned(), ..ClaimWish::default() }),
        Value::Object(o) => {
            let mut values: Vec<String> = o.get("value").and_then(text).into_iter().collect();
            if let Some(Value::Array(several)) = o.get("values") {
                values.extend(several.iter().filter_map(text));
            }
            let essential = o.get("essential").and_then(Value::as_bool).unwrap_or(false);
            Some(ClaimWish { name: name.to_owned(), essential, values })
        }
        _ => None,
    }
}
