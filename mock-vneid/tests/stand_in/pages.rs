//! Its pages: number and password, one-time code, QR code and phone, as whom.

use crate::visitor::{AN, BINH, PASSWORD, Visitor, stand_in, with};
use mock_vneid::Decision;

#[tokio::test]
async fn number_password_and_code() {
    let vneid = stand_in().await;
    let visitor = Visitor::of(&vneid);
    let begun = visitor.begin("oidc", "").await;
    let page = visitor.get(begun.next()).await;
    for part in ["name=\"username\"", "name=\"password\"", "id=\"login-submit\"", "lang=\"vi\""] {
        assert!(page.text.contains(part), "{part} is missing: {}", page.text);
    }
    let otp = visitor.post(begun.next(), &[("username", BINH), ("password", PASSWORD)]).await;
    let page = visitor.get(otp.next()).await;
    for part in ["name=\"otp\"", "id=\"otp-submit\"", "*** *** 002"] {
        assert!(page.text.contains(part), "{part} is missing: {}", page.text);
    }
    assert!(!page.text.contains("0912000002"), "the phone's number is shown");
    assert_eq!(vneid.last_otp("0912000002").as_deref(), Some("000000"));
    let done = visitor.post(otp.next(), &[("otp", " 000 000 ")]).await;
    assert_eq!(done.callback()["state"], "s1");
}

#[tokio::test]
async fn wrong_words_are_said_to_be_wrong() {
    let vneid = stand_in().await;
    let visitor = Visitor::of(&vneid);
    let begun = visitor.begin("oidc", "&ui_locales=en").await;
    for (number, password) in [(BINH, "wrong"), ("999999999999", PASSWORD), ("", "")] {
        let page = visitor.post(begun.next(), &[("username", number), ("password", password)]).await;
        assert!(page.location.is_none());
        assert!(page.text.contains("The number or the password is wrong."), "{}", page.text);
    }
    let otp = visitor.post(begun.next(), &[("username", BINH), ("password", PASSWORD)]).await;
    let page = visitor.post(otp.next(), &[("otp", "999999")]).await;
    assert!(page.text.contains("The code is wrong or has expired."), "{}", page.text);
    // And then right.
    assert!(visitor.post(otp.next(), &[("otp", "000000")]).await.callback().contains_key("code"));
}

#[tokio::test]
async fn random_codes_when_none_is_set() {
    let vneid = with(|s| s.otp = String::new()).await;
    let visitor = Visitor::of(&vneid);
    let begun = visitor.begin("oidc", "").await;
    let otp = visitor.post(begun.next(), &[("username", BINH), ("password", PASSWORD)]).await;
    let sent = vneid.last_otp("0912000002").unwrap();
    assert!(sent.len() == 6 && sent.bytes().all(|b| b.is_ascii_digit()), "{sent}");
    assert!(visitor.get("/phone").await.text.contains(&sent), "the phone does not show it");
    assert!(visitor.post(otp.next(), &[("otp", &sent)]).await.callback().contains_key("code"));
}

#[tokio::test]
async fn a_page_cannot_be_skipped() {
    let vneid = stand_in().await;
    let visitor = Visitor::of(&vneid);
    let begun = visitor.begin("oidc", "").await;
    let first = begun.next();
    assert_eq!(visitor.get(&format!("{first}/otp")).await.next(), first);
    assert!(
        visitor
            .post(&format!("{first}/otp"), &[("otp", "000000")])
            .await
            .location
            .is_some_and(|l| l == first)
    );
    assert_eq!(visitor.post(&format!("{first}/as"), &[]).await.next(), first);
    assert_eq!(visitor.get("/signin/unknown").await.status, 404);
}

#[tokio::test]
async fn a_locked_account_and_one_of_level_1() {
    let vneid = stand_in().await;
    let visitor = Visitor::of(&vneid);
    let begun = visitor.begin("oidc", "").await;
    let refused =
        visitor.post(begun.next(), &[("username", "001193000008"), ("password", PASSWORD)]).await.callback();
    assert_eq!((refused["error"].as_str(), refused["state"].as_str()), ("access_denied", "s1"));
    assert!(refused["error_description"].contains("locked"));
    let fine = Visitor::of(&vneid).sign_in("oidc", "", "001088000007").await;
    assert!(fine.contains_key("code"));
}

#[tokio::test]
async fn giving_up() {
    let vneid = stand_in().await;
    let visitor = Visitor::of(&vneid);
    let begun = visitor.begin("oidc", "").await;
    let back = visitor.post(&format!("{}/cancel", begun.next()), &[]).await.callback();
    assert_eq!(back["error"], "access_denied");
    assert_eq!(visitor.get(begun.next()).await.status, 404);
}

#[tokio::test]
async fn a_second_visit_needs_no_password() {
    let vneid = stand_in().await;
    let visitor = Visitor::of(&vneid);
    visitor.sign_in("oidc", "", BINH).await;
    assert!(visitor.begin("oidc", "").await.callback().contains_key("code"));
    assert!(visitor.begin("oidc", "&prompt=none").await.callback().contains_key("code"));
    assert!(visitor.begin("oidc", "&prompt=login").await.next().starts_with("/signin/"));
    assert!(visitor.begin("oidc", "&acr_values=3").await.next().ends_with("/qr"));
    let stranger = Visitor::of(&vneid).begin("oidc", "&prompt=none").await.callback();
    assert_eq!(stranger["error"], "login_required");
    vneid.end_sessions();
    assert!(visitor.begin("oidc", "").await.next().starts_with("/signin/"));
}

#[tokio::test]
async fn max_age_is_kept() {
    let vneid = stand_in().await;
    let visitor = Visitor::of(&vneid);
    visitor.sign_in("oidc", "", BINH).await;
    vneid.set_clock_offset(100);
    assert!(visitor.begin("oidc", "&max_age=200").await.callback().contains_key("code"));
    assert!(visitor.begin("oidc", "&max_age=50").await.next().starts_with("/signin/"));
}

#[tokio::test]
async fn the_phone_approves_a_qr_code() {
    let vneid = stand_in().await;
    let visitor = Visitor::of(&vneid);
    let begun = visitor.begin("oidc", "").await;
    let qr = format!("{}/qr", begun.next());
    let page = visitor.get(&qr).await;
    assert!(page.text.contains("id=\"qr\"") && page.text.contains("http-equiv=\"refresh\""), "{}", page.text);
    let word = vneid.pending_qr().pop().unwrap();
    let picture = visitor.get(&format!("/qr/{word}.svg")).await;
    assert!(picture.text.contains("<svg"));
    // Nothing is decided: the page stays, with the same picture.
    assert!(visitor.get(&qr).await.text.contains(&word));
    let phone = Visitor::of(&vneid);
    let page = phone.get(&format!("/phone?qr={word}")).await;
    assert!(page.text.contains("id=\"approve\"") && page.text.contains("TRẦN THỊ BÌNH"));
    let said = phone.post(&format!("/phone/{word}"), &[("decision", "approve"), ("citizen", BINH)]).await;
    assert!(said.text.contains("id=\"phone-done\""));
    assert!(visitor.get(&qr).await.callback().contains_key("code"));
    // The word is used up.
    let late = phone.post(&format!("/phone/{word}"), &[("decision", "approve"), ("citizen", BINH)]).await;
    assert!(late.text.contains("Không còn yêu cầu đăng nhập này"));
}

#[tokio::test]
async fn the_phone_rejects_and_the_locked_stay_out() {
    let vneid = stand_in().await;
    for (decision, citizen) in
        [(Decision::Reject, BINH), (Decision::Approve, "001193000008"), (Decision::Approve, "unknown")]
    {
        let visitor = Visitor::of(&vneid);
        let begun = visitor.begin("oidc", "").await;
        let qr = format!("{}/qr", begun.next());
        visitor.get(&qr).await;
        let word = vneid.pending_qr().pop().unwrap();
        assert!(vneid.decide_qr(&word, decision, citizen));
        assert_eq!(visitor.get(&qr).await.callback()["error"], "access_denied");
    }
    assert!(!vneid.decide_qr("unknown", Decision::Approve, BINH));
}

#[tokio::test]
async fn as_oneself_or_for_the_company() {
    let vneid = stand_in().await;
    let visitor = Visitor::of(&vneid);
    let begun = visitor.begin("oidc", "").await;
    let otp = visitor.post(begun.next(), &[("username", AN), ("password", PASSWORD)]).await;
    let choice = visitor.post(otp.next(), &[("otp", "000000")]).await;
    let page = visitor.get(choice.next()).await;
    assert!(
        page.text.contains("CÔNG TY TNHH SAO MAI") && page.text.contains("NGUYỄN VĂN AN"),
        "{}",
        page.text
    );
    assert_eq!(visitor.post(choice.next(), &[("as", "9999999999")]).await.status, 400);
    assert!(visitor.post(choice.next(), &[("as", "0101234567")]).await.callback().contains_key("code"));
}

#[tokio::test]
async fn bad_requests_do_not_leave_the_house() {
    let vneid = stand_in().await;
    let visitor = Visitor::of(&vneid);
    for query in [
        "response_type=code&client_id=unknown&redirect_uri=http://localhost:7777/callback",
        "response_type=code&client_id=broker&redirect_uri=https://evil.example/",
        "response_type=token&client_id=broker&redirect_uri=http://localhost:7777/callback",
        "client_id=broker",
        "",
    ] {
        let refused = visitor.get(&format!("/oidc/authorize?{query}")).await;
        assert!(refused.status == 400 && refused.location.is_none(), "{query}");
    }
}
