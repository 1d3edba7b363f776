//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;

use crate::colour::Colour;

/// A sample portal that lets citizens sign in through the identity broker.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The portal's name in Vietnamese.
    #[arg(long, default_value = "Cổng dịch vụ công mẫu")]
    pub(crate) name_vi: String,
    /// The portal's name in English.
    #[arg(long, default_value = "Sample Public Service Portal")]
    pub(crate) name_en: String,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8001")]
    pub(crate) listen: SocketAddr,
    /// The address that browsers use.
    #[arg(long, default_value = "http://localhost:8001")]
    pub(crate) base_url: String,
    /// The broker's issuer, exactly as the broker names itself.
    #[arg(long, default_value = "http://localhost:8080")]
    pub(crate) issuer: String,
    /// The client id of the registration.
    #[arg(long)]
    pub(crate) client_id: String,
    /// The client secret of the registration; better given by the environment, where other users do not see it.
    #[arg(long, env = "PORTAL_CLIENT_SECRET", hide_env_values = true)]
    pub(crate) client_secret: String,
    /// The path of the registered redirect URI.
    #[arg(long, default_value = "/callback")]
    pub(crate) redirect_path: String,
    /// The path of the registered post-logout redirect URI.
    #[arg(long, default_value = "/")]
    pub(crate) post_logout_path: String,
    /// The scopes to ask for (an old portal asks for `openid` alone).
    #[arg(long, default_value = "openid profile email phone address citizen organization")]
    pub(crate) scope: String,
    /// Speak as portals of the former national sign-on do: no PKCE, a fixed state, the secret in the form.
    #[arg(long)]
    pub(crate) legacy: bool,
    /// Trust the certificates in this PEM file, and no others, for an https issuer.
    #[arg(long)]
    pub(crate) ca_file: Option<PathBuf>,
    /// The token that the broker must send along with its events, when one is registered.
    #[arg(long, env = "PORTAL_EVENTS_TOKEN", hide_env_values = true)]
    pub(crate) events_token: Option<String>,
    /// Dossiers from before VNeID: JSON, each with the account that it belongs to.
    #[arg(long)]
    pub(crate) dossiers: Option<PathBuf>,
    /// Where dossiers are kept; without it they are as at the start when the portal starts anew.
    #[arg(long)]
    pub(crate) state: Option<PathBuf>,
    /// The portal's colour, as #rrggbb; white text must be readable on it.
    #[arg(long, default_value = "#1f5aa6")]
    pub(crate) accent: Colour,
}
