//! What pages call things of the domain.

use crate::errors::catalogue::Code;
use crate::state::Broker;
use crate::texts::Lang;
use crate::views::NotLinkedWhy;
use broker_domain::authorization::NoLink;
use broker_domain::client::LocalizedName;
use broker_domain::ids::Namespace;

/// The name of a namespace in both languages.
pub(super) fn name_of(broker: &Broker, namespace: &Namespace) -> LocalizedName {
    match broker.namespaces.find(namespace) {
        Some(rules) if rules.name.vi != namespace.as_str() => rules.name.clone(),
        // Nobody has said what it is called: the portal of that name has a name of its own.
        _ => match broker.registry.find(namespace.as_str()) {
            Some(client) => client.name.clone(),
            None => LocalizedName { vi: namespace.as_str().to_owned(), en: String::new() },
        },
    }
}

/// The same in a language.
pub(super) fn origin(broker: &Broker, namespace: &Namespace, lang: Lang) -> String {
    let LocalizedName { vi, en } = name_of(broker, namespace);
    match lang {
        Lang::En if !en.is_empty() => en,
        _ => vi,
    }
}

/// As the page says it.
pub(super) const fn why_not(why: NoLink) -> NotLinkedWhy {
    match why {
        NoLink::Differs { name, birth_date } => NotLinkedWhy::Differs { name, birth_date },
        NoLink::LinkedToAnother | NoLink::Unclear => NotLinkedWhy::LinkedToAnother,
        NoLink::NoWayToProve => NotLinkedWhy::NoWay,
        NoLink::Closed => NotLinkedWhy::Closed,
        NoLink::Locked => NotLinkedWhy::Locked,
        NoLink::Deceased => NotLinkedWhy::Deceased,
        NoLink::Changed => NotLinkedWhy::Changed,
    }
}

/// The code to read out on the phone.
pub(super) const fn code_of(why: NoLink) -> Code {
    match why {
        NoLink::Differs { .. } | NoLink::LinkedToAnother | NoLink::Unclear | NoLink::NoWayToProve => {
            Code::ReviewPending
        }
        NoLink::Closed | NoLink::Locked | NoLink::Deceased => Code::AccountClosed,
        NoLink::Changed => Code::AccountChanged,
    }
}
