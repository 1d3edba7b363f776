//! `/language`: the citizen chooses the language of pages; the choice is kept in the browser.

use crate::extract::read_form;
use crate::respond::see_other;
use crate::state::Broker;
use crate::texts::Lang;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use std::sync::Arc;

/// Keeps the choice and goes back to the page.
pub async fn post(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let form = read_form(request).await.map(|(_, form)| form).unwrap_or_default();
    let year = Some(365 * 86_400);
    let cookie = form
        .get("lang")
        .and_then(Lang::parse)
        .map(|l| broker.cookies.set(broker.cookies.language(), l.as_str(), year));
    let back = form.get("here").filter(|h| is_own(h)).unwrap_or(crate::paths::LOGGED_OUT);
    see_other(back, &cookie.into_iter().collect::<Vec<_>>())
}

/// Whether a return path stays at the broker: `//elsewhere` and `/\elsewhere` do not.
fn is_own(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
}

#[cfg(test)]
mod tests {
    use super::is_own;

    #[test]
    fn returns_stay_here() {
        assert!(is_own("/login/x?y=z"));
        for bad in ["", "x", "//evil.example", "/\\evil.example", "/a\r\nb", "https://evil.example", "/a b"] {
            assert!(!is_own(bad), "{bad:?}");
        }
    }
}
