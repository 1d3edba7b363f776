//! The plain dialect: OpenID Connect, as a Keycloak realm speaks it.

mod answers;
mod authorize;
mod claims;
mod discovery;
mod logout;
mod token;
mod userinfo;

pub(crate) use answers::{answer, common, refuse};
pub(crate) use authorize::{authorize, read_request};
pub(crate) use claims::{claims, spoil_claims};
pub(crate) use discovery::{discovery, jwks};
pub(crate) use logout::{end_session, logout_token};
pub(crate) use token::{take, token};
pub(crate) use userinfo::{bearer, userinfo};
