//! `broker accounts plan`

use super::bar::{ACCOUNTS, bar};
use super::failure::Failure;
use super::given::{Output, json_line};
use crate::app::Opened;
use crate::import::{Plan, Tally, plan_all};
use broker_domain::ids::Namespace;
use serde_json::{Map, Value, json};

pub(super) async fn tell(
    namespace: Option<&Namespace>,
    as_json: bool,
    opened: &Opened,
    out: Output<'_>,
) -> Result<(), Failure> {
    let accounts = &*opened.stores.account_walk;
    let bar = bar(ACCOUNTS, accounts.count_walked(None).await?);
    let plan = plan_all(accounts, namespace, &mut |done| bar.set_position(done)).await;
    bar.finish_and_clear();
    let plan = plan?;
    if as_json { json_line(out, &described(&plan)) } else { table(&plan, out) }
}

/// `dvcqg/tech-1, …`: never more of an account than where it is.
fn samples(tally: &Tally) -> Vec<String> {
    tally.samples.iter().map(|(namespace, tech_id)| format!("{namespace}/{tech_id}")).collect()
}

fn table(plan: &Plan, out: Output<'_>) -> Result<(), Failure> {
    writeln!(out, "{:>12}  WHAT HAPPENS WHEN ITS OWNER ARRIVES", "ACCOUNTS")?;
    for (planned, tally) in &plan.tallies {
        writeln!(out, "{:>12}  {}", tally.count, planned.says())?;
        writeln!(out, "{:>12}  for example {}", "", samples(tally).join(", "))?;
    }
    Ok(writeln!(out, "{:>12}  in all", plan.accounts)?)
}

fn described(plan: &Plan) -> Value {
    let each: Map<String, Value> = plan
        .tallies
        .iter()
        .map(|(planned, tally)| {
            let told = json!({ "accounts": tally.count, "means": planned.says(), "samples": samples(tally) });
            (planned.word().to_owned(), told)
        })
        .collect();
    json!({ "accounts": plan.accounts, "decisions": each })
}
