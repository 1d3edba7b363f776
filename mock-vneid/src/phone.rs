//! The page that plays the phone.

use crate::html::{Message, page};
use crate::people::Citizen;
use crate::signin::{decide, field};
use crate::state::{Decision, State};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State as Shared};
use axum::response::Response;
use http::StatusCode;

#[derive(Template)]
#[template(path = "phone.html")]
struct PhonePage {
    en: bool,
    qr: Option<String>,
    citizens: Vec<Citizen>,
    rows: Vec<(String, String, String)>,
    texts: Vec<(String, String, String, String)>,
    waiting: Vec<String>,
}

/// The phone: a QR sign-in to decide, or the codes that came.
pub(crate) async fn show(
    Shared(state): Shared<State>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let inner = state.lock();
    let qr = field(&query, "qr").filter(|w| inner.qrs.contains_key(*w)).map(str::to_owned);
    let rows = inner
        .citizens
        .values()
        .filter_map(|c| {
            Some((c.phone.clone(), c.full_name.clone(), inner.messages.get(&c.phone)?.front()?.clone()))
        })
        .collect();
    let owner = |phone: &str| inner.citizens.values().find(|c| c.phone == phone).map(|c| c.full_name.clone());
    let texts = inner.texts.latest().into_iter().map(|(phone, sms)| {
        let owner = owner(&phone).unwrap_or_default();
        (phone, owner, sms.sender.clone(), sms.text.clone())
    });
    let texts = texts.collect();
    let waiting = inner.qrs.iter().filter(|(_, q)| q.decided.is_none()).map(|(w, _)| w.clone()).collect();
    let citizens = inner.citizens.values().cloned().collect();
    drop(inner);
    page(StatusCode::OK, &PhonePage { en: false, qr, citizens, rows, texts, waiting })
}

/// The phone's owner decides.
pub(crate) async fn post(
    Shared(state): Shared<State>,
    Path(on_phone): Path<String>,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    let decision = match field(&form, "decision") {
        Some("approve") => Decision::Approve,
        Some("biometric") => Decision::Biometric,
        _ => Decision::Reject,
    };
    let done = decide(&state, &on_phone, decision, field(&form, "citizen").unwrap_or(""));
    let (title, text) = match (done, decision) {
        (false, _) => ("Yêu cầu đã hết hạn", "Không còn yêu cầu đăng nhập này."),
        (true, Decision::Reject) => ("Đã từ chối", "Yêu cầu đăng nhập đã bị từ chối."),
        (true, _) => ("Đã xác nhận", "Hãy quay lại trang đăng nhập trên máy tính."),
    };
    let message =
        Message { en: false, id: "phone-done", title: title.to_owned(), text: text.to_owned(), link: None };
    page(StatusCode::OK, &message)
}
