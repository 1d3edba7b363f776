//! The citizen's data, to be taken along.

use super::enter::Visit;
use super::history::KINDS;
use crate::extract::Browser;
use crate::flow::problem::Problem;
use crate::state::{Broker, OWN_CLIENT};
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::claims::{Claims, Mark, Marked};
use broker_domain::ids::{CitizenId, EventId};
use broker_domain::person::{AccountKind, Gender};
use broker_domain::ports::{Link, OwnRecord, OwnSubject, Write};
use serde_json::{Map, Value, json};

/// Entries of the history that are read at once.
const PAGE: i64 = 500;
/// Entries of the history at the most: the newest.
const MOST: usize = 20_000;

fn claim<T>(marked: Option<&Marked<T>>, value: impl Fn(&T) -> Value) -> Value {
    let Some(marked) = marked else { return Value::Null };
    json!({
        "value": value(&marked.value),
        "verified": marked.mark == Mark::Green,
        "source": marked.source.as_ref().map(|s| s.name()),
        "verified_at": marked.verified_at.map(|at| at.to_string()),
    })
}

/// Claims with their marks, by the names that portals know.
fn claims(claims: &Claims) -> Value {
    let text = |t: &String| json!(t);
    json!({
        "personal_number": claim(claims.personal_number.as_ref(), |n| json!(n.as_str())),
        "old_number": claim(claims.old_number.as_ref(), |n| json!(n.as_str())),
        "passport_number": claim(claims.passport.as_ref(), text),
        "name": claim(claims.full_name.as_ref(), |n| json!(n.as_str())),
        "birthdate": claim(claims.birth_date.as_ref(), |d| json!(d.iso())),
        "gender": claim(claims.gender.as_ref(), |g| json!(match g {
            Gender::Male => "male",
            Gender::Female => "female",
        })),
        "phone_number": claim(claims.phone.as_ref(), text),
        "email": claim(claims.email.as_ref(), text),
        "address": claim(claims.address.as_ref(), text),
        "current_address": claim(claims.current_address.as_ref(), text),
        "tax_code": claim(claims.tax_code.as_ref(), |c| json!(c.as_str())),
        "business_code": claim(claims.business_code.as_ref(), text),
        "organization_name": claim(claims.organization_name.as_ref(), text),
    })
}

fn subjects(all: &[OwnSubject]) -> Value {
    // The account pages share nothing: what they were given names nobody to anybody.
    let shown = all.iter().filter(|s| s.sector.as_str() != OWN_CLIENT);
    shown
        .map(|s| json!({"portals": s.sector.as_str(), "subject": s.subject.as_str(), "since": s.since.to_string()}))
        .collect()
}

/// `kind`: of whoever takes it. An organization is acted for by several people: what an account of it says of the one who had opened
/// it is none of the others' business.
fn link(link: &Link, kind: AccountKind) -> Value {
    let said = match kind {
        AccountKind::Citizen => link.account.claims.clone(),
        AccountKind::Organization => of_organization(&link.account.claims),
    };
    json!({
        "portal": link.account.namespace.as_str(),
        "account": link.account.tech_id.as_str(),
        "linked_at": link.linked_at.to_string(),
        "evidence": link.evidence.as_str(),
        "claims": claims(&said),
    })
}

fn of_organization(all: &Claims) -> Claims {
    Claims {
        tax_code: all.tax_code.clone(),
        business_code: all.business_code.clone(),
        organization_name: all.organization_name.clone(),
        ..Claims::default()
    }
}

async fn history(broker: &Broker, citizen: &CitizenId) -> Result<Vec<Value>, Problem> {
    let (mut all, mut before) = (Vec::new(), None);
    while all.len() < MOST {
        let some = broker.stores.audit.of_citizen(citizen, &KINDS, before, PAGE).await?;
        let Some(last) = some.last() else { break };
        before = Some(last.seq);
        all.extend(some.iter().map(|e| {
            json!({
                "at": e.event.at.to_string(),
                "what": e.event.kind.name(),
                "portal": e.event.client.as_ref().map(|c| c.as_str()),
            })
        }));
    }
    Ok(all)
}

fn record(all: &mut Map<String, Value>, record: &OwnRecord, kind: AccountKind) {
    // An organization's identities name everybody who ever acted for it.
    let shown = record.identities.iter().filter(|_| kind == AccountKind::Citizen);
    let identities: Value = shown
        .map(|i| json!({"issuer": i.issuer, "subject": i.subject, "since": i.since.to_string()}))
        .collect();
    let consents: Value = record
        .consents
        .iter()
        .map(|c| json!({"portal": c.client.as_str(), "scope": c.scope.to_string(), "allowed_at": c.at.to_string()}))
        .collect();
    all.insert("recorded_at".to_owned(), json!(record.recorded_at.to_string()));
    all.insert("changed_at".to_owned(), json!(record.changed_at.to_string()));
    all.insert("identities".to_owned(), identities);
    all.insert("subjects".to_owned(), subjects(&record.subjects));
    all.insert("former_subjects".to_owned(), subjects(&record.aliases));
    all.insert("consents".to_owned(), consents);
}

/// Everything that is kept of whoever is signed in, as JSON. That it was taken is audited first: without that nothing is given.
///
/// # Errors
/// When a store does not answer, or who signed in is no citizen.
pub async fn take_data(broker: &Broker, browser: &Browser, visit: &Visit) -> Result<Value, Problem> {
    let (citizen, kind) = (visit.citizen()?, visit.session.kind);
    let mut all = Map::new();
    all.insert("made_at".to_owned(), json!(visit.now.to_string()));
    all.insert("issuer".to_owned(), json!(broker.issuer.as_str()));
    all.insert("claims".to_owned(), claims(&visit.session.claims));
    if let Some(own) = broker.stores.own_data.record(citizen).await? {
        record(&mut all, &own, kind);
    }
    let linked = broker.stores.accounts.links(citizen).await?;
    all.insert("linked_accounts".to_owned(), linked.iter().map(|l| link(l, kind)).collect());
    all.insert("history".to_owned(), Value::Array(history(broker, citizen).await?));
    let mut event = AuditEvent::new(EventId::generate(&*broker.entropy), visit.now, AuditKind::DataTaken);
    event.citizen = Some(citizen.clone());
    event.sid = Some(visit.session.sid.clone());
    event.trace = Some(browser.trace.clone());
    broker.stores.expiring.commit(vec![Write::Audit(Box::new(event))]).await?;
    Ok(Value::Object(all))
}
