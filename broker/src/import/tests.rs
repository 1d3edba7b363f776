use super::record::Ground;
use super::*;
use crate::passwords::Heaviest;
use async_trait::async_trait;
use broker_domain::claims::{Claims, Mark, Source};
use broker_domain::clock::{SystemClock, Timestamp};
use broker_domain::ids::{AccountId, CitizenId, Namespace, SectorId};
use broker_domain::linking::{LegacyKind, LegacyStatus};
use broker_domain::ports::{
    Accounts, Credentials, EndLink, Ended, ImportCount, ImportProgress, ImportedAccount, KeptAccount, Link,
    Linked, MoveAccount, Moved, NewLink, StoreError,
};
use broker_domain::secret::{Secret, SystemEntropy};
use broker_domain::subject::Subject;
use broker_stores::{StoreKeys, StoreSettings, Stores};
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use zeroize::Zeroizing;

const HEAD: &str = "tech_id,user_name,password_hash,personal_number,personal_number_mark,personal_number_source,\
personal_number_verified_at,full_name,full_name_mark,birth_date,phone,email,status,kind\n";
const AN: &str = "t-1,an,\"$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA\",001085000001,green,csdl,2023-05-01T00:00:00+07:00,\"NGUYỄN  VĂN AN\",green,12/03/1985,0912 000 001,an@example.vn,,\n";

struct Desk {
    folder: TempDir,
    stores: Stores,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = StoreKeys {
            sealing: vec![("k".to_owned(), Zeroizing::new([1; 32]))],
            index: Zeroizing::new([2; 32]).into(),
        };
        let settings = StoreSettings {
            lasting: format!("sqlite:{}", folder.path().join("broker.db").display()),
            expiring: "memory:".to_owned(),
            lasting_connections: 1,
            connect_timeout: Duration::from_secs(10),
            response_timeout: Duration::from_secs(10),
        };
        let stores =
            Stores::open(&settings, &keys, Arc::new(SystemEntropy), Arc::new(SystemClock)).await.unwrap();
        stores.lasting.migrate().await.unwrap();
        Self { folder, stores }
    }

    fn put(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let file = self.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    }

    fn wanted(&self, file: &Path) -> Wanted {
        Wanted {
            format: Format::of(file),
            report: self.folder.path().join("report.csv"),
            namespace: Namespace::new("dvcqg"),
            file: file.to_owned(),
        }
    }

    fn report(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.path().join("report.csv")).unwrap();
        text.lines().skip(1).map(str::to_owned).collect()
    }

    async fn import(&self, file: &Path) -> Imported {
        self.through(file, &*self.stores.accounts).await.unwrap()
    }

    async fn through(&self, file: &Path, accounts: &dyn Accounts) -> Result<Imported, ImportError> {
        let now = Timestamp::from_secs(1_800_000_000);
        let mut last = (0, 0);
        let mut watch = |bytes: u64, length: u64, _: u64| {
            assert!(bytes >= last.0 && bytes <= length);
            last = (bytes, length);
        };
        let done = import(&self.wanted(file), accounts, Arc::new(SystemEntropy), now, &mut watch).await;
        assert!(done.is_err() || last.0 == last.1, "{last:?}");
        done
    }

    async fn account(&self, tech_id: &str) -> Option<KeptAccount> {
        let (namespace, tech_id) = (Namespace::new("dvcqg"), Subject::new(tech_id).unwrap());
        self.stores.accounts.account(&namespace, &tech_id).await.unwrap()
    }

    async fn count(&self) -> u64 {
        self.stores.accounts.count_accounts(&Namespace::new("dvcqg")).await.unwrap()
    }
}

const fn count(added: u64, changed: u64, unchanged: u64) -> ImportCount {
    ImportCount { added, changed, unchanged }
}

#[tokio::test]
async fn a_row_becomes_an_account() {
    let desk = Desk::new().await;
    let file = desk.put("a.csv", format!("{HEAD}{AN}"));
    let done = desk.import(&file).await;
    assert_eq!((done.count, done.bad, done.left_out), (count(1, 0, 0), 0, 0));
    assert!(desk.report().is_empty());
    let account = desk.account("t-1").await.unwrap().account;
    assert_eq!(
        (account.kind, account.status, account.has_password),
        (LegacyKind::Citizen, LegacyStatus::Open, true)
    );
    let claims = account.claims;
    let number = claims.personal_number.unwrap();
    assert_eq!(
        (number.value.as_str(), number.mark, number.source.as_ref().map(Source::name)),
        ("001085000001", Mark::Green, Some("csdl"))
    );
    assert_eq!(number.verified_at, Timestamp::parse_rfc3339("2023-04-30T17:00:00Z"));
    assert_eq!(claims.full_name.unwrap().value.as_str(), "NGUYỄN VĂN AN");
    let birth = claims.birth_date.unwrap();
    assert_eq!((birth.value.iso().as_str(), birth.mark), ("1985-03-12", Mark::Yellow));
    assert_eq!(claims.phone.unwrap().value, "0912000001");
    assert!(claims.address.is_none());
    // The same file twice.
    let again = desk.import(&file).await;
    assert_eq!((again.count, again.resumed), (count(0, 0, 1), false));
}

#[tokio::test]
async fn json_lines_say_the_same() {
    let desk = Desk::new().await;
    desk.import(&desk.put("a.csv", format!("{HEAD}{AN}"))).await;
    let line = "{\"tech_id\":\"t-1\",\"user_name\":\"an\",\"password_hash\":\"$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA\",\
        \"personal_number\":\"001085000001\",\"personal_number_mark\":\"green\",\"personal_number_source\":\"csdl\",\
        \"personal_number_verified_at\":\"2023-05-01T00:00:00+07:00\",\"full_name\":\"NGUYỄN VĂN AN\",\"full_name_mark\":\"green\",\
        \"birth_date\":\"1985-03-12\",\"phone\":\"0912000001\",\"email\":\"an@example.vn\",\"address\":null}\n\n";
    assert_eq!(desk.import(&desk.put("a.jsonl", line)).await.count, count(0, 0, 1));
}

#[tokio::test]
async fn bad_rows_are_reported_and_the_others_come_in() {
    let desk = Desk::new().await;
    let rows = "\
t-2,,,001085000001,green,,,,,,,,open,citizen
,,,001085000001,green,,,,,,,,open,citizen
t 4,,,001085000001,green,,,,,,,,open,citizen
t-5,,,001085000001,blue,,,,,,,,open,citizen
t-6,,,,,,,,,,,,gone,citizen
t-7,,,,,,,,,,,,open,robot
t-8,,md5-geheim,123,green,,,,,31/02/1985,call me,,open,citizen
t-9,too,few
t-10,,,001085000001,red,,,,,,,,closed,post
";
    let file = desk.put("a.csv", format!("{HEAD}{rows}"));
    let done = desk.import(&file).await;
    assert_eq!((done.count, done.bad, done.left_out), (count(3, 0, 0), 6, 4));
    let mut report = desk.report();
    report.sort_by_key(|l| l.split(',').next().unwrap().parse::<u32>().unwrap());
    assert_eq!(
        report,
        [
            "3,refused,tech_id,\"missing\"",
            "4,refused,tech_id,\"must have 1 to 255 visible ASCII characters, without blanks\"",
            "5,refused,personal_number,\"its mark must be green, yellow or red\"",
            "6,refused,status,\"must be open, closed, locked or deceased\"",
            "7,refused,kind,\"must be citizen, organization, administrator or post\"",
            "8,imported in part,password_hash,\"in no known notation: left out\"",
            "8,imported in part,personal_number,\"cannot be read: left out\"",
            "8,imported in part,birth_date,\"cannot be read: left out\"",
            "8,imported in part,phone,\"cannot be read: left out\"",
            "9,refused,,\"has another number of fields than the first line\"",
        ]
    );
    let whole = desk.report().join("\n");
    assert!(!whole.contains("geheim") && !whole.contains("call me"));
    assert!(desk.account("t-10").await.unwrap().account.claims.personal_number.is_none());
    assert_eq!(desk.account("t-8").await.unwrap().account.claims, Default::default());
}

#[tokio::test]
async fn bad_lines_of_json() {
    let desk = Desk::new().await;
    let long = format!("{{\"tech_id\":\"{}\"}}", "x".repeat(2 * 1024 * 1024));
    let text = format!(
        "{{\"tech_id\":\"t-1\"}}\nnonsense\n[]\n{{\"tech_id\":\"t-4\",\"colour\":\"red\"}}\n{long}\n{{\"tech_id\":7}}\n{{\"tech_id\":[]}}\n{{\"tech_id\":\"t-8\"}}"
    );
    let done = desk.import(&desk.put("a.jsonl", text)).await;
    assert_eq!((done.count, done.bad), (count(3, 0, 0), 5));
    let lines: Vec<u32> =
        desk.report().iter().map(|l| l.split(',').next().unwrap().parse().unwrap()).collect();
    assert_eq!(lines, [2, 3, 4, 5, 7]);
    assert!(desk.account("7").await.is_some() && desk.account("t-8").await.is_some());
}

#[tokio::test]
async fn files_that_are_none() {
    let desk = Desk::new().await;
    for (text, says) in [
        ("user_name\nx\n", "tech_id"),
        ("tech_id,colour\nx,red\n", "colour"),
        ("tech_id;user_name\nx;y\n", "tech_id;user_name"),
    ] {
        let error = desk.through(&desk.put("a.csv", text), &*desk.stores.accounts).await.unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
    let missing = desk.folder.path().join("none.csv");
    assert!(matches!(desk.through(&missing, &*desk.stores.accounts).await, Err(ImportError::File(..))));
    // Byte order mark, line ends of Windows, no line end at the last row.
    let windows = desk.put("w.csv", "\u{feff}tech_id,user_name\r\nw-1,a\r\nw-2,b");
    assert_eq!(desk.import(&windows).await.count, count(2, 0, 0));
    assert_eq!(desk.import(&desk.put("e.csv", "tech_id\n")).await.count, count(0, 0, 0));
}

#[tokio::test]
async fn names_in_parts_two_addresses_and_a_year_alone() {
    let desk = Desk::new().await;
    let text = "tech_id,family_name,middle_name,given_name,full_name,full_name_mark,birth_date,address,current_address,current_address_mark\n\
        t-1,Nguyễn, Văn ,An,,green,1985,1 Tràng Tiền,2 Lê Lợi,green\n\
        t-2,Trần,,Bình,,,,,,\n\
        t-3,Lê,Văn,Cường,LÊ CƯỜNG,,,,,\n";
    assert_eq!(desk.import(&desk.put("a.csv", text)).await.count, count(3, 0, 0));
    let claims = desk.account("t-1").await.unwrap().account.claims;
    let name = claims.full_name.unwrap();
    assert_eq!((name.value.as_str(), name.mark), ("Nguyễn Văn An", Mark::Green));
    assert_eq!(claims.birth_date.unwrap().value.iso(), "1985");
    let (address, current) = (claims.address.unwrap(), claims.current_address.unwrap());
    assert_eq!((address.value.as_str(), address.mark), ("1 Tràng Tiền", Mark::Yellow));
    assert_eq!((current.value.as_str(), current.mark), ("2 Lê Lợi", Mark::Green));
    let name = async |id| {
        desk.account(id).await.unwrap().account.claims.full_name.unwrap().value.as_str().to_owned()
    };
    assert_eq!((name("t-2").await.as_str(), name("t-3").await.as_str()), ("Trần Bình", "LÊ CƯỜNG"));
}

/// Every column that there is, and text that needs quoting.
fn full() -> String {
    let quoted = "a \\\"b\\\", c";
    let mut row = format!(
        "{{\"tech_id\":\"full\",\"user_name\":\"{quoted}\",\"password_hash\":\"$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1\",\"kind\":\"post\",\"status\":\"locked\""
    );
    for (name, value) in [
        ("personal_number", "001085000001"),
        ("old_number", "012345678"),
        ("passport", "B1234567"),
        ("full_name", "NGUYỄN VĂN AN"),
        ("birth_date", "1985"),
        ("gender", "nữ"),
        ("phone", "+84 912 000 001"),
        ("email", "an@example.vn"),
        ("address", quoted),
        ("current_address", "2 Lê Lợi"),
        ("tax_code", "0101234567-001"),
        ("business_code", "0101234567"),
        ("organization_name", "CÔNG TY A"),
    ] {
        row += &format!(
            ",\"{name}\":\"{value}\",\"{name}_mark\":\"green\",\"{name}_source\":\"CSDL, {name}\",\"{name}_verified_at\":\"2023-05-01T00:00:00.5Z\""
        );
    }
    row + "}\n"
}

/// What is exported is what an import takes: a second store made of it gives the same file.
#[tokio::test]
async fn there_and_back() {
    for format in [Format::Csv, Format::Jsonl] {
        let (first, second) = (Desk::new().await, Desk::new().await);
        first.import(&first.put("a.csv", format!("{HEAD}{AN}"))).await;
        first.import(&first.put("a.jsonl", full() + "{\"tech_id\":\"bare\"}\n")).await;
        let sent = async |desk: &Desk, with_passwords| {
            let wanted = Exported { namespace: Namespace::new("dvcqg"), format, with_passwords };
            let (mut out, mut told) = (Vec::new(), 0);
            let walk = &*desk.stores.account_walk;
            let done = export(&wanted, walk, &mut out, &mut |count| told = count).await.unwrap();
            assert_eq!((done, told), (3, 3));
            String::from_utf8(out).unwrap()
        };
        let whole = sent(&first, true).await;
        let name = if format == Format::Csv { "b.csv" } else { "b.jsonl" };
        let done = second.import(&second.put(name, &whole)).await;
        assert_eq!((done.count, done.bad, done.left_out), (count(3, 0, 0), 0, 0));
        assert_eq!(sent(&second, true).await, whole);
        // It is the same to the first store, too.
        assert_eq!(first.import(&first.put(name, &whole)).await.count, count(0, 0, 3));
        let without = sent(&first, false).await;
        assert!(whole.contains("$6$saltstring$svn8") && !without.contains("$6$saltstring$svn8"));
        assert!(without.contains("nguy") || without.contains("NGUYỄN VĂN AN"));
    }
}

/// What the decision says of each, gone through in the order of blind indexes.
#[tokio::test]
async fn a_plan_of_all() {
    let desk = Desk::new().await;
    let mut text = "tech_id,kind,status,personal_number,personal_number_mark,old_number,old_number_mark,full_name,phone,tax_code,tax_code_mark\n".to_owned();
    for n in 0..4500 {
        text += &format!("green-{n},,,001085{n:06},green,,,NGUYỄN VĂN AN,,,\n");
    }
    text += "two-a,,,001085999999,green,,,NGUYỄN VĂN AN,,,\ntwo-b,,,001085999999,,,,NGUYỄN VĂN AN,0912000001,,\n\
        name-a,,,001085888888,green,,,NGUYỄN VĂN AN,,,\nname-b,,,001085888888,green,,,TRẦN THỊ BÌNH,,,\n\
        old,,,,,171234567,green,LÊ VĂN CƯỜNG,,,\n\
        typed,,,001085777777,,,,NGUYỄN VĂN AN,0912000001,,\n\
        stuck,,,001085666666,,,,NGUYỄN VĂN AN,,,\n\
        firm,organization,,,,,,,,0101234567,green\n\
        admin,administrator,,,,,,,,,\nclosed,,closed,001085555555,green,,,AN,,,\nnothing,,,,,,,AN,,,\n";
    desk.import(&desk.put("a.csv", text)).await;
    let mut elsewhere = desk
        .wanted(&desk.put("b.csv", "tech_id,personal_number,full_name\nother,001085000007,TRẦN THỊ BÌNH\n"));
    elsewhere.namespace = Namespace::new("bd");
    let now = Timestamp::from_secs(1);
    import(&elsewhere, &*desk.stores.accounts, Arc::new(SystemEntropy), now, &mut |_, _, _| ())
        .await
        .unwrap();
    let walk = &*desk.stores.account_walk;
    let mut told = 0;
    let plan = plan_all(walk, None, &mut |done| told = done).await.unwrap();
    let counts: Vec<_> = plan.tallies.iter().map(|(planned, tally)| (planned.word(), tally.count)).collect();
    assert_eq!(
        counts,
        [
            ("link-by-number", 4500),
            ("link-by-tax-code", 1),
            ("link-by-old-number", 1),
            ("prove-by-phone", 1),
            ("choose", 2),
            ("conflict-name", 3),
            ("no-way-to-prove", 1),
            ("closed", 1),
            ("exempt", 1),
            ("nothing-to-match", 1),
        ]
    );
    assert_eq!((plan.accounts, told), (4512, 4512));
    assert!(plan.tallies.values().all(|t| !t.samples.is_empty() && t.samples.len() <= 5));
    // Of one portal; what another one holds still counts as a conflict.
    let one = plan_all(walk, Some(&Namespace::new("bd")), &mut |_| ()).await.unwrap();
    assert_eq!(one.accounts, 1);
    assert_eq!(one.tallies.keys().map(|p| p.word()).collect::<Vec<_>>(), ["conflict-name"]);
}

/// Lets some batches through, then the store is gone.
struct Failing<'a> {
    inner: &'a dyn Accounts,
    left: AtomicUsize,
}

#[async_trait]
impl Accounts for Failing<'_> {
    async fn import(
        &self,
        namespace: &Namespace,
        accounts: Vec<ImportedAccount>,
        progress: ImportProgress,
        now: Timestamp,
    ) -> Result<ImportProgress, StoreError> {
        if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_err() {
            return Err(StoreError::Unavailable("gone".to_owned()));
        }
        self.inner.import(namespace, accounts, progress, now).await
    }
    async fn progress(
        &self,
        namespace: &Namespace,
        file: &str,
    ) -> Result<Option<ImportProgress>, StoreError> {
        self.inner.progress(namespace, file).await
    }
    async fn account(&self, namespace: &Namespace, id: &Subject) -> Result<Option<KeptAccount>, StoreError> {
        self.inner.account(namespace, id).await
    }
    async fn by_user_name(
        &self,
        namespace: &Namespace,
        name: &str,
    ) -> Result<Option<Credentials>, StoreError> {
        self.inner.by_user_name(namespace, name).await
    }
    async fn credentials(&self, account: &AccountId) -> Result<Option<Credentials>, StoreError> {
        self.inner.credentials(account).await
    }
    async fn upgrade_password(
        &self,
        account: &AccountId,
        from: &Secret,
        to: &Secret,
    ) -> Result<(), StoreError> {
        self.inner.upgrade_password(account, from, to).await
    }
    async fn confirm(&self, account: &AccountId, confirmed: &Claims) -> Result<bool, StoreError> {
        self.inner.confirm(account, confirmed).await
    }
    async fn link(&self, wanted: &NewLink) -> Result<Linked, StoreError> {
        self.inner.link(wanted).await
    }
    async fn unlink(&self, wanted: &EndLink) -> Result<Ended, StoreError> {
        self.inner.unlink(wanted).await
    }
    async fn aliases(&self, citizen: &CitizenId, sector: &SectorId) -> Result<Vec<Subject>, StoreError> {
        self.inner.aliases(citizen, sector).await
    }
    async fn by_id(&self, account: &AccountId) -> Result<Option<KeptAccount>, StoreError> {
        self.inner.by_id(account).await
    }
    async fn was_ended(&self, citizen: &CitizenId, account: &AccountId) -> Result<bool, StoreError> {
        self.inner.was_ended(citizen, account).await
    }
    async fn move_account(&self, wanted: &MoveAccount) -> Result<Moved, StoreError> {
        self.inner.move_account(wanted).await
    }
    async fn links(&self, citizen: &CitizenId) -> Result<Vec<Link>, StoreError> {
        self.inner.links(citizen).await
    }
    async fn count_accounts(&self, namespace: &Namespace) -> Result<u64, StoreError> {
        self.inner.count_accounts(namespace).await
    }
}

/// An import that is broken off goes on where it was, in either format, and in the end everything is there once.
#[tokio::test]
async fn broken_off_and_begun_again() {
    for name in ["a.csv", "a.jsonl"] {
        let desk = Desk::new().await;
        let rows = 12_345;
        let mut text = if name == "a.csv" { "tech_id,email\n".to_owned() } else { String::new() };
        for n in 0..rows {
            let id = if n % 1000 == 7 { String::new() } else { format!("t-{n}") };
            text += &if name == "a.csv" {
                format!("{id},\"a\nb{n}@example.vn\"\n")
            } else {
                format!("{{\"tech_id\":\"{id}\",\"email\":\"b{n}@example.vn\"}}\n")
            };
        }
        let file = desk.put(name, text);
        for _ in 0..2 {
            let failing = Failing { inner: &*desk.stores.accounts, left: AtomicUsize::new(1) };
            assert!(matches!(desk.through(&file, &failing).await, Err(ImportError::Store(_))), "{name}");
        }
        assert_eq!(desk.count().await, 10_000 - 10);
        let done = desk.import(&file).await;
        assert!(done.resumed);
        assert_eq!((done.count, done.bad), (count(rows - 13, 0, 0), 13), "{name}");
        assert_eq!(desk.count().await, rows - 13);
        assert_eq!(desk.import(&file).await.count, count(0, 0, rows - 13));
    }
}

/// Rows of a portal, with one `TechID` each.
fn rows(count: usize) -> String {
    (0..count).fold("tech_id,email\n".to_owned(), |text, n| text + &format!("t-{n:05},b@example.vn\n"))
}

/// Breaks off after so many batches.
async fn break_off(desk: &Desk, file: &Path, batches: usize) {
    let failing = Failing { inner: &*desk.stores.accounts, left: AtomicUsize::new(batches) };
    assert!(matches!(desk.through(file, &failing).await, Err(ImportError::Store(_))));
}

/// A row that was mended in the part that was done: the import begins again, and the row comes in. Mended behind it, it goes on.
#[tokio::test]
async fn a_mended_file_goes_on_only_where_nothing_was_mended() {
    // Behind the beginning of the file, which tells it from others.
    for (mended, goes_on) in [(4_900, false), (5_500, true)] {
        let (desk, count_all) = (Desk::new().await, 6_000);
        let (text, row) = (rows(count_all), format!("t-{mended:05},b@"));
        assert!(text.find(&row).unwrap() > 64 * 1024);
        let file = desk.put("a.csv", &text);
        break_off(&desk, &file, 1).await;
        let file = desk.put("a.csv", text.replace(&row, &row.replace("b@", "c@")));
        let done = desk.import(&file).await;
        assert_eq!(done.resumed, goes_on, "{mended}");
        let counted = if goes_on { count(6_000, 0, 0) } else { count(1_000, 1, 4_999) };
        assert_eq!((done.count, done.bad), (counted, 0), "{mended}");
        let kept = desk.account(&format!("t-{mended:05}")).await.unwrap().account.claims;
        assert_eq!(kept.email.unwrap().value, "c@example.vn");
    }
}

/// A hash that no password can be checked against is reported with its reason; how many there were is known after a break, too.
#[tokio::test]
async fn unusable_hashes_are_reported() {
    let desk = Desk::new().await;
    let mut text = "tech_id,password_hash\n".to_owned();
    for (id, hash) in [
        ("cost", "$2b$15$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        ("short", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh"),
        ("odd", "geheim"),
        ("good", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        ("wrapped", "{bcrypt}$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    ] {
        text += &format!("{id},{hash}\n");
    }
    text += &rows(6_000).replace("tech_id,email\n", "").replace("b@example.vn", "");
    let file = desk.put("a.csv", text + "late,$2b$\n");
    break_off(&desk, &file, 1).await;
    let done = desk.import(&file).await;
    assert_eq!((done.count, done.bad, done.left_out, done.resumed), (count(6_006, 0, 0), 0, 4, true));
    let mut report = desk.report();
    report.sort_by_key(|l| l.split(',').next().unwrap().parse::<u32>().unwrap());
    // What was read and not written is reported twice.
    report.dedup();
    assert_eq!(
        report,
        [
            "2,imported in part,password_hash,\"demands too much work: left out\"",
            "3,imported in part,password_hash,\"damaged: left out\"",
            "4,imported in part,password_hash,\"in no known notation: left out\"",
            "6007,imported in part,password_hash,\"in no known notation: left out\"",
        ]
    );
    for (id, has) in [("cost", false), ("short", false), ("odd", false), ("good", true), ("wrapped", true)] {
        assert_eq!(desk.account(id).await.unwrap().account.has_password, has, "{id}");
    }
}

/// Of rows with the same `TechID` the last one counts, wherever they stand, and the others are reported; so it is a second time, after
/// a break, and when another file came between.
#[tokio::test]
async fn the_last_row_of_a_tech_id_counts() {
    for breaks in [false, true] {
        let desk = Desk::new().await;
        let mut text = rows(6_000);
        // The lines 3, 4 and 5 of one, and one of its own a batch apart; line 6 of another, and the same again further down.
        for (line, row) in [
            (3, "twice,1@"),
            (4, "twice,2@"),
            (5, "twice,3@"),
            (6, "same,0@"),
            (5_300, "same,0@"),
            (5_900, "twice,4@"),
        ] {
            let old = text.lines().nth(line - 1).unwrap().to_owned() + "\n";
            text = text.replacen(&old, &format!("{row}example.vn\n"), 1);
        }
        let file = desk.put("a.csv", text);
        if breaks {
            break_off(&desk, &file, 1).await;
        }
        let reported = || {
            let mut lines: Vec<(u32, String)> = desk
                .report()
                .into_iter()
                .map(|l| {
                    let (line, rest) = l.split_once(',').unwrap();
                    (line.parse().unwrap(), rest.to_owned())
                })
                .collect();
            lines.sort();
            assert!(
                lines.iter().all(
                    |(_, rest)| rest == "replaced,tech_id,\"stands again further down: that row counts\""
                ),
                "{lines:?}"
            );
            lines.dedup();
            lines.into_iter().map(|(line, _)| line).collect::<Vec<_>>()
        };
        let first = desk.import(&file).await;
        assert_eq!((first.count, first.bad, first.resumed), (count(5_996, 0, 0), 4, breaks));
        assert_eq!(reported(), [3, 4, 5, 6]);
        let again = desk.import(&file).await;
        assert_eq!((again.count, again.bad, again.left_out), (count(0, 0, 5_996), 4, 0));
        assert_eq!(reported(), [3, 4, 5, 6]);
        assert_eq!(desk.account("twice").await.unwrap().account.claims.email.unwrap().value, "4@example.vn");
        desk.import(&desk.put("b.csv", "tech_id,email\ntwice,9@example.vn\n")).await;
        let back = desk.import(&file).await;
        assert_eq!((back.count.changed, back.bad), (1, 4));
        assert_eq!(desk.account("twice").await.unwrap().account.claims.email.unwrap().value, "4@example.vn");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever stands in a file: every line is an account or is reported, and nothing breaks.
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400), json in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(if json { "a.jsonl" } else { "a.csv" });
        let mut text = if json { Vec::new() } else { b"tech_id,email\n".to_vec() };
        text.extend(&bytes);
        std::fs::write(&file, &text).unwrap();
        let mut rows = super::reader::Rows::open(&file, Format::of(&file), 0, 0).unwrap();
        let mut before = (0, 0);
        while let Some(row) = rows.next().unwrap() {
            prop_assert!(row.line > before.0 && row.end > before.1 && row.end <= text.len() as u64);
            before = (row.line, row.end);
            if let Ok(fields) = row.fields {
                let (namespace, now) = (Namespace::new("n"), Timestamp::from_secs(0));
                let ground = Ground { namespace: &namespace, now, entropy: &SystemEntropy };
                let _ = fields.account(&ground, row.line, &mut Heaviest::default());
            }
        }
    }
}
