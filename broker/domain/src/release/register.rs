//! Whose word makes a claim a verified one, and how that is said (OpenID Identity Assurance Schema Definition 1.0, 5).
//!
//! A green mark means: verified against the population database or another trusted one. VNeID and the population database work under
//! Decree 69/2024/ND-CP on electronic identification and authentication, the other national databases under Decree 47/2024/ND-CP. A
//! green claim of any other source, or of none, is no verified claim: whoever only says so is no trusted database.

use crate::claims::Source;
use crate::clock::Timestamp;
use crate::level::Level;
use crate::person::AccountKind;
use crate::token::Login;

/// Decree 69/2024/ND-CP: identities that Viet Nam's electronic identification system vouches for. Its assurance levels are those of
/// the account (article 7): [`LEVELS`].
const EID: &str = "vn_eid_69_2024";
/// Decree 47/2024/ND-CP: records of a national database. It has no assurance levels.
const DATABASE: &str = "vn_national_database_47_2024";

/// The trust frameworks, for discovery's `trust_frameworks_supported`.
pub const TRUST_FRAMEWORKS: [&str; 2] = [EID, DATABASE];
/// The one type of evidence, for discovery's `evidence_supported`.
pub const EVIDENCE: &str = "electronic_record";
/// The types of records, for discovery's `electronic_records_supported`.
pub const RECORDS: [&str; 4] =
    ["vn_eid_account", "population_register", "business_register", "social_insurance_register"];

/// The levels of VNeID accounts.
const LEVELS: [&str; 2] = ["level_1", "level_2"];

/// What stands behind a verified claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Register<'a> {
    /// The trust framework.
    pub(super) framework: &'static str,
    /// The type of its records.
    pub(super) record: &'static str,
    /// Its name.
    pub(super) name: &'a str,
    /// How the claim was checked: the person signed in there, or the data were compared.
    pub(super) check: &'static str,
}

/// The register behind a source; `None` when it is no trusted one.
pub(super) fn register(source: &Source) -> Option<Register<'_>> {
    let name = source.name();
    let [account, population, business, insurance] = RECORDS;
    let of = |framework, record, check| Some(Register { framework, record, name, check });
    match source {
        Source::Vneid => of(EID, account, "auth"),
        Source::PopulationDatabase => of(EID, population, "data"),
        Source::Other(text) => match text.to_lowercase().as_str() {
            "csdl quốc gia về đăng ký doanh nghiệp" | "cơ sở dữ liệu quốc gia về đăng ký doanh nghiệp" => {
                of(DATABASE, business, "data")
            }
            "csdl quốc gia về bảo hiểm" | "cơ sở dữ liệu quốc gia về bảo hiểm" => {
                of(DATABASE, insurance, "data")
            }
            _ => None,
        },
    }
}

/// The level of the VNeID account, as far as the sign-in shows it by which VNeID said this: two factors are what an account of level 2
/// alone has. Of what VNeID said before nobody knows it; what a database says has none, and neither has an organization's account.
pub(super) fn assurance_level(source: &Source, at: Option<Timestamp>, login: &Login) -> Option<&'static str> {
    let [first, second] = LEVELS;
    let by_this_sign_in =
        *source == Source::Vneid && at == Some(login.auth_time) && login.holder.citizen().is_some();
    (by_this_sign_in && login.kind == AccountKind::Citizen)
        .then(|| if login.reached >= Level::LoA2 { second } else { first })
}
