//! A citizen with a browser of their own, and the portal that they use: each step of theirs is one operation under measurement.

use crate::forms::Forms;
use crate::portal::Portal;
use crate::stage::Stage;
use crate::upstream::personal_number;
use crate::wire::{Answer, Sent, Wire};
use serde_json::Value;
use std::collections::BTreeMap;
use url::Url;

/// What a login, a refresh or a request for a token brought.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

/// Why an operation did not come to its end.
#[derive(Debug)]
pub(crate) enum Failed {
    /// It was refused at once, for the broker has too much to do.
    Refused,
    /// Anything else.
    Broken(String),
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

type Done<T> = Result<T, Failed>;

/// One of many.
pub(crate) struct Citizen {
    wire: Wire,
    portal: Portal,
    portal_number: usize,
    cookies: BTreeMap<String, String>,
    number: String,
    /// Where VNeID has some.
    forms: Option<Forms>,
    pub(crate) tokens: Tokens,
}

pub(crate) fn unexpected(answer: &Answer) -> Failed {
    if answer.status == 503 && answer.headers.contains_key("retry-after") && answer.text().contains("VB-1903")
        || answer.status == 503 && answer.json()["error"] == "temporarily_unavailable"
    {
        return Failed::Refused;
    }
    let text: String = answer.text().chars().take(2000).collect();
    Failed::Broken(format!("{} {} {text}", answer.status, answer.location()))
}

fn query(url: &str) -> BTreeMap<String, String> {
    Url::parse(url).map(|u| u.query_pairs().into_owned().collect()).unwrap_or_default()
}

fn tokens(answer: &Answer) -> Done<Tokens> {
    if answer.status != 200 {
        return Err(unexpected(answer));
    }
    let body = answer.json();
    let word = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    Ok(Tokens { access: word("access_token"), refresh: word("refresh_token") })
}

impl Citizen {
    pub(crate) fn new(stage: &Stage, n: usize) -> Self {
        Self {
            wire: Wire::new(stage.public),
            forms: stage.vneid.as_ref().map(Forms::of),
            portal: Portal::new(0),
            portal_number: 0,
            cookies: BTreeMap::new(),
            number: personal_number(n),
            tokens: Tokens::default(),
        }
    }

    /// Somebody else sits down at this machine, with a browser that knows nothing.
    pub(crate) fn become_another(&mut self, n: usize) {
        self.cookies.clear();
        self.number = personal_number(n);
    }

    async fn visit(&mut self, path: &str) -> Done<Answer> {
        let pairs: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let cookies = Some(pairs.join("; ")).filter(|c| !c.is_empty());
        let answer = self.wire.send(path, Sent { cookies, ..Sent::default() }).await?;
        for (name, value) in answer.cookies() {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Ok(answer)
    }

    async fn redeem(&mut self, back: &Answer) -> Done<()> {
        if back.status != 303 {
            return Err(unexpected(back));
        }
        let code = query(back.location()).remove("code").ok_or_else(|| unexpected(back))?;
        self.tokens = tokens(&self.portal.redeem(&mut self.wire, &code, self.portal_number).await?)?;
        Ok(())
    }

    /// A whole federated login: the portal sends the citizen, VNeID approves, the portal redeems the code.
    pub(crate) async fn sign_in(&mut self) -> Done<()> {
        let path = self.portal.authorize().to_owned();
        let sent = self.visit(&path).await?;
        let asked = query(sent.location());
        let (Some(state), Some(nonce)) = (asked.get("state"), asked.get("nonce")) else {
            return Err(unexpected(&sent));
        };
        let back = match &mut self.forms {
            Some(forms) => forms.press(sent.location(), &self.number).await?,
            None => {
                let code = format!("{}.{nonce}", self.number);
                format!("/callback/vneid?{}", support::call::form(&[("code", &code), ("state", state)]))
            }
        };
        let back = self.visit(&back).await?;
        self.redeem(&back).await
    }

    /// With a session that lives: at once, without a page.
    pub(crate) async fn sign_in_again(&mut self) -> Done<()> {
        let path = self.portal.authorize().to_owned();
        let back = self.visit(&path).await?;
        self.redeem(&back).await
    }

    pub(crate) async fn refresh(&mut self) -> Done<()> {
        let answer = self.portal.refresh(&mut self.wire, &self.tokens.refresh).await?;
        let new = tokens(&answer)?;
        // Whose client proves itself keeps its refresh token.
        let kept = std::mem::take(&mut self.tokens.refresh);
        self.tokens = Tokens { refresh: if new.refresh.is_empty() { kept } else { new.refresh }, ..new };
        Ok(())
    }

    pub(crate) async fn credentials(&mut self) -> Done<()> {
        tokens(&self.portal.credentials(&mut self.wire).await?).map(|_| ())
    }

    pub(crate) async fn introspect(&mut self) -> Done<()> {
        let answer = self.portal.introspect(&mut self.wire, &self.tokens.access).await?;
        if answer.json()["active"] == Value::Bool(true) { Ok(()) } else { Err(unexpected(&answer)) }
    }

    pub(crate) async fn userinfo(&mut self) -> Done<()> {
        let answer = self.portal.userinfo(&mut self.wire, &self.tokens.access).await?;
        if answer.json()["sub"].is_string() { Ok(()) } else { Err(unexpected(&answer)) }
    }
}
