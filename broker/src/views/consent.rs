//! What a portal asks to know, before it is shared.

use super::error::groups;
use super::layout::{Layout, Portal};
use super::not_linked::NotLinkedWhy;
use crate::texts::{Texts, Words};
use askama::Template;
use broker_domain::authorization::AuthorizationRequest;
use broker_domain::client::Client;

/// A kind of information, as the page names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// The subject.
    Identity,
    /// Name, birth date, sex.
    Profile,
    /// Numbers that the state gave.
    Citizen,
    /// E-mail.
    Email,
    /// Phone.
    Phone,
    /// Address.
    Address,
    /// The organization that the citizen acts for.
    Organization,
    /// Access that outlives the visit.
    Offline,
}

impl Share {
    /// In the order of the page.
    pub const ALL: [Self; 8] = [
        Self::Identity,
        Self::Profile,
        Self::Citizen,
        Self::Email,
        Self::Phone,
        Self::Address,
        Self::Organization,
        Self::Offline,
    ];

    /// What a request leads to: by scope, by the claims that it names one by one, and by what old portals get anyway.
    pub fn list(client: &Client, request: &AuthorizationRequest) -> Vec<Self> {
        let wished = |names: &[&str]| request.claims.names().any(|wish| names.contains(&wish));
        let asked = |share: &Self| {
            let scope = request.scope.has(share.scope());
            match share {
                Self::Identity => true,
                Self::Offline => scope,
                _ => scope || wished(share.claims()) || client.is_dvcqg(),
            }
        };
        Self::ALL.into_iter().filter(asked).collect()
    }

    const fn scope(self) -> &'static str {
        match self {
            Self::Identity => "openid",
            Self::Profile => "profile",
            Self::Citizen => "citizen",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Address => "address",
            Self::Organization => "organization",
            Self::Offline => "offline_access",
        }
    }

    const fn claims(self) -> &'static [&'static str] {
        match self {
            Self::Profile => &["name", "family_name", "middle_name", "given_name", "gender", "birthdate"],
            Self::Citizen => &["personal_number", "old_number", "passport_number"],
            Self::Email => &["email", "email_verified"],
            Self::Phone => &["phone_number", "phone_number_verified"],
            Self::Address => &["address"],
            Self::Organization => &[
                "tax_code",
                "business_code",
                "organization_name",
                "representative_name",
                "representative_number",
            ],
            Self::Identity | Self::Offline => &[],
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Identity => "share-identity",
            Self::Profile => "share-profile",
            Self::Citizen => "share-citizen",
            Self::Email => "share-email",
            Self::Phone => "share-phone",
            Self::Address => "share-address",
            Self::Organization => "share-organization",
            Self::Offline => "share-offline",
        }
    }
}

/// An old account that was found and is not linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The name of the portal that had issued it.
    pub origin: String,
    /// Why.
    pub why: NotLinkedWhy,
    /// Code of the catalogue and trace id.
    pub reference: (String, String),
}

/// The page that asks. One form posts `form_token` and `decision`, which is `allow` or `deny`.
#[derive(Clone, Debug)]
pub struct Consent {
    /// What stands around it; its portal is the one that asks.
    pub layout: Layout,
    /// Where the form posts to.
    pub action: String,
    /// The hidden form token.
    pub form_token: String,
    /// The name of the citizen who is signed in, so that nobody agrees for another.
    pub citizen: Option<String>,
    /// What is asked for.
    pub shares: Vec<Share>,
    /// An old account that was found and is not linked.
    pub not_linked: Option<LeftOut>,
}

impl Consent {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        let name = self.layout.portal.as_ref().map_or_else(|| t.say("the-portal"), |p| p.name().into());
        let heading = t.with("consent-title", "portal", &name).into_owned();
        let shares = self.shares.iter().map(|share| share.key()).collect();
        let portal = self.layout.portal.as_ref();
        let told = self.not_linked.as_ref().map(|left| {
            let (what, advice) = left.why.words();
            Told {
                what: t.with(what, "origin", &left.origin).into_owned(),
                advice: t.say(advice).into_owned(),
                code: &left.reference.0,
                trace: groups(&left.reference.1),
            }
        });
        ConsentPage { page: self, layout: &self.layout, portal, t, heading, name: &name, shares, told }
            .render()
    }
}

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage<'a> {
    page: &'a Consent,
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    name: &'a str,
    shares: Vec<&'static str>,
    told: Option<Told<'a>>,
}

/// What is told of an account that is left out.
struct Told<'a> {
    what: String,
    advice: String,
    code: &'a str,
    trace: Vec<String>,
}
