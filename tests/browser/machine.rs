//! The programs of the demo on free ports, with the demo's own registrations.

use crate::process::{Process, free_port};
use crate::stores::PrivateStores;
use crate::trouble::{Done, Said, ensure};
use crate::vneid;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

/// What can be otherwise.
#[derive(Clone, Copy, Default)]
pub(crate) struct Variant {
    pub(crate) dialect: Dialect,
    pub(crate) stores: Stores,
    pub(crate) consent: Consent,
    /// Whether the old accounts of the demo are imported.
    pub(crate) accounts: bool,
}

/// How VNeID speaks.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Dialect {
    #[default]
    Oidc,
    Sealed,
}

/// Where the broker keeps things.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Stores {
    #[default]
    Embedded,
    Production,
}

/// Whether the national and the provincial portal ask before they are told who signed in.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Consent {
    #[default]
    AsRegistered,
    Asked,
}

/// The sample portals.
#[derive(Clone, Copy)]
pub(crate) enum Portal {
    National,
    Province,
    /// With the profile of old portals.
    Ministry,
}

struct Sample {
    name: &'static str,
    client: &'static str,
    secret: &'static str,
    demo_port: u16,
    options: &'static [&'static str],
}

const SAMPLES: [Sample; 3] = [
    Sample {
        name: "portal-national",
        client: "cong-dvcqg",
        secret: "demo-secret-dvcqg-for-localhost-only",
        demo_port: 8001,
        options: &[
            "--name-vi",
            "Cổng Dịch vụ công quốc gia",
            "--name-en",
            "National Public Service Portal",
            "--accent",
            "#a6402a",
        ],
    },
    Sample {
        name: "portal-province",
        client: "cong-binhduong",
        secret: "demo-secret-binhduong-for-localhost-only",
        demo_port: 8002,
        options: &[
            "--name-vi",
            "Cổng Dịch vụ công tỉnh Bình Dương",
            "--name-en",
            "Binh Duong provincial portal",
        ],
    },
    Sample {
        name: "portal-ministry",
        client: "cong-bocongan",
        secret: "demo-secret-bocongan-for-localhost-only",
        demo_port: 8003,
        options: &[
            "--name-vi",
            "Cổng Dịch vụ công Bộ Công an",
            "--name-en",
            "Ministry of Public Security portal",
            "--legacy",
            "--scope",
            "openid",
            "--redirect-path",
            "/sso/callback",
        ],
    },
];

/// The running programs.
pub(crate) struct Demo {
    /// The broker's issuer.
    pub(crate) broker: String,
    /// Where VNeID is.
    pub(crate) vneid: String,
    portals: [String; 3],
    broker_process: Option<Process>,
    variant: Variant,
    admin: String,
    others: Vec<Process>,
    _stores: Option<PrivateStores>,
    folder: TempDir,
}

impl Demo {
    /// Starts everything and waits until all are ready.
    pub(crate) async fn start(variant: Variant) -> Done<Self> {
        built()?;
        let folder = tempfile::Builder::new().prefix("demo-").tempdir()?;
        let (broker_port, admin_port, vneid_port) = (free_port()?, free_port()?, free_port()?);
        let portal_ports = [free_port()?, free_port()?, free_port()?];
        let broker = format!("http://localhost:{broker_port}");
        let vneid = format!("http://localhost:{vneid_port}");

        register(folder.path(), variant, portal_ports)?;
        let secrets = folder.path().join("secrets.toml");
        let made =
            Command::new(program("broker")).args(["secrets", "generate", "--out"]).arg(&secrets).output()?;
        ensure!(made.status.success(), "no secrets: {}", String::from_utf8_lossy(&made.stderr));
        let stores = match variant.stores {
            Stores::Embedded => None,
            Stores::Production => Some(PrivateStores::start().await?),
        };
        let settings = settings(variant, &broker, [broker_port, admin_port], &vneid, stores.as_ref());
        std::fs::write(folder.path().join("broker.toml"), settings)?;

        let mut mock =
            vneid::start(folder.path(), &program("mock-vneid"), vneid_port, variant.dialect, &broker)?;
        let mut others = vec![];
        for (sample, port) in SAMPLES.iter().zip(portal_ports) {
            others.push(start_portal(folder.path(), sample, port, &broker)?);
        }
        let admin = format!("http://127.0.0.1:{admin_port}");
        let mut broker_process = start_broker(folder.path())?;
        mock.ready(&format!("{vneid}{}", vneid::HEALTH)).await?;
        broker_process.ready(&format!("{admin}/health/ready")).await?;
        for (process, port) in others.iter_mut().zip(portal_ports) {
            process.ready(&format!("http://localhost:{port}/health")).await?;
        }
        others.push(mock);
        let demo = Self {
            broker,
            vneid,
            portals: portal_ports.map(|port| format!("http://localhost:{port}/")),
            broker_process: Some(broker_process),
            variant,
            admin,
            others,
            _stores: stores,
            folder,
        };
        if variant.accounts {
            demo.bring_accounts()?;
        }
        Ok(demo)
    }

    /// The old accounts of the demo, as its administrator brings them in.
    pub(crate) fn bring_accounts(&self) -> Done {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/demo/accounts");
        for namespace in ["cong-dvcqg", "cong-binhduong", "vnpost"] {
            self.bring(namespace, &from.join(format!("{namespace}.jsonl")))?;
        }
        Ok(())
    }

    /// One account of the national portal.
    pub(crate) fn bring_one(&self, account: &serde_json::Value) -> Done {
        let file = self.folder.path().join("one.jsonl");
        std::fs::write(&file, account.to_string())?;
        self.bring("cong-dvcqg", &file)
    }

    fn bring(&self, namespace: &str, file: &Path) -> Done {
        let folder = self.folder.path();
        let done = Command::new(program("broker"))
            .arg("--config")
            .arg(folder.join("broker.toml"))
            .args(["accounts", "import"])
            .arg(file)
            .args(["--namespace", namespace, "--report"])
            .arg(folder.join(format!("import-{namespace}.csv")))
            .output()?;
        ensure!(done.status.success(), "no import: {}", String::from_utf8_lossy(&done.stderr));
        Ok(())
    }

    /// Where files may be put that go when the case ends.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The front page of a portal.
    pub(crate) fn portal(&self, portal: Portal) -> String {
        self.portals[portal as usize].clone()
    }

    /// The programs that have ended although they should not have.
    pub(crate) fn ended(&mut self) -> Vec<String> {
        self.others.iter_mut().chain(&mut self.broker_process).filter_map(Process::ended).collect()
    }

    /// The end of the broker's log.
    pub(crate) fn broker_log(&self) -> String {
        self.broker_process.as_ref().map(Process::tail).unwrap_or_default()
    }

    /// How often a browser was sent to VNeID.
    pub(crate) async fn vneid_visits(&self) -> Done<usize> {
        vneid::visits(&self.vneid).await
    }

    /// VNeID's token endpoint fails, or no longer does.
    pub(crate) async fn break_vneid_token(&self, broken: bool) -> Done {
        if broken { vneid::break_token(&self.vneid).await } else { vneid::mend(&self.vneid).await }
    }

    /// Stops the broker and starts it again.
    pub(crate) async fn restart_broker(&mut self) -> Done {
        drop(self.broker_process.take());
        let mut process = start_broker(self.folder.path())?;
        process.ready(&format!("{}/health/ready", self.admin)).await?;
        self.broker_process = Some(process);
        Ok(())
    }

    /// All sessions of the broker are over: with in-process sessions a restart is the end of them.
    pub(crate) async fn forget_sessions(&mut self) -> Done {
        ensure!(self.variant.stores == Stores::Embedded, "sessions in Redis outlive a restart");
        self.restart_broker().await
    }
}

/// The folder of what cargo has built for the tests.
fn profile() -> PathBuf {
    // …/target/debug/deps/browser-0123456789abcdef
    std::env::current_exe()
        .ok()
        .as_deref()
        .and_then(Path::parent)
        .and_then(Path::parent)
        .map(Path::to_owned)
        .unwrap_or_default()
}

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    profile().parent().map(Path::to_owned).unwrap_or_default()
}

fn program(name: &str) -> PathBuf {
    profile().join(name)
}

/// Brings the programs up to date, once: cargo builds a test's own package only.
fn built() -> Done {
    static BUILT: OnceLock<Result<(), String>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        if std::env::var_os("PROGRAMS_ARE_BUILT").is_some() {
            return Ok(());
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut command = Command::new(cargo);
        command.args(["build", "--workspace", "--bins", "--examples"]).current_dir(root);
        match command.output() {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
            Err(e) => Err(e.to_string()),
        }
    });
    ensure!(built.is_ok(), "the programs do not build: {built:?}");
    Ok(())
}

/// The registrations of the demo, with this case's ports in place of the demo's.
fn register(folder: &Path, variant: Variant, ports: [u16; 3]) -> Done {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/demo/clients");
    let to = folder.join("clients");
    std::fs::create_dir(&to)?;
    for entry in std::fs::read_dir(&from).said(|| from.display().to_string())? {
        let entry = entry?;
        let mut text = std::fs::read_to_string(entry.path())?;
        for (sample, port) in SAMPLES.iter().zip(ports) {
            text = text.replace(&format!("localhost:{}/", sample.demo_port), &format!("localhost:{port}/"));
        }
        if variant.consent == Consent::Asked {
            let mut client: serde_json::Value = serde_json::from_str(&text)?;
            if client["client_id"] == SAMPLES[0].client || client["client_id"] == SAMPLES[1].client {
                client["consent"] = "ask".into();
            }
            text = client.to_string();
        }
        std::fs::write(to.join(entry.file_name()), text)?;
    }
    Ok(())
}

/// Whose accounts are imported.
const NAMESPACES: &str = r#"[[namespaces]]
id = "cong-dvcqg"
name_vi = "Cổng Dịch vụ công quốc gia"
name_en = "National Public Service Portal"
method = "national"
[[namespaces]]
id = "cong-binhduong"
name_vi = "Cổng Dịch vụ công tỉnh Bình Dương"
name_en = "Binh Duong provincial portal"
[[namespaces]]
id = "vnpost"
name_vi = "Bưu điện Việt Nam"
name_en = "Vietnam Post"
method = "vnpost"
"#;

fn settings(
    variant: Variant,
    issuer: &str,
    [port, admin]: [u16; 2],
    vneid: &str,
    stores: Option<&PrivateStores>,
) -> String {
    let (lasting, expiring) = match stores {
        None => ("sqlite:broker.db".to_owned(), "memory:".to_owned()),
        Some(stores) => stores.addresses(),
    };
    let upstream = vneid::upstream(variant.dialect, vneid);
    let accounts =
        if variant.accounts { format!("{NAMESPACES}{}", vneid::services(vneid)) } else { String::new() };
    format!(
        r#"issuer = "{issuer}"
[listen]
address = "127.0.0.1:{port}"
[admin]
address = "127.0.0.1:{admin}"
[stores]
lasting = "{lasting}"
expiring = "{expiring}"
migrate_at_start = true
connect_timeout_ms = 10000
response_timeout_ms = 10000
[secrets]
file = "secrets.toml"
[clients]
files = ["clients/*.json"]
[logout]
private_hosts_allowed = ["localhost"]
[[upstreams]]
id = "vneid"
{upstream}
{accounts}"#
    )
}

fn start_broker(folder: &Path) -> Done<Process> {
    let mut command = Command::new(program("broker"));
    command.arg("--config").arg(folder.join("broker.toml")).arg("serve");
    Process::start("broker", command, folder)
}

fn start_portal(folder: &Path, sample: &Sample, port: u16, issuer: &str) -> Done<Process> {
    let mut command = Command::new(program("examples/portal"));
    command
        .env("PORTAL_CLIENT_SECRET", sample.secret)
        .args(["--listen", &format!("127.0.0.1:{port}"), "--base-url", &format!("http://localhost:{port}")])
        .args(["--issuer", issuer, "--client-id", sample.client])
        .args(sample.options);
    Process::start(sample.name, command, folder)
}
