//! `broker accounts show`

use super::failure::Failure;
use super::given::{Output, json_line};
use crate::app::Opened;
use crate::import::{kind_word, shown_claims, status_word};
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::ids::{EventId, SectorId};
use broker_domain::ports::ShownAccount;
use broker_domain::subject::Subject;
use serde_json::{Value, json};

/// Prints an account. Only what reveals its contents is an event of the audit trail.
pub(super) async fn tell(
    shown: &ShownAccount,
    reveal: bool,
    opened: &Opened,
    out: Output<'_>,
) -> Result<(), Failure> {
    if reveal {
        let mut event = AuditEvent::new(
            EventId::generate(&*opened.entropy),
            opened.clock.now(),
            AuditKind::AccountRevealed,
        );
        let account = &shown.kept.account;
        event.citizen.clone_from(&shown.kept.owner);
        event.note = Some(format!("{}: account {}", account.namespace, account.id));
        opened.stores.audit.append(&[event]).await?;
    }
    json_line(out, &described(shown, reveal))
}

fn described(shown: &ShownAccount, reveal: bool) -> Value {
    let named = |pairs: &[(SectorId, Subject)]| -> Vec<Value> {
        pairs.iter().map(|(s, id)| json!({ "sector": s.as_str(), "subject": id.as_str() })).collect()
    };
    let account = &shown.kept.account;
    let link = shown.kept.owner.as_ref().map(|owner| {
        json!({
            "citizen": owner.as_str(),
            "since": shown.link.map(|(since, _)| since.to_string()),
            "evidence": shown.link.map(|(_, evidence)| evidence.as_str()),
            "subjects": named(&shown.subjects),
            "aliases": named(&shown.aliases),
        })
    });
    json!({
        "namespace": account.namespace.as_str(),
        "tech_id": account.tech_id.as_str(),
        "kind": kind_word(account.kind),
        "status": status_word(account.status),
        "imported_at": shown.imported_at.to_string(),
        "user_name": shown.user_name.as_ref().map(|name| if reveal { name.as_str() } else { "***" }),
        "has_password": account.has_password,
        "claims": shown_claims(&account.claims, reveal),
        "link": link,
    })
}
