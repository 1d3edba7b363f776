//! Answers that every route gives alike.

use axum::http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::error::{Error, ErrorKind};
use crate::login::Redirect;

/// A redirect that is not cached and tells nobody where it came from (codes and states stand in URLs).
pub(super) fn redirect(redirect: &Redirect) -> Response {
    let Ok(location) = HeaderValue::from_str(&redirect.location) else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(LOCATION, location);
    for cookie in redirect.cookies.iter().filter_map(|cookie| HeaderValue::from_str(cookie).ok()) {
        headers.append(SET_COOKIE, cookie);
    }
    private(headers);
    response
}

/// Not to be cached, no referrer.
pub(super) fn private(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}

/// The page for an error when the portal has none of its own: plain, in Vietnamese and English.
pub(super) fn plain_page(error: &Error) -> Response {
    let (vietnamese, english) = match error.kind() {
        ErrorKind::Cancelled => ("Ông/Bà đã dừng đăng nhập.", "You stopped signing in."),
        ErrorKind::LevelNotReached => (
            "Lần đăng nhập này chưa đạt mức xác thực cần thiết.",
            "This sign-in did not reach the level that is needed.",
        ),
        ErrorKind::StartAgain => (
            "Phiên đăng nhập không còn hiệu lực. Vui lòng đăng nhập lại.",
            "Please sign in again from the beginning.",
        ),
        ErrorKind::TryLater => (
            "Chưa kết nối được hệ thống đăng nhập. Vui lòng thử lại sau ít phút.",
            "Please try again in a few minutes.",
        ),
        ErrorKind::NotSignedIn => ("Vui lòng đăng nhập.", "Please sign in."),
        ErrorKind::Broken => (
            "Không đăng nhập được. Vui lòng báo cho đơn vị quản lý cổng.",
            "Signing in failed. Please tell the portal's operator.",
        ),
    };
    let page = format!(
        "<!doctype html><html lang=\"vi\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{vietnamese}</title><h1>{vietnamese}</h1><p lang=\"en\">{english}</p>"
    );
    (error.status(), axum::response::Html(page)).into_response()
}
