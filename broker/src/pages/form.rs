//! The forms of pages, read.

use super::problem;
use crate::errors::catalogue::Code;
use crate::extract::{Browser, read_form};
use crate::flow::Problem;
use crate::state::Broker;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use broker_domain::form::Form;

/// A form that was posted, and the browser that did. What cannot be read is answered with a page.
pub(super) async fn read(broker: &Broker, request: Request<Body>) -> Result<(Browser, Form), Box<Response>> {
    let (parts, body) = request.into_parts();
    let browser = Browser::read(broker, &parts);
    match read_form(Request::from_parts(parts, body)).await {
        Ok((_, form)) => Ok((browser, form)),
        Err(_) => Err(Box::new(problem::show(broker, &browser, &Problem::new(Code::MalformedRequest)))),
    }
}
