//! The state that routes and extractors share.

use std::fmt;
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use crate::error::{Error, ErrorKind};
use crate::login::Redirect;
use crate::relying_party::RelyingParty;
use crate::web::responses;

type ErrorPage = dyn Fn(&Error, &HeaderMap) -> Response + Send + Sync;

/// The relying party and the portal's own page for errors.
#[derive(Clone)]
pub struct Portal {
    relying_party: RelyingParty,
    error_page: Arc<ErrorPage>,
}

impl fmt::Debug for Portal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Portal").field("relying_party", &self.relying_party).finish_non_exhaustive()
    }
}

impl Portal {
    /// With a plain error page in two languages.
    pub fn new(relying_party: RelyingParty) -> Self {
        Self { relying_party, error_page: Arc::new(|error, _| responses::plain_page(error)) }
    }

    /// With the portal's own error page, made from the error ([`Error::kind`] says what the citizen can do,
    /// [`Error::status`] which status fits) and the headers of the request.
    #[must_use]
    pub fn with_error_page(
        mut self,
        page: impl Fn(&Error, &HeaderMap) -> Response + Send + Sync + 'static,
    ) -> Self {
        self.error_page = Arc::new(page);
        self
    }

    /// The relying party.
    pub fn relying_party(&self) -> &RelyingParty {
        &self.relying_party
    }

    /// The page for an error, and a line in the log.
    pub fn error_response(&self, error: &Error, headers: &HeaderMap) -> Response {
        match error.kind() {
            ErrorKind::Broken => tracing::warn!(%error, "sign-in failed"),
            _ => tracing::info!(%error, "sign-in did not succeed"),
        }
        let mut response = (self.error_page)(error, headers);
        responses::private(response.headers_mut());
        response
    }
}

/// Why an extractor gave nothing: a redirect to the sign-in, or an error page.
#[derive(Debug)]
pub struct Rejection(Response);

impl Rejection {
    pub(super) fn page(portal: &Portal, error: &Error, headers: &HeaderMap) -> Self {
        Self(portal.error_response(error, headers))
    }

    pub(super) fn sign_in(location: String) -> Self {
        Self(responses::redirect(&Redirect { location, cookies: Vec::new() }))
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        self.0
    }
}
