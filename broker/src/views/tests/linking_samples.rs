//! The pages on the way from an old account to a link, in each of their states.

use super::samples::{TRACE, bare, layout, post};
use crate::texts::{Lang, Texts};
use crate::views::*;
use broker_domain::client::SignInMethod;
use broker_domain::clock::Timestamp;
use broker_domain::linking::Proof;

/// A portal with a long name, as provinces have them.
pub(super) const LONG: &str = "Hệ thống thông tin giải quyết thủ tục hành chính tỉnh Bà Rịa - Vũng Tàu";
const NATIONAL: &str = "Cổng Dịch vụ công Quốc gia";
/// What was typed into the update, as people type.
pub(super) const TYPED: [&str; 4] = ["171 234 567", "038 075 000 003", "lê văn cường", "2/11/75"];

pub(super) fn day(secs: i64) -> Day {
    Day::of(Timestamp::from_secs(secs))
}

pub(super) fn july() -> Day {
    day(1_719_766_800)
}

fn action(step: &str) -> String {
    format!("/login/AAAAAAAAAAAAAAAAAAAAAA/{step}")
}

fn token() -> String {
    "3.abc".to_owned()
}

fn reference(code: &str) -> (String, String) {
    (code.to_owned(), TRACE.to_owned())
}

pub(super) fn sign_in(layout: Layout, fault: Option<SignInFault>) -> LegacySignIn {
    LegacySignIn {
        layout,
        action: action("legacy"),
        form_token: token(),
        back: "/login/AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        which: SignInMethod::National,
        proves_only: None,
        user_name: if fault.is_some() { "nguyenvanan1985".to_owned() } else { String::new() },
        fault,
    }
}

pub(super) fn update(layout: Layout, fault: Option<UpdateFault>, code: Option<&str>) -> NumberUpdate {
    let [old_number, personal_number, full_name, birth_date] = match fault {
        Some(_) => TYPED.map(str::to_owned),
        None => Default::default(),
    };
    NumberUpdate {
        layout,
        action: action("number"),
        form_token: token(),
        typed: Typed { old_number, personal_number, full_name, birth_date },
        skippable: true,
        fault,
        reference: code.map(reference),
    }
}

pub(super) fn hint() -> AccountHint {
    AccountHint {
        user_name: Some(Masked::user_name("tranthibinh90")),
        phone: Some(Masked::phone("0912345689")),
        last_used: None,
        opened: None,
    }
}

pub(super) fn prove(layout: Layout, ways: &[Proof], fault: Option<ProofFault>) -> ProveAccount {
    ProveAccount {
        layout,
        action: action("prove"),
        form_token: token(),
        origin: LONG.to_owned(),
        hint: hint(),
        ways: ways.to_vec(),
        fault,
    }
}

pub(super) fn code(layout: Layout, fault: Option<CodeFault>) -> EnterCode {
    EnterCode {
        layout,
        action: action("code"),
        form_token: token(),
        phone: Masked::phone("0912345689"),
        minutes: 5,
        other_way: fault.is_none(),
        fault,
    }
}

pub(super) fn accounts(layout: Layout, nothing_chosen: bool) -> ChooseAccount {
    let choice =
        |value: &str, hint, needs_proof| AccountChoice { value: value.to_owned(), hint, needs_proof };
    let used =
        AccountHint { last_used: Some(day(1_717_200_000)), opened: Some(day(1_575_900_000)), ..hint() };
    let old = AccountHint { opened: Some(day(1_583_000_000)), ..AccountHint::default() };
    ChooseAccount {
        layout,
        action: action("accounts"),
        form_token: token(),
        origin: NATIONAL.to_owned(),
        accounts: vec![
            choice("Qm9i", used, false),
            choice("QWxp", old, true),
            choice("Q2Fy", AccountHint::default(), true),
        ],
        chosen: (!nothing_chosen).then(|| "Qm9i".to_owned()),
        nothing_chosen,
    }
}

pub(super) fn whom(layout: Layout, organizations: &[(&str, &str)]) -> AsWhom {
    AsWhom {
        layout,
        action: action("whom"),
        form_token: token(),
        person: "NGUYỄN VĂN AN".to_owned(),
        organizations: organizations
            .iter()
            .map(|(name, tax_code)| ActsFor { name: (*name).to_owned(), tax_code: (*tax_code).to_owned() })
            .collect(),
    }
}

pub(super) fn not_linked(layout: Layout, why: NotLinkedWhy) -> NotLinked {
    NotLinked { layout, origin: NATIONAL.to_owned(), why, reference: reference("VB-1610"), onward: post() }
}

pub(super) fn linked(layout: Layout) -> Linked {
    let first = |name: &str, account: &str| LinkedKind::Legacy {
        origin: name.to_owned(),
        account: account.to_owned(),
    };
    Linked {
        layout,
        accounts: vec![
            LinkedAccount {
                kind: LinkedKind::Vneid { number: "052089999999".to_owned() },
                on: day(1_704_042_000),
            },
            LinkedAccount { kind: first(NATIONAL, "dvcqg-0000016"), on: july() },
            LinkedAccount { kind: first(LONG, "dvcqg-0000017"), on: july() },
        ],
        onward: post(),
    }
}

/// Name and HTML of each sample.
pub(super) fn all(texts: &Texts, lang: Lang) -> Vec<(&'static str, String)> {
    use Proof::{Password, PhoneCode};
    let at = |fault| sign_in(layout(lang), fault).render(texts);
    let proves_only = LegacySignIn { proves_only: Some(july()), ..sign_in(layout(lang), None) };
    let post_account = LegacySignIn { which: SignInMethod::Vnpost, ..sign_in(bare(lang), None) };
    let changed = |fault| update(layout(lang), Some(fault), None).render(texts);
    let failed = |fault, code| update(layout(lang), Some(fault), Some(code)).render(texts);
    let bad = vec![
        BadField::OldNumber,
        BadField::PersonalNumber,
        BadField::NumberContradicts,
        BadField::FullName,
        BadField::BirthDate,
    ];
    let must = NumberUpdate {
        skippable: false,
        ..update(bare(lang), Some(UpdateFault::Fields(vec![BadField::NumberContradicts])), None)
    };
    let notice = |layout, ends, skip_leads_to_portal| {
        LinkNotice { layout, action: action("notice"), form_token: token(), ends, skip_leads_to_portal }
            .render(texts)
    };
    let proof = |ways: &[Proof], fault| prove(layout(lang), ways, fault).render(texts);
    let typed = |fault| code(layout(lang), fault).render(texts);
    let one = [("CÔNG TY TNHH SAO MAI", "0101234567")];
    let two = [
        one[0],
        ("HỢP TÁC XÃ DỊCH VỤ NÔNG NGHIỆP TỔNG HỢP VÀ THƯƠNG MẠI ĐẠI PHƯỚC LỘC THỌ", "3700000000-001"),
    ];
    let other = NotTheOwner { layout: layout(lang), again: post(), reference: Some(reference("VB-1604")) };
    let other_bare = NotTheOwner { layout: bare(lang), again: post(), reference: None };
    let left = |why| not_linked(layout(lang), why).render(texts);
    let differs = |name, birth_date| NotLinkedWhy::Differs { name, birth_date };
    let pages = vec![
        ("legacy", at(None)),
        ("legacy-proves-only", proves_only.render(texts)),
        ("legacy-vnpost", post_account.render(texts)),
        ("legacy-empty", at(Some(SignInFault::Empty))),
        ("legacy-wrong", at(Some(SignInFault::Wrong))),
        ("legacy-too-many", at(Some(SignInFault::TooMany { minutes: 15 }))),
        ("legacy-unavailable", at(Some(SignInFault::Unavailable))),
        ("update", update(layout(lang), None, None).render(texts)),
        ("update-fields", changed(UpdateFault::Fields(bad))),
        ("update-must", must.render(texts)),
        ("update-no-match", changed(UpdateFault::NoMatch)),
        ("update-several", failed(UpdateFault::Several, "VB-1612")),
        ("update-deceased", failed(UpdateFault::Deceased, "VB-1617")),
        ("update-taken", failed(UpdateFault::Taken, "VB-1619")),
        ("update-too-many", changed(UpdateFault::TooMany { minutes: 15 })),
        ("update-unavailable", failed(UpdateFault::Unavailable("error-population-slow"), "VB-1613")),
        ("notice", notice(layout(lang), Some(july()), true)),
        ("notice-after", notice(layout(lang), None, false)),
        ("notice-bare", notice(bare(lang), None, true)),
        ("prove", proof(&[Password, PhoneCode], None)),
        ("prove-password", proof(&[Password], Some(ProofFault::Wrong))),
        ("prove-code", proof(&[PhoneCode], Some(ProofFault::SendFailed))),
        ("prove-code-first", proof(&[PhoneCode, Password], Some(ProofFault::Empty))),
        ("prove-too-many", proof(&[Password], Some(ProofFault::TooMany { minutes: 1 }))),
        ("prove-unavailable", proof(&[Password, PhoneCode], Some(ProofFault::Unavailable))),
        ("prove-none", prove(bare(lang), &[], None).render(texts)),
        ("code", typed(None)),
        ("code-empty", typed(Some(CodeFault::Empty))),
        ("code-wrong", typed(Some(CodeFault::Wrong { left: 2 }))),
        ("code-expired", typed(Some(CodeFault::Expired))),
        ("code-too-many", typed(Some(CodeFault::TooMany { minutes: 15 }))),
        ("code-not-sent", typed(Some(CodeFault::SendFailed))),
        ("accounts", accounts(layout(lang), false).render(texts)),
        ("accounts-missing", accounts(bare(lang), true).render(texts)),
        ("whom", whom(layout(lang), &one).render(texts)),
        ("whom-two", whom(bare(lang), &two).render(texts)),
        ("not-the-owner", other.render(texts)),
        ("not-the-owner-bare", other_bare.render(texts)),
        ("linked", linked(layout(lang)).render(texts)),
        ("linked-bare", linked(bare(lang)).render(texts)),
        ("not-linked-name", left(differs(true, false))),
        ("not-linked-birth", left(differs(false, true))),
        ("not-linked-both", left(differs(true, true))),
        ("not-linked-another", left(NotLinkedWhy::LinkedToAnother)),
        ("not-linked-closed", left(NotLinkedWhy::Closed)),
        ("not-linked-locked", left(NotLinkedWhy::Locked)),
        ("not-linked-deceased", left(NotLinkedWhy::Deceased)),
        ("not-linked-changed", left(NotLinkedWhy::Changed)),
        ("not-linked-no-way", not_linked(bare(lang), NotLinkedWhy::NoWay).render(texts)),
    ];
    pages.into_iter().map(|(name, page)| (name, page.unwrap())).collect()
}
