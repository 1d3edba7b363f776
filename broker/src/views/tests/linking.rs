use super::linking_samples::{
    TYPED, accounts, code, hint, july, linked, not_linked, prove, sign_in, update, whom,
};
use super::pages::{between, page};
use super::samples::{all, layout, post};
use crate::errors::catalogue::Code;
use crate::texts::{Lang, Texts};
use crate::views::*;
use broker_domain::linking::Proof;
use broker_domain::upstream::population::PopulationFailure;

/// Every label and paragraph that people know from the guides, and a sample that shows it.
const KNOWN_WORDS: [(&str, &str); 31] = [
    ("choose", "Chọn loại tài khoản bạn muốn sử dụng để đăng nhập"),
    ("choose", "Tài khoản cấp bởi Cổng dịch vụ công quốc gia"),
    ("choose", "Tài khoản Định danh điện tử cấp bởi Bộ Công an"),
    ("choose", "Chưa áp dụng với tài khoản quản trị"),
    ("choose", "Tài khoản cấp bởi Bưu điện Việt Nam"),
    ("choose", "*Không dành cho CBCCVC cơ quan nhà nước"),
    ("legacy", "Tài khoản cấp bởi Cổng dịch vụ công quốc gia"),
    ("legacy-vnpost", "Tài khoản cấp bởi Bưu điện Việt Nam"),
    ("legacy-vnpost", "*Không dành cho CBCCVC cơ quan nhà nước"),
    ("update", "<h1>Cập nhật thông tin từ CSDL dân cư</h1>"),
    ("update", ">Số CMT<"),
    ("update", ">Số CCCD<"),
    ("update", ">Họ và tên<"),
    ("update", ">Ngày sinh<"),
    ("update", "Nguồn xác minh"),
    ("update", "CSDL Quốc gia về Dân cư"),
    ("update", ">Bỏ qua</button>"),
    ("update", ">Cập nhật</button>"),
    (
        "update",
        "* Tài khoản của bạn chưa cập nhật số CCCD, vui lòng nhập thông tin để cập nhật số CCCD từ Cơ sở dữ liệu Quốc \
         gia về Dân cư.",
    ),
    (
        "update",
        "* Theo quy định của Chính phủ, tài khoản được thiết lập trên Cổng DVCQG sẽ được truy cập thông qua tài khoản \
         VNeID. Để bảo đảm chất lượng dịch vụ, hồ sơ, thông tin đã thực hiện trước đó, đề nghị Ông/bà đăng nhập vào Cổng \
         DVCQG và thực hiện cập nhật số CCCD, các thông tin khác từ CSDL quốc gia về dân cư. Trường hợp không cập nhật \
         thông tin theo yêu cầu, Ông/bà sẽ không khai thác được các thông tin trên tài khoản hiện nay từ ngày 01/07/2024.",
    ),
    ("update", "Thông tin định danh"),
    ("update", "Cập nhật từ CSDL Quốc gia về Dân cư"),
    ("notice", "<h1>Thông báo</h1>"),
    (
        "notice",
        "Theo quy định tại Nghị định số 59/2022/NĐ-CP, từ ngày 01/07/2024, các tài khoản cá nhân được khởi tạo từ Cổng \
         DVCQG sử dụng phương thức đăng nhập qua tài khoản định danh điện tử của Bộ Công an (VNeID). Để đảm bảo chất \
         lượng dịch vụ, các hồ sơ, thông tin đã thực hiện trước đó, đề nghị Ông/Bà thực hiện yêu cầu sau để thực hiện \
         liên kết với tài khoản VNeID:",
    ),
    (
        "notice",
        "Yêu cầu: Thực hiện đăng nhập lại vào hệ thống bằng tài khoản định danh điện tử được cấp bởi Bộ Công an (VNeID). \
         Sau khi đăng nhập thành công, hệ thống sẽ thực hiện liên kết tài khoản. Với các lần đăng nhập tiếp theo sau khi \
         liên kết, bạn có thể dùng tài khoản VNeID để truy cập vào hệ thống và tiếp tục thao tác nghiệp vụ.",
    ),
    ("notice", ">Bỏ qua</button>"),
    ("notice", ">Đăng nhập bằng VNeID</button>"),
    ("linked", "<h1>Liên kết thành công</h1>"),
    ("linked", "Danh sách tài khoản liên kết"),
    ("linked", "Tài khoản liên kết: <strong><bdi>052089999999</bdi></strong>"),
    ("linked", "Ngày liên kết: 01/01/2024"),
];

/// What a screen reader and an eye get, without the marks between.
fn words(html: &str) -> String {
    let mut inside = false;
    let text: String = html
        .chars()
        .filter(|c| {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                _ => return !inside,
            }
            false
        })
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Each sample of both languages that is made of a form with fields.
fn each_fault(check: impl Fn(&str, &str)) {
    let texts = Texts::load().unwrap();
    for lang in Lang::ALL {
        for (name, html) in all(&texts, lang).iter().filter(|(_, html)| html.contains("id=\"fault\"")) {
            check(name, html);
        }
    }
}

#[test]
fn the_pages_speak_the_words_of_the_guides() {
    for (sample, known) in KNOWN_WORDS {
        assert!(page(sample, Lang::Vi).contains(known), "{sample} lacks {known}");
    }
}

#[test]
fn elements_of_the_linking_pages_keep_their_ids() {
    for (sample, ids) in [
        ("legacy", &["username", "password", "legacy-submit", "back-to-choice"][..]),
        ("update", &["old_number", "personal_number", "full_name", "birth_date", "update", "skip"]),
        ("notice", &["link-with-vneid", "skip"]),
        ("prove", &["password", "prove-password", "send-code", "later"]),
        ("code", &["code", "code-submit", "resend-code", "other-way", "later"]),
        ("accounts", &["account", "account-1", "account-2", "choose-primary", "later"]),
        ("whom", &["as-myself", "as-organization-0"]),
        ("whom-two", &["as-myself", "as-organization-0", "as-organization-1"]),
        ("not-the-owner", &["way-on", "error-code", "trace-id"]),
        ("linked", &["continue"]),
        ("not-linked-name", &["continue", "error-code", "trace-id"]),
        ("update-taken", &["error-code", "trace-id"]),
    ] {
        for lang in Lang::ALL {
            let html = page(sample, lang);
            for id in ids {
                assert!(html.contains(&format!("id=\"{id}\"")), "{sample} lacks {id}");
            }
        }
    }
}

#[test]
fn every_form_carries_its_token_and_every_field_its_label() {
    let texts = Texts::load().unwrap();
    for lang in Lang::ALL {
        for (name, html) in all(&texts, lang) {
            for form in html.split("<form").skip(1).filter(|form| !form.contains("action=\"/language\"")) {
                let form = form.split("</form>").next().unwrap();
                assert!(form.contains("name=\"form_token\""), "{name}");
            }
            for input in html.split("<input").skip(1).map(|input| input.split('>').next().unwrap()) {
                if input.contains("type=\"hidden\"") {
                    continue;
                }
                let id = between(input, "id=\"", "\"");
                assert!(html.contains(&format!("<label for=\"{id}\">")), "{name}: {id}");
                let text = !input.contains("type=\"radio\"");
                assert_eq!(input.contains("autocomplete=\""), text, "{name}: {id}");
            }
            for described in html.split("aria-describedby=\"").skip(1) {
                for id in described.split('"').next().unwrap().split(' ') {
                    assert!(html.contains(&format!(" id=\"{id}\"")), "{name} speaks of {id}");
                }
            }
        }
    }
}

#[test]
fn a_summary_takes_the_focus_and_leads_to_the_fields() {
    // Where there is one of several to choose.
    let choices = ["account", "reason"];
    each_fault(|name, html| {
        let content = html.split_once("</h1>").unwrap().1.trim_start();
        assert!(content.starts_with("<section id=\"fault\""), "{name}: nothing stands before the summary");
        let opening = between(html, "<section id=\"fault\"", ">");
        assert!(opening.contains("tabindex=\"-1\"") && opening.contains("autofocus"), "{name}");
        let summary = between(html, "<section id=\"fault\"", "</section>");
        let targets: Vec<&str> =
            summary.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        for target in &targets {
            assert!(html.contains(&format!("<input id=\"{target}\"")) || choices.contains(target), "{name}");
        }
        let marked = html.matches("aria-invalid=\"true\"").count();
        let radio = targets.iter().filter(|t| choices.contains(t)).count();
        assert_eq!(marked + radio, targets.len(), "{name}: as many fields are marked as the summary names");
    });
}

#[test]
fn what_was_typed_stays_and_a_password_never() {
    let texts = Texts::load().unwrap();
    let html = page("update-fields", Lang::Vi);
    for typed in TYPED {
        assert!(html.contains(&format!("value=\"{typed}\"")), "{typed}");
    }
    assert!(page("legacy-wrong", Lang::Vi).contains("value=\"nguyenvanan1985\""));
    for lang in Lang::ALL {
        for (name, html) in all(&texts, lang) {
            for input in html.split("<input").skip(1).map(|input| input.split('>').next().unwrap()) {
                if input.contains("type=\"password\"") || input.contains("name=\"code\"") {
                    assert!(input.contains("value=\"\""), "{name}");
                }
            }
        }
    }
    let debug = format!("{:?}", update(layout(Lang::Vi), Some(UpdateFault::NoMatch), None));
    assert!(TYPED.iter().all(|typed| !debug.contains(typed)), "{debug}");
    assert!(!format!("{:?}", linked(layout(Lang::Vi))).contains("052089999999"));
}

#[test]
fn keyboards_fit_what_is_typed() {
    let html = page("code", Lang::Vi);
    let input = between(&html, "<input id=\"code\"", ">");
    assert!(input.contains("inputmode=\"numeric\"") && input.contains("autocomplete=\"one-time-code\""));
    let html = page("legacy", Lang::Vi);
    assert!(between(&html, "<input id=\"username\"", ">").contains("autocomplete=\"username\""));
    let password = between(&html, "<input id=\"password\"", ">");
    assert!(password.contains("type=\"password\"") && password.contains("autocomplete=\"current-password\""));
    let html = page("update", Lang::Vi);
    for number in ["old_number", "personal_number"] {
        assert!(between(&html, &format!("<input id=\"{number}\""), ">").contains("inputmode=\"numeric\""));
    }
    // The keyboard for digits has no slash on some phones.
    assert!(!between(&html, "<input id=\"birth_date\"", ">").contains("inputmode"));
}

#[test]
fn one_wording_covers_an_unknown_name_and_a_wrong_password() {
    let texts = Texts::load().unwrap();
    for lang in Lang::ALL {
        let html = page("legacy-wrong", lang);
        assert!(!between(&html, "<section id=\"fault\"", "</section>").contains("href"));
        assert!(!html.contains("aria-invalid"));
        // The one thing that differs between two users is what they typed.
        let another = LegacySignIn {
            user_name: "quantri".to_owned(),
            ..sign_in(layout(lang), Some(SignInFault::Wrong))
        };
        assert_eq!(another.render(&texts).unwrap().replace("quantri", "nguyenvanan1985"), html);
    }
}

#[test]
fn after_the_cut_off_an_old_account_only_proves() {
    let vi = page("legacy-proves-only", Lang::Vi);
    assert!(vi.contains("Từ ngày 01/07/2024") && vi.contains("Từ ngày 1 tháng 7 năm 2024"));
    assert!(vi.contains("chưa áp dụng với tài khoản quản trị") && !vi.contains(">Đăng nhập</button>"));
    assert!(page("legacy-proves-only", Lang::En).contains("Since 1 July 2024"));
    assert!(page("notice", Lang::Vi).contains("Trước ngày 01/07/2024"));
    assert!(page("notice", Lang::Vi).contains("Nếu bỏ qua, Ông/Bà vào Cổng Dịch vụ công Quốc gia"));
    let after = page("notice-after", Lang::Vi);
    assert!(after.contains("Nếu bỏ qua, Ông/Bà chưa đăng nhập") && !after.contains("Trước ngày"));
}

#[test]
fn a_step_that_cannot_be_skipped_offers_no_skip() {
    for lang in Lang::ALL {
        assert!(!page("update-must", lang).contains("id=\"skip\""));
    }
}

#[test]
fn only_the_ways_that_exist_are_shown() {
    for lang in Lang::ALL {
        let (password, code) = (page("prove-password", lang), page("prove-code", lang));
        assert!(password.contains("id=\"prove-password\"") && !password.contains("id=\"send-code\""));
        assert!(code.contains("id=\"send-code\"") && !code.contains("id=\"prove-password\""));
        assert!(!code.contains("name=\"password\""));
        let none = page("prove-none", lang);
        assert!(none.contains("id=\"later\"") && !none.contains("primary\""));
        // The first way is the one that stands out.
        assert!(page("prove", lang).contains("id=\"prove-password\" class=\"primary\""));
        assert!(page("prove-code-first", lang).contains("id=\"send-code\" class=\"primary\""));
        assert!(page("code", lang).contains("id=\"other-way\""));
        assert!(!page("code-wrong", lang).contains("id=\"other-way\""));
    }
}

#[test]
fn an_account_that_is_not_proven_shows_hints_alone() {
    for lang in Lang::ALL {
        for sample in ["prove", "accounts", "code"] {
            let html = page(sample, lang);
            assert!(html.contains("*** *** *89"), "{sample}");
            for told in ["0912345689", "912345", "tranthibinh"] {
                assert!(!html.contains(told), "{sample} tells {told}");
            }
        }
    }
    assert!(page("prove", Lang::Vi).contains("kết thúc bằng 89"));
    assert!(page("accounts", Lang::Vi).contains("Cần xác nhận là của Ông/Bà"));
}

#[test]
fn nothing_is_told_about_others() {
    for lang in Lang::ALL {
        for sample in ["not-linked-another", "update-taken", "not-the-owner"] {
            let told = words(&page(sample, lang)).to_lowercase();
            for word in
                ["người khác", "another citizen", "somebody else", "someone else", "đã liên kết với", "đã có"]
            {
                assert!(!told.contains(word), "{sample}: {word}");
            }
        }
    }
    assert!(page("not-linked-name", Lang::Vi).contains("họ và tên không khớp"));
    assert!(page("not-linked-birth", Lang::Vi).contains("ngày sinh không khớp"));
}

#[test]
fn whatever_the_population_database_does_is_said_on_the_page_itself() {
    use PopulationFailure::{Busy, Malformed, Refused, TimedOut, Unreachable};
    let texts = Texts::load().unwrap();
    for lang in Lang::ALL {
        let mut seen = std::collections::BTreeSet::new();
        for failure in [Busy, Malformed, Refused, TimedOut, Unreachable] {
            let code = Code::of_population(failure);
            let fault = UpdateFault::Unavailable(code.entry().words);
            let number = code.to_string();
            let html = update(layout(lang), Some(fault), Some(&number)).render(&texts).unwrap();
            assert!(html.contains(&format!("<dd id=\"error-code\">{number}</dd>")));
            seen.insert(between(&html, "<h2 id=\"fault-title\">", "</h2>").to_owned());
        }
        for sample in ["update-no-match", "update-several", "update-deceased"] {
            seen.insert(between(&page(sample, lang), "<h2 id=\"fault-title\">", "</h2>").to_owned());
        }
        assert_eq!(seen.len(), 8);
    }
}

#[test]
fn the_words_of_a_fault_are_those_of_its_code() {
    let texts = Texts::load().unwrap();
    for (sample, code) in [
        ("legacy-unavailable", Code::CheckServiceAway),
        ("prove-unavailable", Code::CheckServiceAway),
        ("prove-code", Code::MessageNotSent),
        ("code-not-sent", Code::MessageNotSent),
        ("update-no-match", Code::PopulationNoMatch),
        ("update-several", Code::PopulationSeveral),
        ("update-deceased", Code::PopulationDeceased),
        ("update-taken", Code::AccountConflicts),
        ("not-the-owner", Code::NotTheOwner),
    ] {
        for lang in Lang::ALL {
            assert!(page(sample, lang).contains(&*texts.get(lang, code.entry().words)), "{sample}");
        }
    }
}

#[test]
fn hostile_data_stays_text_on_the_linking_pages() {
    let texts = Texts::load().unwrap();
    let hostile = r#"</title><script>alert(1)</script>"'><img src=x onerror=alert(1)>"#;
    let bad = || hostile.to_owned();
    for lang in Lang::ALL {
        let layout = || layout(lang);
        let masked = AccountHint { user_name: Some(Masked::user_name(hostile)), ..hint() };
        let typed = Typed { old_number: bad(), personal_number: bad(), full_name: bad(), birth_date: bad() };
        let mut chosen = accounts(layout(), false);
        chosen.origin = bad();
        chosen.accounts[0].value = bad();
        let kind = LinkedKind::Legacy { origin: bad(), account: bad() };
        let list = vec![
            LinkedAccount { kind: LinkedKind::Vneid { number: bad() }, on: july() },
            LinkedAccount { kind, on: july() },
        ];
        let pages = [
            LegacySignIn { user_name: bad(), back: bad(), ..sign_in(layout(), Some(SignInFault::Wrong)) }
                .render(&texts),
            NumberUpdate { typed, ..update(layout(), Some(UpdateFault::NoMatch), None) }.render(&texts),
            ProveAccount { origin: bad(), hint: masked, ..prove(layout(), &[Proof::Password], None) }
                .render(&texts),
            EnterCode { form_token: bad(), action: bad(), ..code(layout(), None) }.render(&texts),
            chosen.render(&texts),
            AsWhom { person: bad(), ..whom(layout(), &[(hostile, hostile)]) }.render(&texts),
            Linked { accounts: list, ..linked(layout()) }.render(&texts),
            NotLinked {
                origin: bad(),
                reference: (bad(), bad()),
                ..not_linked(layout(), NotLinkedWhy::Closed)
            }
            .render(&texts),
            NotTheOwner { layout: layout(), again: post(), reference: Some((bad(), bad())) }.render(&texts),
        ];
        for page in pages {
            let html = page.unwrap();
            assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("\"'>"), "{html}");
        }
    }
}
