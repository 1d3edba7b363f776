//! Export: accounts become rows of a file that an import takes.

use super::column::Claim;
use super::reader::Format;
use super::words::{gender_word, kind_word, mark_word, status_word};
use broker_domain::claims::{Claims, Marked, Source};
use broker_domain::ids::Namespace;
use broker_domain::ports::{AccountWalk, Step, StoreError, Walk, Walked};
use broker_domain::secret::Secret;
use serde_json::{Map, Value};
use std::io::{self, Write};

/// Accounts of one page.
const PAGE: u32 = 2000;

/// Why an export did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// What is written to.
    #[error("the file cannot be written: {0}")]
    File(#[from] io::Error),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is to be written.
#[derive(Clone, Debug)]
pub struct Exported {
    /// The portal that had created the accounts.
    pub namespace: Namespace,
    /// How it is written.
    pub format: Format,
    /// Whether user names' password hashes are written, too.
    pub with_passwords: bool,
}

/// A claim in words: value, mark, source, moment of verification.
type InWords = (Claim, String, &'static str, Option<String>, Option<String>);

/// Writes all accounts of a namespace by their `TechID`, and says how many. `watch` is told how many are done.
///
/// # Errors
/// [`ExportError`]: what was written until then is no whole export.
pub async fn export(
    wanted: &Exported,
    accounts: &dyn AccountWalk,
    out: &mut (dyn Write + Send),
    watch: &mut (dyn FnMut(u64) + Send),
) -> Result<u64, ExportError> {
    let names = names(wanted.with_passwords);
    if wanted.format == Format::Csv {
        write_csv(out, names.iter().map(String::as_str))?;
    }
    let walk = Walk::Namespace(wanted.namespace.clone());
    let (mut step, mut count) = (Step::default(), 0);
    loop {
        let page = accounts.page(&walk, &step, PAGE).await?;
        let Some(last) = page.last() else { break };
        step = last.step.clone();
        for one in &page {
            let values = values(one, wanted.with_passwords);
            match wanted.format {
                Format::Csv => write_csv(out, values.iter().map(|v| v.as_deref().unwrap_or_default()))?,
                Format::Jsonl => {
                    let members = names.iter().zip(values);
                    let members: Map<String, Value> =
                        members.filter_map(|(n, v)| Some((n.clone(), Value::String(v?)))).collect();
                    writeln!(out, "{}", Value::Object(members))?;
                }
            }
        }
        count += page.len() as u64;
        watch(count);
    }
    out.flush()?;
    Ok(count)
}

fn write_csv<'v>(out: &mut (dyn Write + Send), values: impl Iterator<Item = &'v str>) -> io::Result<()> {
    let mut line = csv::WriterBuilder::new().from_writer(Vec::new());
    line.write_record(values).map_err(io::Error::other)?;
    out.write_all(&line.into_inner().map_err(|e| io::Error::other(e.to_string()))?)
}

/// The columns, in their order.
fn names(with_passwords: bool) -> Vec<String> {
    let plain = ["tech_id", "user_name", "password_hash", "kind", "status"];
    let plain =
        plain.into_iter().filter(|name| with_passwords || *name != "password_hash").map(str::to_owned);
    let of_claims = Claim::ALL.into_iter().flat_map(|claim| {
        ["", "_mark", "_source", "_verified_at"].map(|what| format!("{}{what}", claim.name()))
    });
    plain.chain(of_claims).collect()
}

/// An account in the order of [`names`].
fn values(one: &Walked, with_passwords: bool) -> Vec<Option<String>> {
    let account = &one.kept.account;
    let mut values = vec![Some(account.tech_id.as_str().to_owned()), one.user_name.clone()];
    if with_passwords {
        values.push(one.password.as_ref().map(Secret::reveal).map(str::to_owned));
    }
    values.extend([Some(kind_word(account.kind).to_owned()), Some(status_word(account.status).to_owned())]);
    let mut said = in_words(&account.claims).into_iter().peekable();
    for claim in Claim::ALL {
        match said.next_if(|(which, ..)| *which == claim) {
            Some((_, value, mark, source, at)) => {
                values.extend([Some(value), Some(mark.to_owned()), source, at]);
            }
            None => values.extend([None, None, None, None]),
        }
    }
    values
}

/// The claims that an account has, in their order.
fn in_words(claims: &Claims) -> Vec<InWords> {
    fn of<T>(claim: Claim, said: Option<&Marked<T>>, text: impl Fn(&T) -> String) -> Option<InWords> {
        let Marked { value, mark, source, verified_at } = said?;
        let source = source.as_ref().map(Source::name).map(str::to_owned);
        Some((claim, text(value), mark_word(*mark), source, verified_at.map(|at| at.to_string())))
    }
    let each = [
        of(Claim::PersonalNumber, claims.personal_number.as_ref(), |n| n.as_str().to_owned()),
        of(Claim::OldNumber, claims.old_number.as_ref(), |n| n.as_str().to_owned()),
        of(Claim::Passport, claims.passport.as_ref(), String::clone),
        of(Claim::FullName, claims.full_name.as_ref(), |n| n.as_str().to_owned()),
        of(Claim::BirthDate, claims.birth_date.as_ref(), |d| d.iso()),
        of(Claim::Gender, claims.gender.as_ref(), |g| gender_word(*g).to_owned()),
        of(Claim::Phone, claims.phone.as_ref(), String::clone),
        of(Claim::Email, claims.email.as_ref(), String::clone),
        of(Claim::Address, claims.address.as_ref(), String::clone),
        of(Claim::CurrentAddress, claims.current_address.as_ref(), String::clone),
        of(Claim::TaxCode, claims.tax_code.as_ref(), |c| c.as_str().to_owned()),
        of(Claim::BusinessCode, claims.business_code.as_ref(), String::clone),
        of(Claim::OrganizationName, claims.organization_name.as_ref(), String::clone),
    ];
    each.into_iter().flatten().collect()
}

/// The claims of an account as JSON, each with its mark, and those that it has none of as red ones. Values are hidden except for the
/// end of numbers, unless they are to be revealed.
pub fn shown_claims(claims: &Claims, reveal: bool) -> Value {
    let mut shown: Map<String, Value> =
        Claim::ALL.into_iter().map(|c| (c.name().to_owned(), serde_json::json!({ "mark": "red" }))).collect();
    for (claim, value, mark, source, verified_at) in in_words(claims) {
        let value = if reveal { value } else { hidden(claim, &value) };
        let told =
            serde_json::json!({ "value": value, "mark": mark, "source": source, "verified_at": verified_at });
        shown.insert(claim.name().to_owned(), told);
    }
    Value::Object(shown)
}

fn hidden(claim: Claim, value: &str) -> String {
    let tail = match claim {
        Claim::PersonalNumber | Claim::OldNumber | Claim::Passport | Claim::Phone | Claim::TaxCode => 2,
        _ => 0,
    };
    let kept: String = value.chars().skip(value.chars().count().saturating_sub(tail).max(1)).collect();
    format!("***{}", if tail > 0 { &kept } else { "" })
}
