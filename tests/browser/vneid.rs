//! The stand-in for VNeID as a program, and its control API.

use crate::machine::Dialect;
use crate::process::{Process, http};
use crate::trouble::{Done, Said, ensure};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// Answers once it is ready.
pub(crate) const HEALTH: &str = "/health";
/// What the broker sends messages with.
const SMS_TOKEN: &str = "sms-token-of-the-browser-tests";
/// What the broker asks the population database with.
const POPULATION_SECRET: &str = "population-secret-of-the-browser-tests";
const SECRET: &str = "vneid-secret-of-the-browser-tests";

/// Starts it, with the broker as its client.
pub(crate) fn start(
    folder: &Path,
    program: &Path,
    port: u16,
    dialect: Dialect,
    broker: &str,
) -> Done<Process> {
    let mut client = json!({
        "client_id": "vneid-broker",
        "client_secret": SECRET,
        "redirect_uris": [format!("{broker}/callback/vneid")],
    });
    if dialect == Dialect::Sealed {
        client["public_key"] = make_key_pair(folder)?.into();
        client["encrypt_code"] = true.into();
    }
    let config = folder.join("vneid.json");
    std::fs::write(
        &config,
        json!({
            "clients": [client],
            "population_client": ["broker", POPULATION_SECRET],
            "sms_token": SMS_TOKEN,
        })
        .to_string(),
    )?;
    let mut command = Command::new(program);
    command
        .args(["--listen", &format!("127.0.0.1:{port}"), "--base-url", &format!("http://localhost:{port}")])
        .arg("--config")
        .arg(config);
    Process::start("mock-vneid", command, folder)
}

/// The upstream in the broker's configuration.
pub(crate) fn upstream(dialect: Dialect, vneid: &str) -> String {
    let dialect = match dialect {
        Dialect::Oidc => format!("dialect = \"oidc\"\nissuer = \"{vneid}/oidc\""),
        Dialect::Sealed => format!(
            "dialect = \"sealed\"\nissuer = \"{vneid}/sealed\"\nprivate_key_file = \"vneid.key\"\n\
             authorization_endpoint = \"{vneid}/sealed/authorize\"\ntoken_endpoint = \"{vneid}/sealed/token\"\n\
             userinfo_endpoint = \"{vneid}/sealed/userinfo\""
        ),
    };
    format!("client_id = \"vneid-broker\"\nclient_secret = \"{SECRET}\"\n{dialect}")
}

/// The population database and the gateway for messages in the broker's configuration.
pub(crate) fn services(vneid: &str) -> String {
    format!(
        "[sms]\ngateway = \"{vneid}/sms\"\ntoken = \"{SMS_TOKEN}\"\nsender = \"DICHVUCONG\"\n\
         [population]\nendpoint = \"{vneid}/population/match\"\nclient_id = \"broker\"\nclient_secret = \"{POPULATION_SECRET}\"\n"
    )
}

/// The key to which the sealed dialect seals: the private half stays in `vneid.key`, the public one is returned.
fn make_key_pair(folder: &Path) -> Done<String> {
    let pair = mock_vneid::generate_key_pair().said(|| "no key pair".to_owned())?;
    std::fs::write(folder.join("vneid.key"), pair.private_pem)?;
    Ok(pair.public_pem)
}

/// How often a browser came with a request to sign in.
pub(crate) async fn visits(vneid: &str) -> Done<usize> {
    let seen: Value = http()?.get(format!("{vneid}/control/requests")).send().await?.json().await?;
    let seen = seen.as_array().said(|| format!("VNeID gives no list of requests: {seen}"))?;
    Ok(seen.iter().filter(|r| r["path"].as_str().is_some_and(|p| p.ends_with("/authorize"))).count())
}

/// The token endpoint fails from now on.
pub(crate) async fn break_token(vneid: &str) -> Done {
    let fault = json!({ "endpoint": "token", "fault": { "kind": "status", "status": 503 } });
    let answer = http()?.post(format!("{vneid}/control/faults")).json(&fault).send().await?;
    ensure!(answer.status().is_success(), "the fault was not taken: {}", answer.status());
    Ok(())
}

/// Nothing fails any more.
pub(crate) async fn mend(vneid: &str) -> Done {
    let answer = http()?.delete(format!("{vneid}/control/faults")).send().await?;
    ensure!(answer.status().is_success(), "the faults remain: {}", answer.status());
    Ok(())
}

async fn tell(vneid: &str, what: &str, body: &Value) -> Done {
    let answer = http()?.post(format!("{vneid}/control/{what}")).json(body).send().await?;
    ensure!(answer.status().is_success(), "{what} was not taken: {}", answer.status());
    Ok(())
}

/// Whether the list of the organizations that somebody acts for comes along with them.
pub(crate) async fn list_organizations(vneid: &str, listed: bool) -> Done {
    tell(vneid, "organizations/list", &json!({ "listed": listed })).await
}

/// Adds a citizen.
pub(crate) async fn add(vneid: &str, citizen: &Value) -> Done {
    tell(vneid, "citizens", citizen).await
}

/// The code in the last message to a phone.
pub(crate) async fn message(vneid: &str, phone: &str) -> Done<String> {
    let sent = http()?.get(format!("{vneid}/control/phones/{phone}/sms")).send().await?.text().await?;
    let digits = |word: &str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit());
    let code = sent.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| digits(word));
    code.map(str::to_owned).said(|| format!("no code in {sent}"))
}
