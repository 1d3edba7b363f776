//! The configuration: sections with defaults, each of which checks itself and names the setting that cannot stand.
//!
//! It knows nothing of the rest of the program; `app` turns it into what the rest needs.

mod load;
mod namespaces;
mod problem;
mod proving;
mod reference;
mod secrets;
mod sections;
mod settings;
mod stores;
mod telemetry;

pub use load::{PREFIX, load};
pub use namespaces::{CheckSettings, Kind, NamespaceSettings, Proof, Tile, cut_off};
pub use problem::{ConfigError, Findings, Problem};
pub use proving::{PasswordSettings, ProtectionSettings, SmsSettings};
pub use reference::{reference, schema};
pub use secrets::{Key, Keys, SealingKeySettings, SecretText, SecretsSettings, generate_file};
pub use sections::{
    AdminSettings, ClientSettings, EventSettings, KeySettings, LimitSettings, ListenSettings, LogFormat,
    LogSettings, LogoutSettings, PageSettings, ProxySettings, SessionSettings, TlsSettings, TlsVersion,
    TokenSettings,
};
pub use settings::Settings;
pub use stores::StoreSettings;
pub use telemetry::TelemetrySettings;

#[cfg(test)]
mod tests;
