//! "Cập nhật từ CSDL Quốc gia về Dân cư" on the account pages: what VNeID did not say is confirmed and kept. Scenario 9: whatever the
//! population database does has its own words and its own code.

use async_trait::async_trait;
use broker::app::{self, App, Overrides};
use broker_domain::audit::AuditKind;
use broker_domain::secret::SeededEntropy;
use broker_domain::upstream::population::{Answer, Fields, PopulationDatabase, PopulationFailure, Question};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use support::people::{AN, Person};
use support::{Answer as Page, Browser, World, for_both_stores};

/// A population database that answers what it is told, and remembers what it was asked.
pub(crate) struct Desk {
    answer: Mutex<Result<Answer, PopulationFailure>>,
    asked: Mutex<Vec<Question>>,
}

#[async_trait]
impl PopulationDatabase for Desk {
    async fn ask(&self, question: &Question) -> Result<Answer, PopulationFailure> {
        self.asked.lock().unwrap().push(question.clone());
        *self.answer.lock().unwrap()
    }
}

impl Desk {
    pub(crate) fn says(&self, answer: Result<Answer, PopulationFailure>) {
        *self.answer.lock().unwrap() = answer;
    }

    pub(crate) fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// The broker of a world, with a population database.
pub(crate) async fn with_desk(world: &World) -> (App, Arc<Desk>) {
    let desk = Arc::new(Desk { answer: Mutex::new(Ok(Answer::Match)), asked: Mutex::default() });
    (instance(world, Some(desk.clone())).await, desk)
}

/// The broker of a world, with a population database of its own or with none.
async fn instance(world: &World, population: Option<Arc<dyn PopulationDatabase>>) -> App {
    let overrides = Overrides {
        clock: Some(world.clock.clone()),
        entropy: Some(Arc::new(SeededEntropy::new(0x00de_5c00))),
        stores: Some(world.broker().stores.clone()),
        population,
        ..Overrides::default()
    };
    let app = app::build(&world.settings, overrides).await.unwrap();
    app.lifecycle.serving();
    app
}

/// Somebody of whom VNeID says neither the old number nor a mail address.
async fn enter(world: &World, app: &App, person: Person, path: &str) -> (Browser, Page) {
    let mut citizen = support::vneid::citizen(person);
    citizen.old_number = None;
    world.vneid.put(citizen);
    let browser = Browser::new(app.router.clone(), world.issuer());
    let to = browser.visit(path).await.location().unwrap().to_owned();
    let page = browser.visit(&world.vneid.approve(&to, person).await).await;
    (browser, page)
}

for_both_stores! {
    async fn update_without_a_database_is_not_offered(world: World) {
        let (browser, page) = enter(&world, &instance(&world, None).await, AN, "/account").await;
        assert!(!page.has("update-claims") && !page.has("nav-update"));
        browser.open("/account/update").await.expect_problem(1706);
    }

    /// Confirmed once, known at every later sign-in, and told to the citizen.
    async fn update_confirms_what_vneid_did_not_say(world: World) {
        let (app, desk) = with_desk(&world).await;
        let (browser, page) = enter(&world, &app, AN, "/account").await;
        let before = page.text();
        let row = |text: &str| {
            text.split("id=\"claim-old\"").nth(1).unwrap().split("</div>").next().unwrap().to_owned()
        };
        assert!(row(&before).contains("Chưa có dữ liệu"));
        let page = browser.open(&page.link("update-claims")).await;
        page.expect_page();
        assert!(page.has("old_number") && !page.has("birth_date"));
        let sent = page.form("confirm-claims").with("old_number", "012 345 678");
        let answer = browser.submit(&sent).await;
        assert_eq!((answer.status, answer.location()), (303, Some("/account")));
        let asked = desk.asked.lock().unwrap().clone();
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0].personal_number.as_str(), AN.number);
        assert_eq!(asked[0].old_number.as_ref().map(|n| n.as_str()), Some("012345678"));
        assert!(asked[0].full_name.is_some() && asked[0].birth_date.is_some());
        let now = row(&browser.open("/account").await.text());
        assert!(now.contains("012345678") && now.contains("Đã xác minh") && now.contains("CSDL Quốc gia về Dân cư"));
        assert!(browser.open("/account/update").await.has("all-confirmed"));
        // Another browser, another day.
        world.wait(86_400);
        let (other, page) = enter(&world, &app, AN, "/account").await;
        assert!(row(&page.text()).contains("012345678"));
        world.events().await;
        assert!(other.open("/account").await.has("recent-changes"));
        let updated = world.event(AuditKind::ClaimsUpdated).await;
        assert!(updated.citizen.is_some() && updated.note.is_none());
    }

    /// A portal that may have it is told at the next sign-in; and a number that is another's by then says nothing of this one.
    async fn update_is_seen_by_portals(world: World) {
        let (app, _) = with_desk(&world).await;
        let portal = world.portal().await.at(&app.router);
        app.jobs().reload_if_changed().await.unwrap();
        let (browser, _) = enter(&world, &app, AN, "/account").await;
        let page = browser.open("/account/update").await;
        browser.submit(&page.form("confirm-claims").with("old_number", "012345678")).await;
        let request = portal.request().with("scope", "openid citizen");
        let code = world.at_once(&browser, &request).await.code();
        let tokens = support::tokens::Tokens::of(&portal.redeem(&code, &request).await);
        assert_eq!(portal.userinfo(&tokens.access).await.json()["old_number"], "012345678");
    }

    async fn update_reads_what_was_typed(world: World) {
        let (app, desk) = with_desk(&world).await;
        let (browser, page) = enter(&world, &app, AN, "/account/update").await;
        let form = page.form("confirm-claims");
        for bad in ["", "   ", "12345678", "1234567890", "abcdefghi", "<b>123456789"] {
            let answer = browser.submit(&form.clone().with("old_number", bad)).await;
            assert_eq!(answer.status, 422, "{bad:?}");
            answer.expect_page();
            assert!(answer.has("fault") && answer.has("old_number-fault") && !answer.text().contains("<b>"));
        }
        browser.submit(&form.clone().with("form_token", "x").with("old_number", "012345678")).await.expect_problem(1702);
        assert_eq!(desk.count(), 0);
        // Looking asks nobody anything.
        browser.open("/account/update?old_number=012345678").await;
        assert_eq!(desk.count(), 0);
    }

    async fn scenario_09_each_failure_has_its_own_words(world: World) {
        let (app, desk) = with_desk(&world).await;
        let (browser, page) = enter(&world, &app, AN, "/account/update").await;
        let form = page.form("confirm-claims").with("old_number", "012345678");
        let mut titles = BTreeSet::new();
        for (said, code) in [
            (Ok(Answer::Nobody), 1611),
            (Ok(Answer::Several), 1612),
            (Err(PopulationFailure::TimedOut), 1613),
            (Err(PopulationFailure::Unreachable), 1614),
            (Err(PopulationFailure::BadStatus), 1615),
            (Err(PopulationFailure::Malformed), 1616),
            (Ok(Answer::Deceased), 1617),
            (Err(PopulationFailure::Busy), 1618),
        ] {
            desk.says(said);
            let answer = browser.submit(&form).await;
            answer.expect_problem(code);
            assert!(answer.has("fault") && answer.can_press("confirm-claims"), "{code}");
            assert!(answer.text().contains("value=\"012345678\""), "what was typed stays");
            titles.insert(support::html::text_of(&answer.text(), "fault-title").unwrap());
        }
        assert_eq!(titles.len(), 8, "{titles:?}");
        // A field that is not theirs reads as nobody does: which one it is, is not told.
        desk.says(Ok(Answer::Differs(Fields::default())));
        browser.submit(&form).await.expect_problem(1611);
        assert!(!browser.open("/account").await.text().contains("012345678"));
    }

    /// Wrong guesses are limited; that the database is away is nobody's guess.
    async fn update_attempts_are_limited(world: World) {
        let (app, desk) = with_desk(&world).await;
        let (browser, page) = enter(&world, &app, AN, "/account/update").await;
        let form = page.form("confirm-claims").with("old_number", "012345678");
        desk.says(Err(PopulationFailure::Unreachable));
        for _ in 0..9 {
            browser.submit(&form).await.expect_problem(1614);
        }
        desk.says(Ok(Answer::Nobody));
        for _ in 0..5 {
            browser.submit(&form).await.expect_problem(1611);
        }
        desk.says(Ok(Answer::Match));
        let asked = desk.count();
        let answer = browser.submit(&form).await;
        assert_eq!(answer.status, 429);
        answer.expect_page();
        assert!(answer.has("fault"));
        assert_eq!(desk.count(), asked, "nobody was asked");
        world.wait(901);
        assert_eq!(browser.submit(&form).await.status, 303);
    }
}
