//! Who is asking: extractors for handlers.

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum::http::Method;
use axum::http::request::Parts;
use serde_json::{Map, Value};

use crate::claims::{Mark, mark};
use crate::error::Error;
use crate::level::Level;
use crate::query;
use crate::relying_party::Current;
use crate::web::portal::{Portal, Rejection};

/// The citizen who is signed in. Where nobody is, a page request is sent to the sign-in and comes back afterwards; any
/// other request gets the error page with 401. Take `Option<Citizen>` where both are fine.
#[derive(Debug, Clone, PartialEq)]
pub struct Citizen(Current);

impl Citizen {
    /// `sub`: the key under which the portal stores its citizen.
    pub fn subject(&self) -> &str {
        &self.0.session.subject
    }

    /// The full name: `name`, or `HoVaTen` at portals of the former sign-on.
    pub fn name(&self) -> Option<&str> {
        ["name", "HoVaTen"].into_iter().find_map(|claim| self.text(claim))
    }

    /// A claim that is a text.
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims().get(claim).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
    }

    /// All claims.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.0.session.claims
    }

    /// What stands behind a claim.
    pub fn mark(&self, claim: &str) -> Mark {
        mark(self.claims(), claim)
    }

    /// `acr`, as the broker said it.
    pub fn acr(&self) -> Option<&str> {
        self.0.session.acr.as_deref()
    }

    /// The level that was reached.
    pub fn level(&self) -> Option<Level> {
        self.0.session.level()
    }

    /// The session, for [`RelyingParty::fresh`](crate::RelyingParty::fresh).
    pub fn current(&self) -> &Current {
        &self.0
    }
}

/// A citizen who was authenticated at level `N` (1 to 4) at least. Others are sent to reach it, and come back.
#[derive(Debug, Clone, PartialEq)]
pub struct RequireLevel<const N: u8>(
    /// Who.
    pub Citizen,
);

impl<S> OptionalFromRequestParts<S> for Citizen
where
    Portal: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Rejection> {
        find(parts, &Portal::from_ref(state)).await
    }
}

impl<S> FromRequestParts<S> for Citizen
where
    Portal: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let portal = Portal::from_ref(state);
        find(parts, &portal).await?.ok_or_else(|| sign_in(parts, &portal, None, &Error::NotSignedIn))
    }
}

impl<S, const N: u8> FromRequestParts<S> for RequireLevel<N>
where
    Portal: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let portal = Portal::from_ref(state);
        let wanted = Level::from_number(N);
        match find(parts, &portal).await? {
            None => Err(sign_in(parts, &portal, Some(wanted), &Error::NotSignedIn)),
            Some(citizen) if citizen.level().is_some_and(|reached| reached >= wanted) => Ok(Self(citizen)),
            Some(citizen) => {
                let error = Error::LevelNotReached { wanted, reached: citizen.level() };
                Err(sign_in(parts, &portal, Some(wanted), &error))
            }
        }
    }
}

async fn find(parts: &Parts, portal: &Portal) -> Result<Option<Citizen>, Rejection> {
    match portal.relying_party().current(&parts.headers).await {
        Ok(found) => Ok(found.map(Citizen)),
        Err(error) => Err(Rejection::page(portal, &error, &parts.headers)),
    }
}

/// Off to the sign-in for a page; what changes something cannot be repeated by a redirect, so it gets the error page.
fn sign_in(parts: &Parts, portal: &Portal, level: Option<Level>, error: &Error) -> Rejection {
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return Rejection::page(portal, error, &parts.headers);
    }
    let here = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let level = level.map(|level| level.number().to_string());
    let mut pairs = vec![("return_to", here)];
    pairs.extend(level.as_deref().map(|level| ("level", level)));
    Rejection::sign_in(format!("{}?{}", portal.relying_party().paths().login, query::join(&pairs)))
}
