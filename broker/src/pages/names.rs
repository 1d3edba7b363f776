//! What pages call things of the domain.

use crate::errors::catalogue::Code;
use crate::state::Broker;
use crate::texts::Lang;
use crate::views::NotLinkedWhy;
use broker_domain::authorization::NoLink;
use broker_domain::ids::Namespace;

/// The name of a namespace in a language.
pub(super) fn origin(broker: &Broker, namespace: &Namespace, lang: Lang) -> String {
    let rules = broker.namespaces.find(namespace);
    let name = rules.as_ref().map(|rules| match lang {
        Lang::En if !rules.name.en.is_empty() => rules.name.en.as_str(),
        _ => rules.name.vi.as_str(),
    });
    // Nobody has said what it is called: the portal of that name has a name of its own.
    let of_portal = || {
        let client = broker.registry.find(namespace.as_str())?;
        Some(match lang {
            Lang::En if !client.name.en.is_empty() => client.name.en.clone(),
            _ => client.name.vi.clone(),
        })
    };
    match name {
        Some(name) if name != namespace.as_str() => name.to_owned(),
        _ => of_portal().unwrap_or_else(|| namespace.as_str().to_owned()),
    }
}

/// As the page says it.
pub(super) const fn why_not(why: NoLink) -> NotLinkedWhy {
    match why {
        NoLink::Differs { name, birth_date } => NotLinkedWhy::Differs { name, birth_date },
        NoLink::LinkedToAnother => NotLinkedWhy::LinkedToAnother,
        NoLink::NoWayToProve => NotLinkedWhy::NoWay,
        NoLink::Closed => NotLinkedWhy::Closed,
        NoLink::Locked => NotLinkedWhy::Locked,
        NoLink::Deceased => NotLinkedWhy::Deceased,
    }
}

/// The code to read out on the phone.
pub(super) const fn code_of(why: NoLink) -> Code {
    match why {
        NoLink::Differs { .. } | NoLink::LinkedToAnother | NoLink::NoWayToProve => Code::ReviewPending,
        NoLink::Closed | NoLink::Locked | NoLink::Deceased => Code::AccountClosed,
    }
}
