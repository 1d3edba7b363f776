//! Which command is carried out.

use super::arguments::AccountsCommand;
use super::failure::Failure;
use super::given::Output;
use super::{plan, review, send, show, take};
use crate::app::{Opened, password_rules};
use crate::config::Settings;
use crate::import::{Exported, Format, Wanted};
use broker_domain::ids::Namespace;
use broker_domain::subject::Subject;

pub(in crate::cli) async fn run(
    command: AccountsCommand,
    settings: &Settings,
    opened: &Opened,
    out: Output<'_>,
) -> Result<(), Failure> {
    match command {
        AccountsCommand::Import { file, namespace, format, report } => {
            let wanted = Wanted {
                format: format.unwrap_or_else(|| Format::of(&file)),
                report: report.unwrap_or_else(|| take::beside(&file)),
                namespace: Namespace::new(namespace),
                file,
            };
            take::take(&wanted, &password_rules(&settings.passwords), opened, out).await
        }
        AccountsCommand::Unlink { asked, why } => review::unlink(&asked, why, opened, out).await,
        AccountsCommand::Move { asked, to } => review::move_to(&asked, &to, opened, out).await,
        AccountsCommand::Plan { namespace, json } => {
            plan::tell(namespace.map(Namespace::new).as_ref(), json, opened, out).await
        }
        AccountsCommand::Export { namespace, format, out: file, with_passwords } => {
            let by_name = || file.as_deref().map_or(Format::Csv, Format::of);
            let wanted = Exported {
                namespace: Namespace::new(namespace),
                format: format.unwrap_or_else(by_name),
                with_passwords,
            };
            send::send(&wanted, file.as_deref(), opened, out).await
        }
        AccountsCommand::Show { namespace, tech_id, reveal } => {
            let namespace = Namespace::new(namespace);
            let unknown = || Failure::Asked(format!("{namespace} has no account with the TechID {tech_id}"));
            let id = Subject::new(tech_id.clone()).ok_or_else(unknown)?;
            let shown = opened.stores.account_walk.shown(&namespace, &id).await?.ok_or_else(unknown)?;
            show::tell(&shown, reveal, opened, out).await
        }
    }
}
