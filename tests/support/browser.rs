//! A browser as far as the broker can tell: it keeps cookies and follows redirects, but only within the broker.

use crate::answer::Answer;
use crate::call::{Call, form};
use crate::html;
use axum::Router;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// One browser of one person; tabs are just several calls.
pub struct Browser {
    router: Router,
    origin: String,
    cookies: Mutex<BTreeMap<String, String>>,
    /// Headers of every request.
    pub headers: Vec<(String, String)>,
}

impl Browser {
    pub fn new(router: Router, origin: &str) -> Self {
        Self { router, origin: origin.to_owned(), cookies: Mutex::default(), headers: Vec::new() }
    }

    /// The same cookies in a browser of its own.
    #[must_use]
    pub fn twin(&self) -> Self {
        let twin = Self::new(self.router.clone(), &self.origin);
        *twin.cookies.lock().unwrap() = self.cookies.lock().unwrap().clone();
        twin
    }

    /// The same browser, at another instance of the broker.
    #[must_use]
    pub fn at(&self, router: &Router) -> Self {
        Self { router: router.clone(), ..self.twin() }
    }

    /// All cookies, by name.
    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.lock().unwrap().clone()
    }

    /// The value of the cookie whose name ends so.
    pub fn cookie(&self, ending: &str) -> Option<String> {
        self.cookies().into_iter().find(|(n, _)| n.ends_with(ending)).map(|(_, v)| v)
    }

    /// The public id of the session whose cookie is kept.
    pub fn sid(&self) -> Option<String> {
        self.cookie("vb_session").and_then(|c| c.split_once('.').map(|(sid, _)| sid.to_owned()))
    }

    /// The browser cookie.
    pub fn id(&self) -> Option<String> {
        self.cookie("vb_browser")
    }

    /// Puts a cookie in.
    pub fn set(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    /// Forgets the cookies whose name ends so; all of them for the empty text.
    pub fn forget(&self, ending: &str) {
        self.cookies.lock().unwrap().retain(|n, _| !n.ends_with(ending));
    }

    fn path<'u>(&self, url: &'u str) -> Option<&'u str> {
        if url.starts_with('/') && !url.starts_with("//") {
            return Some(url);
        }
        url.strip_prefix(&self.origin).filter(|rest| rest.starts_with('/'))
    }

    /// Sends one request with the cookies, and keeps those that come back.
    pub async fn send(&self, mut call: Call) -> Answer {
        let cookies: Vec<String> = self.cookies().iter().map(|(n, v)| format!("{n}={v}")).collect();
        if !cookies.is_empty() {
            call = call.header("cookie", cookies.join("; "));
        }
        for (name, value) in &self.headers {
            call = call.header(name, value);
        }
        let answer = call.send(&self.router).await;
        for set in answer.set_cookies() {
            self.keep(&set);
        }
        answer
    }

    /// Keeps a cookie that an answer sets.
    pub fn keep(&self, set: &str) {
        let mut parts = set.split("; ");
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let attributes: Vec<&str> = parts.collect();
        // As a browser would: a prefix is a promise.
        if name.starts_with("__Host-") {
            assert!(attributes.contains(&"Secure") && attributes.contains(&"Path=/"), "{set}");
            assert!(!attributes.iter().any(|a| a.starts_with("Domain")), "{set}");
        }
        assert!(attributes.contains(&"HttpOnly") && attributes.contains(&"SameSite=Lax"), "{set}");
        let mut kept = self.cookies.lock().unwrap();
        if attributes.contains(&"Max-Age=0") {
            kept.remove(name);
        } else {
            kept.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Goes to an address of the broker, and no further.
    pub async fn open(&self, url: &str) -> Answer {
        let path = self.path(url).unwrap_or_else(|| panic!("{url} is not the broker's")).to_owned();
        self.send(Call::get(path)).await
    }

    /// Goes to an address of the broker, and on by redirects as long as they stay there: ends at a page, or at the redirect
    /// that leads elsewhere.
    pub async fn visit(&self, url: &str) -> Answer {
        let answer = self.open(url).await;
        self.follow(answer).await
    }

    /// Goes on by redirects that stay at the broker.
    pub async fn follow(&self, mut answer: Answer) -> Answer {
        for _ in 0..10 {
            match answer.location().and_then(|l| self.path(l)).map(str::to_owned) {
                Some(path) if answer.status == 303 => answer = self.send(Call::get(path)).await,
                _ => return answer,
            }
        }
        panic!("too many redirects: {}", answer.url);
    }

    /// Sends a form, and goes no further.
    pub async fn submit(&self, sent: &html::Form) -> Answer {
        assert_eq!(sent.method, "post");
        let path = self.path(&sent.action).unwrap_or_else(|| panic!("{} is not the broker's", sent.action));
        self.send(Call::post(path).raw_form(form(&sent.fields)).header("origin", &self.origin)).await
    }

    /// Sends a form from a page of another site: without the cookies, but those that come back are kept.
    pub async fn post_from_elsewhere(&self, path: &str, body: &str) -> Answer {
        let mut call = Call::post(path).raw_form(body).header("origin", "https://elsewhere.example");
        for (name, value) in &self.headers {
            call = call.header(name, value);
        }
        let answer = call.send(&self.router).await;
        for set in answer.set_cookies() {
            self.keep(&set);
        }
        answer
    }

    /// Presses the button with this id, and goes on by redirects that stay at the broker.
    pub async fn press(&self, page: &Answer, id: &str) -> Answer {
        let sent = page.form(id);
        let answer = self.submit(&sent).await;
        self.follow(answer).await
    }
}

impl Answer {
    /// Whether an element of this id stands on the page.
    pub fn has(&self, id: &str) -> bool {
        self.status != 303 && html::has(&self.text(), id)
    }

    /// Whether an element of this id stands on the page, in a form.
    pub fn can_press(&self, id: &str) -> bool {
        self.status != 303 && html::form_with(&self.text(), id).is_some()
    }

    /// The form of the button with this id.
    #[track_caller]
    pub fn form(&self, id: &str) -> html::Form {
        html::form_with(&self.text(), id).unwrap_or_else(|| {
            panic!("no form with {id}: {} {} {:?}\n{}", self.url, self.status, self.location(), self.plain())
        })
    }

    /// Where the link with this id leads.
    #[track_caller]
    pub fn link(&self, id: &str) -> String {
        html::attribute_of(&self.text(), id, "href")
            .unwrap_or_else(|| panic!("no link {id}: {}", self.plain()))
    }
}
