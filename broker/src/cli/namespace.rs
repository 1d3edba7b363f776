//! `broker namespace …`

use super::arguments::{NamespaceCommand, Switch, When};
use super::failure::Failure;
use super::given::{Output, json_line};
use crate::app::Opened;
use crate::config::{NamespaceSettings, Settings};
use crate::state::Namespaces;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::clock::Timestamp;
use broker_domain::ids::{EventId, Namespace};
use broker_domain::linking::{CutOff, NamespaceRules};
use broker_domain::ports::{NamespaceChange, NamespaceOrder, Topic};
use serde_json::json;
use std::collections::HashMap;

pub(super) async fn run(
    command: NamespaceCommand,
    settings: &Settings,
    opened: &Opened,
    out: Output<'_>,
) -> Result<(), Failure> {
    match command {
        NamespaceCommand::List { json } => list(json, settings, opened, out).await,
        NamespaceCommand::CutOff { namespace, when } => {
            let namespace = known(&namespace, settings, opened).await?;
            let cut_off = match when {
                When::At(cut_off) => Some(cut_off),
                When::Configured => None,
            };
            let said = cut_off.map_or_else(|| "as configured".to_owned(), shown);
            let change = NamespaceChange::CutOff(cut_off);
            order(&namespace, change, AuditKind::NamespaceCutOffSet, &said, opened).await?;
            Ok(writeln!(out, "cut-off of {namespace}: {said}")?)
        }
        NamespaceCommand::Switch { namespace, to } => {
            let namespace = known(&namespace, settings, opened).await?;
            let (off, said) = match to {
                Switch::On => (Some(false), "on"),
                Switch::Off => (Some(true), "off"),
                Switch::Configured => (None, "as configured"),
            };
            let change = NamespaceChange::SwitchedOff(off);
            order(&namespace, change, AuditKind::NamespaceSwitched, said, opened).await?;
            Ok(writeln!(out, "sign-in with accounts of {namespace}: {said}")?)
        }
    }
}

/// A namespace that is configured, has accounts, or has orders: a word typed wrongly must not look as if it were obeyed.
async fn known(name: &str, settings: &Settings, opened: &Opened) -> Result<Namespace, Failure> {
    let namespace = Namespace::new(name);
    if settings.namespaces.iter().any(|n| n.id == name)
        || opened.stores.accounts.count_accounts(&namespace).await? > 0
        || opened.stores.namespaces.orders().await?.iter().any(|o| o.namespace == namespace)
    {
        return Ok(namespace);
    }
    Err(Failure::Asked(format!(
        "no namespace {name}: none is configured, and no account was imported under this name"
    )))
}

/// Stores an order, writes the audit event, and tells running instances.
async fn order(
    namespace: &Namespace,
    change: NamespaceChange,
    kind: AuditKind,
    said: &str,
    opened: &Opened,
) -> Result<(), Failure> {
    let now = opened.clock.now();
    opened.stores.namespaces.order(namespace, change, now).await?;
    let mut event = AuditEvent::new(EventId::generate(&*opened.entropy), now, kind);
    event.note = Some(format!("{namespace}: {said}"));
    opened.stores.audit.append(&[event]).await?;
    // Who misses the word looks for itself within half a second.
    let _ = opened.stores.announcements.announce(Topic::Namespaces).await;
    Ok(())
}

fn shown(cut_off: CutOff) -> String {
    match cut_off {
        CutOff::At(at) => at.in_viet_nam(),
        CutOff::Never => "never".to_owned(),
    }
}

/// What sign-in with an account of the namespace does now, for whoever is not exempt.
fn state(rules: &NamespaceRules, now: Timestamp) -> &'static str {
    match (rules.switched_off, rules.cut_off.past(now)) {
        (true, _) => "off",
        (false, Some(_)) => "proves only",
        (false, None) => "opens sessions",
    }
}

/// Who said so.
const fn source(ordered: bool) -> &'static str {
    if ordered { "order" } else { "configuration" }
}

async fn list(as_json: bool, settings: &Settings, opened: &Opened, out: Output<'_>) -> Result<(), Failure> {
    let configured = settings.namespaces.iter().map(NamespaceSettings::rules).collect();
    let namespaces = Namespaces::new(configured, HashMap::new(), settings.sms.is_some());
    let orders = opened.stores.namespaces.orders().await?;
    namespaces.take(&orders);
    let (all, now) = (namespaces.all(), opened.clock.now());
    let ordered = |rules: &NamespaceRules| -> (bool, bool) {
        let order: Option<&NamespaceOrder> = orders.iter().find(|o| o.namespace == rules.id);
        (order.is_some_and(|o| o.cut_off.is_some()), order.is_some_and(|o| o.switched_off.is_some()))
    };
    let tile = |rules: &NamespaceRules| rules.method.map_or("none", |m| m.as_str());
    if as_json {
        for rules in &all {
            let (cut_off, switch) = ordered(rules);
            let described = json!({
                "namespace": rules.id.as_str(), "name_vi": rules.name.vi, "name_en": rules.name.en, "tile": tile(rules),
                "cut_off": shown(rules.cut_off), "cut_off_by": source(cut_off),
                "switched_off": rules.switched_off, "switched_by": source(switch), "now": state(rules, now),
                "proof": {"password": rules.proofs.password, "phone_code": rules.proofs.phone_code},
            });
            json_line(out, &described)?;
        }
        return Ok(());
    }
    let width = all.iter().map(|rules| rules.id.as_str().len()).max().unwrap_or(0).max(9);
    writeln!(out, "{:width$}  {:8}  {:14}  {:13}  {:25}  BY", "NAMESPACE", "TILE", "NOW", "BY", "CUT-OFF")?;
    for rules in &all {
        let (cut_off, switch) = ordered(rules);
        let (id, now, at) = (rules.id.as_str(), state(rules, now), shown(rules.cut_off));
        let (by, cut_off_by) = (source(switch), source(cut_off));
        writeln!(out, "{id:width$}  {:8}  {now:14}  {by:13}  {at:25}  {cut_off_by}", tile(rules))?;
    }
    Ok(())
}
