//! `broker accounts …`

use super::arguments::AccountsCommand;
use super::failure::Failure;
use super::given::{Output, json_line};
use super::review;
use crate::app::Opened;
use crate::import::{Format, ImportError, Imported, Wanted, import};
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::claims::{Mark, Marked};
use broker_domain::ids::{EventId, Namespace};
use broker_domain::linking::{LegacyKind, LegacyStatus};
use broker_domain::ports::KeptAccount;
use broker_domain::subject::Subject;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// How the progress bar looks: what is done, how fast it goes, and what is left.
const BAR: &str = "{bar:30} {percent:>3} %  {msg}  {bytes_per_sec}  {eta} left";

pub(super) async fn run(command: AccountsCommand, opened: &Opened, out: Output<'_>) -> Result<(), Failure> {
    match command {
        AccountsCommand::Import { file, namespace, format, report } => {
            let wanted = Wanted {
                format: format.unwrap_or_else(|| Format::of(&file)),
                report: report.unwrap_or_else(|| beside(&file)),
                namespace: Namespace::new(namespace),
                file,
            };
            take(&wanted, opened, out).await
        }
        AccountsCommand::Unlink { asked, why } => review::unlink(&asked, why, opened, out).await,
        AccountsCommand::Move { asked, to } => review::move_to(&asked, &to, opened, out).await,
        AccountsCommand::Show { namespace, tech_id } => {
            let namespace = Namespace::new(namespace);
            let id = Subject::new(tech_id.clone());
            let kept = match &id {
                Some(id) => opened.stores.accounts.account(&namespace, id).await?,
                None => None,
            };
            let kept = kept.ok_or_else(|| {
                Failure::Asked(format!("{namespace} has no account with the TechID {tech_id}"))
            })?;
            json_line(out, &described(&kept))
        }
    }
}

/// The report's usual place: beside the file.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".report.csv");
    PathBuf::from(name)
}

async fn take(wanted: &Wanted, opened: &Opened, out: Output<'_>) -> Result<(), Failure> {
    // It hides itself where nobody looks: in a log or a pipe.
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template(BAR) {
        bar.set_style(style);
    }
    let mut watch = |bytes, length, lines: u64| {
        bar.set_length(length);
        bar.set_position(bytes);
        bar.set_message(format!("{lines} rows"));
    };
    let now = opened.clock.now();
    let done = import(wanted, &*opened.stores.accounts, opened.entropy.clone(), now, &mut watch).await;
    bar.finish_and_clear();
    let Imported { count, bad, left_out, resumed } = done.map_err(|error| match error {
        ImportError::File(file, e) => Failure::Asked(format!("{}: {e}", file.display())),
        error => Failure::Other(format!("{error}: begin again, it goes on where it was")),
    })?;
    let mut event = AuditEvent::new(EventId::generate(&*opened.entropy), now, AuditKind::AccountsImported);
    event.note = Some(format!("{}: {} added, {} changed", wanted.namespace, count.added, count.changed));
    opened.stores.audit.append(&[event]).await?;
    if resumed {
        writeln!(out, "an import that was broken off went on; the numbers are those of the whole file")?;
    }
    writeln!(
        out,
        "{} added, {} changed, {} unchanged, {bad} refused",
        count.added, count.changed, count.unchanged
    )?;
    if bad > 0 || left_out > 0 {
        writeln!(out, "{left_out} claims were left out; see {}", wanted.report.display())?;
    }
    if bad > 0 { Err(Failure::BadRows(bad, wanted.report.clone())) } else { Ok(()) }
}

const fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Green => "green",
        Mark::Yellow => "yellow",
    }
}

/// An account for an operator's eyes: which claims there are and how far they can be believed, never what they say.
fn described(kept: &KeptAccount) -> Value {
    fn of<T>(claim: Option<&Marked<T>>) -> &'static str {
        claim.map_or("red", |c| mark(c.mark))
    }
    let account = &kept.account;
    let claims = &account.claims;
    json!({
        "namespace": account.namespace.as_str(),
        "tech_id": account.tech_id.as_str(),
        "kind": match account.kind {
            LegacyKind::Citizen => "citizen",
            LegacyKind::Organization => "organization",
            LegacyKind::Administrator => "administrator",
            LegacyKind::Post => "post",
        },
        "status": match account.status {
            LegacyStatus::Open => "open",
            LegacyStatus::Closed => "closed",
            LegacyStatus::Locked => "locked",
            LegacyStatus::Deceased => "deceased",
        },
        "has_password": account.has_password,
        "linked_to": kept.owner.as_ref().map(|o| o.as_str()),
        "marks": {
            "personal_number": of(claims.personal_number.as_ref()),
            "old_number": of(claims.old_number.as_ref()),
            "passport": of(claims.passport.as_ref()),
            "full_name": of(claims.full_name.as_ref()),
            "birth_date": of(claims.birth_date.as_ref()),
            "gender": of(claims.gender.as_ref()),
            "phone": of(claims.phone.as_ref()),
            "email": of(claims.email.as_ref()),
            "address": of(claims.address.as_ref()),
            "tax_code": of(claims.tax_code.as_ref()),
            "business_code": of(claims.business_code.as_ref()),
            "organization_name": of(claims.organization_name.as_ref()),
        },
    })
}
