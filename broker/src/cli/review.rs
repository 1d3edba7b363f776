//! `broker review …`, and the requests that need two people.

use super::failure::Failure;
use super::given::{Output, json_line};
use super::operator::{AccountArguments, OperatorArguments, ReviewCommand};
use crate::app::{Opened, Said, ask, record_review, say};
use broker_domain::audit::AuditKind;
use broker_domain::claims::Mark;
use broker_domain::event::UnlinkReason;
use broker_domain::ids::{AccountId, CitizenId, Namespace, ReviewId};
use broker_domain::linking::{
    BadStep, Dossier, NewReview, Operator, Outcome, ReviewReason, Ruling, Standing, Vote,
};
use broker_domain::ports::{KeptAccount, Review};
use broker_domain::subject::Subject;
use serde_json::{Value, json};

/// Cases that a list shows at the most.
const LISTED: i64 = 500;

pub(super) async fn run(command: ReviewCommand, opened: &Opened, out: Output<'_>) -> Result<(), Failure> {
    match command {
        ReviewCommand::List { all, json } => list(all, json, opened, out).await,
        ReviewCommand::Show { id, operator } => show(&id, &operator, opened, out).await,
        ReviewCommand::Decide { id, decision, operator, reason } => {
            let id = case(&id)?;
            let vote = vote(&operator, decision, reason, opened)?;
            let said = say(opened, &id, &vote).await?;
            told(&id, said, out)
        }
    }
}

/// The operator of a command.
pub(super) fn operator(given: &OperatorArguments) -> Result<Operator, Failure> {
    Operator::new(&given.name, &given.os_user)
        .map_err(|e| Failure::Asked(format!("--as and --os-user: each {e}")))
}

fn vote(given: &OperatorArguments, ruling: Ruling, why: String, opened: &Opened) -> Result<Vote, Failure> {
    let why = why.trim().to_owned();
    if why.is_empty() {
        return Err(Failure::Asked("--reason: must say why".to_owned()));
    }
    Ok(Vote { by: operator(given)?, ruling, why, at: opened.clock.now() })
}

fn case(id: &str) -> Result<ReviewId, Failure> {
    ReviewId::parse(id).ok_or_else(|| Failure::Asked(format!("{id} is no id of a case")))
}

/// Says what came of it.
fn told(id: &ReviewId, said: Said, out: Output<'_>) -> Result<(), Failure> {
    match said {
        Said::Counts(Standing::Differ) => {
            Ok(writeln!(out, "{id}: the two who decided differ; it stays open until two agree")?)
        }
        Said::Counts(_) => Ok(writeln!(out, "{id}: noted; another person must decide the same")?),
        Said::Ended(Ruling::Reject, _) => Ok(writeln!(out, "{id}: rejected; everything stays as it is")?),
        Said::Ended(ruling, Outcome::Done) => Ok(writeln!(out, "{id}: {} carried out", ruling.as_str())?),
        Said::Ended(ruling, Outcome::Impossible) => Err(Failure::Asked(format!(
            "{id}: two people agreed to {}, but things are no longer as they were; the case is closed",
            ruling.as_str()
        ))),
        Said::Refused(BadStep::NotInThisCase) => Err(Failure::Asked(format!(
            "{id}: {}; `broker review show` names what can be",
            BadStep::NotInThisCase
        ))),
        Said::Refused(bad) => Err(Failure::Asked(format!("{id}: {bad}"))),
        Said::Unknown => Err(Failure::Asked(format!("no case {id}: `broker review list` names them"))),
    }
}

const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::One(_) => "one-of-two",
        Standing::Differ => "they-differ",
        Standing::Agreed(_) => "agreed",
        Standing::Closed(_, Outcome::Done) => "closed",
        Standing::Closed(_, Outcome::Impossible) => "closed-undone",
    }
}

async fn list(all: bool, as_json: bool, opened: &Opened, out: Output<'_>) -> Result<(), Failure> {
    let cases = opened.stores.reviews.reviews(all, LISTED).await?;
    if as_json {
        for review in &cases {
            json_line(out, &outline(review))?;
        }
        return Ok(());
    }
    writeln!(out, "{:22}  {:17}  {:13}  {:22}  SINCE", "ID", "WHY", "STANDS", "CITIZEN")?;
    for review in &cases {
        let (why, stands) = (review.case.reason().as_str(), standing(review.case.standing()));
        writeln!(out, "{}  {why:17}  {stands:13}  {}  {}", review.id, review.citizen, review.opened_at)?;
    }
    Ok(())
}

/// A case without its evidence.
fn outline(review: &Review) -> Value {
    json!({
        "id": review.id.as_str(),
        "why": review.case.reason().as_str(),
        "stands": standing(review.case.standing()),
        "citizen": review.citizen.as_str(),
        "account": review.account.as_ref().map(AccountId::as_str),
        "opened_at": review.opened_at.to_string(),
    })
}

/// Shows a case whole: who looks at a citizen's data is written down.
async fn show(id: &str, given: &OperatorArguments, opened: &Opened, out: Output<'_>) -> Result<(), Failure> {
    let (id, by) = (case(id)?, operator(given)?);
    let review = opened.stores.reviews.review(&id).await?;
    let review =
        review.ok_or_else(|| Failure::Asked(format!("no case {id}: `broker review list` names them")))?;
    let note = format!("{id}: by {by}");
    record_review(opened, AuditKind::ReviewLookedAt, Some(review.citizen.clone()), note).await?;
    let account = match &review.account {
        Some(account) => opened.stores.accounts.by_id(account).await?,
        None => None,
    };
    let mut shown = outline(&review);
    if let Value::Object(shown) = &mut shown {
        shown.insert("can_be_decided".to_owned(), json!(review.case.reason().rulings().map(Ruling::as_str)));
        shown.insert(
            "evidence".to_owned(),
            json!(
                review
                    .dossier
                    .exhibits
                    .iter()
                    .map(|e| json!({
                        "claim": e.claim,
                        "proven": shielded(&e.claim, e.proven.as_deref()),
                        "other": shielded(&e.claim, e.other.as_deref()),
                        "mark": e.mark.map(|m| match m { Mark::Green => "green", Mark::Yellow => "yellow" }),
                        "agrees": e.agrees,
                    }))
                    .collect::<Vec<_>>()
            ),
        );
        shown.insert("asked_for_because".to_owned(), json!(review.dossier.words));
        shown.insert("said".to_owned(), json!(review.case.votes().iter().map(|v| json!({
            "by": v.by.name(), "on": v.by.account(), "decision": v.ruling.as_str(), "reason": v.why, "at": v.at.to_string(),
        })).collect::<Vec<_>>()));
        if let Some(kept) = account {
            shown.insert("namespace".to_owned(), json!(kept.account.namespace.as_str()));
            shown.insert("tech_id".to_owned(), json!(kept.account.tech_id.as_str()));
            shown.insert("linked_to".to_owned(), json!(kept.owner.as_ref().map(CitizenId::as_str)));
        }
    }
    Ok(writeln!(out, "{}", serde_json::to_string_pretty(&shown).unwrap_or_default())?)
}

/// Numbers show their last three digits: whether two are the same stands beside them.
fn shielded(claim: &str, value: Option<&str>) -> Option<String> {
    let value = value?;
    let hides = matches!(claim, "personal_number" | "old_number" | "passport" | "phone");
    if !hides {
        return Some(value.to_owned());
    }
    let count = value.chars().count();
    Some(value.chars().enumerate().map(|(n, c)| if n.saturating_add(3) < count { '*' } else { c }).collect())
}

/// An account and its owner, as an operator names it.
async fn account(asked: &AccountArguments, opened: &Opened) -> Result<KeptAccount, Failure> {
    let (namespace, tech_id) = (Namespace::new(asked.namespace.as_str()), asked.tech_id.as_str());
    let kept = match Subject::new(tech_id) {
        Some(id) => opened.stores.accounts.account(&namespace, &id).await?,
        None => None,
    };
    kept.ok_or_else(|| Failure::Asked(format!("{namespace} has no account with the TechID {tech_id}")))
}

/// `broker accounts unlink`: asks for it; another person confirms it.
pub(super) async fn unlink(
    asked: &AccountArguments,
    why: UnlinkReason,
    opened: &Opened,
    out: Output<'_>,
) -> Result<(), Failure> {
    let kept = account(asked, opened).await?;
    let owner =
        kept.owner.clone().ok_or_else(|| Failure::Asked("the account is linked to nobody".to_owned()))?;
    request((ReviewReason::UnlinkWanted, Ruling::Unlink, Some(why)), owner, &kept, asked, opened, out).await
}

/// `broker accounts move`: asks for it; another person confirms it.
pub(super) async fn move_to(
    asked: &AccountArguments,
    to: &str,
    opened: &Opened,
    out: Output<'_>,
) -> Result<(), Failure> {
    let kept = account(asked, opened).await?;
    let unknown = || Failure::Asked(format!("no citizen {to}"));
    let to = CitizenId::parse(to).ok_or_else(unknown)?;
    if kept.owner.as_ref() == Some(&to) {
        return Err(Failure::Asked("the account is that citizen's already".to_owned()));
    }
    request((ReviewReason::MoveWanted, Ruling::Move, None), to, &kept, asked, opened, out).await
}

async fn request(
    (why, ruling, unlink): (ReviewReason, Ruling, Option<UnlinkReason>),
    citizen: CitizenId,
    kept: &KeptAccount,
    asked: &AccountArguments,
    opened: &Opened,
    out: Output<'_>,
) -> Result<(), Failure> {
    let vote = vote(&asked.operator, ruling, asked.reason.clone(), opened)?;
    let known = opened.stores.citizens.citizen(&citizen).await?;
    let known = known.ok_or_else(|| Failure::Asked(format!("no citizen {citizen}")))?;
    let review = NewReview {
        id: ReviewId::generate(&*opened.entropy),
        reason: why,
        citizen,
        account: Some(kept.account.id.clone()),
        interaction: None,
        dossier: Dossier {
            words: Some(asked.reason.clone()),
            unlink,
            ..Dossier::of_account(&known.citizen.profile, &kept.account)
        },
        first: None,
        now: opened.clock.now(),
    };
    let (id, said) = ask(opened, review, vote).await?;
    told(&id, said, out)
}
