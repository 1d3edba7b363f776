//! The `claims` request parameter (OpenID Connect Core 5.5).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

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

/// The two lists of the parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsRequest {
    /// For the userinfo endpoint.
    pub userinfo: Vec<ClaimWish>,
    /// For the id_token.
    pub id_token: Vec<ClaimWish>,
}

impl ClaimsRequest {
    /// Reads the parameter; `None` when it is not the JSON that the standard asks for. Unknown members and claims are kept or
    /// ignored, never an error.
    pub fn parse(text: &str) -> Option<Self> {
        let Value::Object(all) = serde_json::from_str::<Value>(text).ok()? else { return None };
        let list = |member: &str| -> Option<Vec<ClaimWish>> {
            match all.get(member) {
                None | Some(Value::Null) => Some(Vec::new()),
                Some(Value::Object(claims)) => {
                    claims.iter().take(100).map(|(name, wish)| read(name, wish)).collect()
                }
                Some(_) => None,
            }
        };
        Some(Self { userinfo: list("userinfo")?, id_token: list("id_token")? })
    }

    /// The parameter again; `None` when nothing is asked for.
    pub fn to_json(&self) -> Option<String> {
        let list = |wishes: &[ClaimWish]| -> Value {
            let wish = |w: &ClaimWish| match (w.essential, w.values.is_empty()) {
                (false, true) => Value::Null,
                (essential, true) => json!({ "essential": essential }),
                (essential, false) => json!({"essential": essential, "values": w.values}),
            };
            Value::Object(wishes.iter().map(|w| (w.name.clone(), wish(w))).collect())
        };
        let empty = self.userinfo.is_empty() && self.id_token.is_empty();
        (!empty)
            .then(|| json!({"userinfo": list(&self.userinfo), "id_token": list(&self.id_token)}).to_string())
    }

    /// The wish for a claim of the id_token.
    pub fn id_token_wish(&self, name: &str) -> Option<&ClaimWish> {
        self.id_token.iter().find(|w| w.name == name)
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
