//! A login, one request at a time: from a first portal to VNeID and back, tokens, single sign-on at a second portal, logout.
//!
//! A request that the stores keep from being answered changes nothing here: the same one can be made again.

use crate::fleet::{Fleet, ISSUER};
use std::time::{Duration, Instant};
use support::call::{Call, form};
use support::html::{Form, attribute_of};
use support::people::Person;
use support::tokens::Tokens;
use support::{Answer, Browser, Portal, Request, Returned};

/// A page stands there within this time, whatever happens to the stores.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);

/// How soon after a fault is over a login goes on.
const RECOVERY: Duration = Duration::from_secs(15);

/// What comes next.
#[derive(Clone, Debug)]
enum Next {
    /// The browser goes to an address.
    Open(String),
    /// The browser sends a form.
    Submit(Form),
    /// The portal redeems its code.
    Redeem(String),
    /// The portal asks who it is.
    Userinfo,
    /// The portal renews its tokens.
    Refresh,
    /// The browser is sent to the next portal's sign-in, or to sign out.
    Further,
    /// Nothing.
    Done,
}

/// How a request went.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Went {
    /// One step further.
    On,
    /// Not answered for want of a store, as it should be said.
    Unavailable,
    /// The program's answer never came.
    Broken,
    /// Another answer, with the code of its page or its OAuth error: this step alone is not enough.
    Refused(String),
}

/// A login under way.
pub(crate) struct Login<'f> {
    fleet: &'f Fleet,
    browser: Browser,
    person: Person,
    portal: usize,
    request: Request,
    next: Next,
    tokens: Vec<Tokens>,
    /// What userinfo said of the subject, and who came back from single sign-on.
    subjects: Vec<String>,
    /// The session at each step at which there was one.
    sessions: Vec<String>,
    begun: bool,
    page: Option<Answer>,
    again: Vec<String>,
    key: Option<String>,
}

impl<'f> Login<'f> {
    pub(crate) fn new(fleet: &'f Fleet, person: Person) -> Self {
        let request = Self::request(&fleet.portals[0]);
        let browser = Browser::new(fleet.balancer.router(), ISSUER);
        let next = Next::Open(request.path());
        Self {
            fleet,
            browser,
            person,
            portal: 0,
            request,
            next,
            tokens: Vec::new(),
            subjects: Vec::new(),
            sessions: Vec::new(),
            begun: false,
            page: None,
            again: Vec::new(),
            key: None,
        }
    }

    fn request(portal: &Portal) -> Request {
        portal.request().with("scope", "openid profile offline_access").with("prompt", "").without("prompt")
    }

    fn at(&self) -> &'f Portal {
        &self.fleet.portals[self.portal]
    }

    pub(crate) const fn is_done(&self) -> bool {
        matches!(self.next, Next::Done)
    }

    /// Whether it has come to the second portal.
    pub(crate) const fn is_at_second(&self) -> bool {
        self.portal == 1
    }

    /// What the next request is, in a word.
    pub(crate) fn step(&self) -> String {
        match &self.next {
            Next::Open(url) => {
                url.split('?').next().unwrap_or("").rsplit('/').next().unwrap_or("").to_owned()
            }
            Next::Submit(form) => format!("post {}", form.action.rsplit('/').next().unwrap_or("")),
            Next::Redeem(_) => "token".to_owned(),
            Next::Userinfo => "userinfo".to_owned(),
            Next::Refresh => "refresh".to_owned(),
            Next::Further => "further".to_owned(),
            Next::Done => "done".to_owned(),
        }
    }

    /// The login's own id, once it is known.
    pub(crate) fn id(&self) -> Option<String> {
        let path = match &self.next {
            Next::Open(url) => url.as_str(),
            Next::Submit(form) => form.action.as_str(),
            _ => return None,
        };
        // On its pages it stands in the path; on the way back from VNeID it begins the state.
        let rest = path.split_once("/login/").or_else(|| path.split_once("state="))?.1;
        rest.split(['/', '.', '?', '&', '%']).next().map(str::to_owned)
    }

    /// Makes the next request so many times at once: all answers.
    pub(crate) async fn all_at_once(&mut self, count: usize) -> Vec<Answer> {
        self.prepare();
        let call = self.with_cookies();
        let calls = (0..count).map(|_| {
            let (call, router) = (call.clone(), self.fleet.balancer.router());
            tokio::spawn(async move { call.send_to_admin(&router).await })
        });
        let calls: Vec<_> = calls.collect();
        let mut all = Vec::new();
        for call in calls {
            all.push(call.await.unwrap());
        }
        all
    }

    /// Goes on with one of these answers.
    pub(crate) async fn with_answer(&mut self, answer: &Answer) -> Went {
        for set in answer.set_cookies() {
            self.browser.keep(&set);
        }
        self.follow(answer).await
    }

    fn with_cookies(&self) -> Call {
        let (call, by_browser) = self.call();
        let cookies: Vec<String> = self.browser.cookies().iter().map(|(n, v)| format!("{n}={v}")).collect();
        if by_browser && !cookies.is_empty() { call.header("cookie", cookies.join("; ")) } else { call }
    }

    /// The next request, as it goes over the wire, without the browser's cookies.
    fn call(&self) -> (Call, bool) {
        let path = |url: &str| url.strip_prefix(ISSUER).unwrap_or(url).to_owned();
        match &self.next {
            Next::Open(url) => (Call::get(path(url)), true),
            Next::Submit(sent) => {
                let call = Call::post(path(&sent.action)).raw_form(form(&sent.fields));
                (call.header("origin", ISSUER), true)
            }
            Next::Redeem(code) => (self.at().redemption(code, &self.request), false),
            Next::Userinfo => (Call::get("/oauth2/userinfo").bearer(&self.latest().access), false),
            Next::Refresh => {
                let pairs = [("grant_type", "refresh_token"), ("refresh_token", self.latest().refresh())];
                (self.at().call("/oauth2/token", &pairs), false)
            }
            Next::Further | Next::Done => panic!("there is nothing to send"),
        }
    }

    fn latest(&self) -> &Tokens {
        self.tokens.last().unwrap()
    }

    /// Makes the next request, and goes one step on if that is what it leads to.
    pub(crate) async fn go(&mut self) -> Went {
        self.prepare();
        let (call, by_browser) = (self.with_cookies(), matches!(self.next, Next::Open(_) | Next::Submit(_)));
        let began = Instant::now();
        let answer = call.send_to_admin(&self.fleet.balancer.router()).await;
        let took = began.elapsed();
        if answer.status == 502 {
            return Went::Broken;
        }
        if by_browser {
            for set in answer.set_cookies() {
                self.browser.keep(&set);
            }
        }
        self.page = by_browser.then(|| answer.clone());
        if answer.status == 503 {
            assert!(took < PATIENCE, "{} took {took:?}", self.step());
            if by_browser {
                answer.expect_problem(1901);
            } else {
                answer.expect_error(503, "temporarily_unavailable");
            }
            assert!(answer.header("retry-after").is_some(), "{}: {:?}", self.step(), answer.headers);
            return Went::Unavailable;
        }
        self.follow(&answer).await
    }

    /// Makes the next request, and again as somebody does who was told to try again in a moment, until it is answered. When the
    /// answer is that the step cannot be repeated, takes the way on that is offered: a page's button, or for a portal a sign-in anew.
    /// Says whether it did.
    pub(crate) async fn go_on(&mut self) -> bool {
        let began = Instant::now();
        loop {
            match self.go().await {
                Went::On => return false,
                Went::Refused(why) => {
                    self.again.push(format!("{}: {why}", self.step()));
                    self.take_way_on();
                    return true;
                }
                other => {
                    assert!(began.elapsed() < RECOVERY, "{}: {other:?}", self.step());
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    /// Goes so many steps, if there are so many.
    pub(crate) async fn go_to(&mut self, steps: usize) {
        for _ in 0..steps {
            if self.is_done() {
                return;
            }
            assert_eq!(self.go().await, Went::On, "{}", self.step());
            self.key = match (self.browser.sid(), self.id()) {
                (Some(sid), _) => Some(format!("s:{{{sid}}}")),
                (None, Some(id)) => Some(format!("i:{id}")),
                (None, None) => self.key.take(),
            };
        }
    }

    /// Where Redis keeps what the next step needs most: the session once there is one, the login before.
    pub(crate) fn key(&self) -> String {
        self.key.clone().expect("a login under way")
    }

    /// Goes on to the end.
    pub(crate) async fn finish_it(&mut self) {
        while !self.is_done() {
            self.go_on().await;
        }
    }

    /// What was refused so far, and had to be made good.
    pub(crate) fn again(&self) -> &[String] {
        &self.again
    }

    fn take_way_on(&mut self) {
        self.begun = false;
        let offered = self.page.as_ref().and_then(|page| attribute_of(&page.text(), "way-on", "href"));
        match (&self.next, offered) {
            (Next::Open(_) | Next::Submit(_), Some(url))
                if url.starts_with('/') || url.starts_with(ISSUER) =>
            {
                self.next = Next::Open(url);
            }
            // From the portal, where the citizen came from.
            _ => {
                self.request = Self::request(self.at());
                self.next = Next::Open(self.request.path());
            }
        }
    }

    /// Makes the next request and says how it went, while `fault` happens after `delay`.
    pub(crate) async fn go_while(&mut self, delay: Duration, fault: impl FnOnce()) -> Went {
        let (went, ()) = tokio::join!(self.go(), async {
            tokio::time::sleep(delay).await;
            fault();
        });
        went
    }

    /// Does what needs no broker.
    fn prepare(&mut self) {
        if !matches!(self.next, Next::Further) {
            return;
        }
        if self.portal == 0 {
            self.portal = 1;
            self.request = Self::request(self.at());
            self.next = Next::Open(self.request.path());
        } else {
            let uri = self.at().metadata["post_logout_redirect_uris"][0].as_str().unwrap();
            let pairs = [("id_token_hint", self.latest().id_token()), ("post_logout_redirect_uri", uri)];
            self.next = Next::Open(format!("/oidc/logout?{}", form(&pairs)));
        }
    }

    async fn follow(&mut self, answer: &Answer) -> Went {
        let next = match &self.next {
            Next::Open(_) | Next::Submit(_) => self.after_page(answer).await,
            Next::Redeem(_) | Next::Refresh if answer.status == 200 => {
                let refreshed = matches!(self.next, Next::Refresh);
                let tokens = Tokens::of(answer);
                self.check(&tokens, refreshed);
                self.tokens.push(tokens);
                Some(if refreshed { Next::Further } else { Next::Userinfo })
            }
            Next::Userinfo if answer.status == 200 => {
                let subject = answer.member("sub");
                assert_eq!(subject, self.latest().claims()["sub"].as_str().unwrap());
                self.subjects.push(subject);
                Some(Next::Refresh)
            }
            _ => None,
        };
        match next {
            Some(next) => {
                self.next = next;
                Went::On
            }
            None => Went::Refused(match answer.code() {
                Some(code) => format!("VB-{code}"),
                None if answer.header("content-type") == Some("application/json") => answer.member("error"),
                None => format!("{} {}", answer.status, answer.plain()),
            }),
        }
    }

    fn check(&mut self, tokens: &Tokens, refreshed: bool) {
        let claims = tokens.claims();
        assert_eq!(claims["aud"], self.at().id.as_str());
        if refreshed {
            assert_eq!(claims["sub"], self.latest().claims()["sub"]);
        } else {
            assert_eq!(claims["nonce"].as_str(), self.request.get("nonce"));
        }
    }

    async fn after_page(&mut self, answer: &Answer) -> Option<Next> {
        if let Some(sid) = self.browser.sid() {
            self.sessions.push(sid);
        }
        if answer.status == 303 {
            let to = answer.location().unwrap().to_owned();
            if self.fleet.is_vneids(&to) {
                assert!(!self.begun, "VNeID is asked again");
                self.begun = true;
                return Some(Next::Open(self.fleet.approve(&to, self.person).await));
            }
            if to.starts_with(ISSUER) || to.starts_with('/') {
                return Some(Next::Open(to));
            }
            let uri = self.at().metadata["post_logout_redirect_uris"][0].as_str().unwrap();
            if to == uri {
                assert_eq!(self.browser.sid(), None, "signed out, and yet there is a session");
                return Some(Next::Done);
            }
            let returned = Returned::parse(&to);
            assert_eq!(returned.get("error"), None, "{to}");
            assert_eq!(returned.get("state"), self.request.get("state"));
            return Some(Next::Redeem(returned.code()));
        }
        let on = ["login-vneid", "consent-allow", "later", "continue"];
        let on = on.into_iter().find(|id| answer.status == 200 && answer.can_press(id))?;
        Some(Next::Submit(answer.form(on)))
    }

    /// Who signed in, as each portal knows them.
    pub(crate) fn who(&self) -> Vec<String> {
        assert!(self.is_done(), "{}", self.step());
        let mut all = self.subjects.clone();
        all.dedup();
        assert!(all.iter().all(|s| !s.is_empty()) && all.len() == 2, "{all:?}");
        all
    }

    /// The same, after a login that was one and the same session throughout.
    pub(crate) fn finish(&self) -> Vec<String> {
        let of_tokens = self.tokens.iter().map(|t| t.claims()["sid"].as_str().unwrap_or_default().to_owned());
        let sids: Vec<String> =
            of_tokens.filter(|sid| !sid.is_empty()).chain(self.sessions.clone()).collect();
        assert!(sids.windows(2).all(|two| two[0] == two[1]), "{sids:?}");
        self.who()
    }
}
