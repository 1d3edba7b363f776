//! Browsers that came by https once come by nothing else (RFC 6797).

use crate::state::Broker;
use axum::response::Response;
use http::HeaderValue;
use http::header::STRICT_TRANSPORT_SECURITY;

/// Says so, where the issuer may.
pub fn https_alone(broker: &Broker, response: &mut Response) {
    if broker.issuer.wants_https_alone() {
        let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        response.headers_mut().entry(STRICT_TRANSPORT_SECURITY).or_insert(two_years);
    }
}
