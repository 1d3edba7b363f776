//! The pages of refusals that no handler makes.

use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::flow::Problem;
use crate::pages::problem::show;
use crate::server::{Page, Refused};
use crate::state::Broker;
use std::sync::Arc;

/// Makes them, in the language of the browser.
pub(super) fn page(broker: Arc<Broker>) -> Page {
    Arc::new(move |refused, request| {
        let code = match refused {
            Refused::Overloaded => Code::Overloaded,
            Refused::TimedOut => Code::TookTooLong,
            Refused::Broken => Code::Internal,
            Refused::TooLarge => Code::RequestTooLarge,
            Refused::TooMany { .. } => Code::TooManyRequests,
        };
        show(&broker, &Browser::read(&broker, request), &Problem::new(code))
    })
}
