use super::bundle::source;
use super::{Lang, Texts};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Key → the variables in its text. Keys are `id` and `id.attribute`.
fn keys(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::<String, BTreeSet<String>>::new();
    let (mut id, mut key) = (String::new(), String::new());
    for line in source(lang).lines().filter(|l| !l.starts_with('#')) {
        if let Some((left, _)) = line.split_once(" = ") {
            if let Some(attribute) = left.trim().strip_prefix('.') {
                key = format!("{id}.{attribute}");
            } else if !left.starts_with(' ') {
                id = left.to_owned();
                key = id.clone();
            }
            assert!(all.insert(key.clone(), BTreeSet::new()).is_none(), "{key} stands twice");
        }
        for variable in line.split("{ $").skip(1) {
            let name = variable.split(' ').next().unwrap_or_default();
            all.get_mut(&key).unwrap().insert(name.to_owned());
        }
    }
    all
}

fn files(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        } else if path.file_name().is_some_and(|name| name == "account") {
            found.extend(files(&format!("{folder}/account")));
        }
    }
    found
}

/// Every text between double quotes that looks like a key: words joined by hyphens, perhaps an attribute.
fn quoted_keys(text: &str) -> BTreeSet<String> {
    let looks = |s: &&str| {
        s.contains('-')
            && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.')
            && s.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
    };
    text.split('"').filter(looks).map(str::to_owned).collect()
}

/// Every key that templates, views and the catalogue name.
fn named() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for (_, text) in files("templates") {
        for call in ["t.say(\"", "t.with(\"", "t.with_all(\""] {
            all.extend(text.split(call).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
        }
    }
    for folder in ["src/views", "src/errors/catalogue"] {
        for (name, text) in files(folder) {
            if !name.ends_with("assets.rs") && !name.ends_with("tests.rs") {
                let code: String = text.lines().filter(|l| !l.trim_start().starts_with("//")).collect();
                all.extend(quoted_keys(&code));
            }
        }
    }
    // What is sent to a phone.
    all.insert("message-code".to_owned());
    all.extend((1..=12).map(|month| format!("month-{month}")));
    all
}

#[test]
fn both_languages_have_the_same_keys_and_variables() {
    let (vi, en) = (keys(Lang::Vi), keys(Lang::En));
    assert!(vi.len() > 100);
    for (key, variables) in &vi {
        assert_eq!(Some(variables), en.get(key), "{key}");
    }
    assert_eq!(vi.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
}

#[test]
fn every_key_that_is_named_exists() {
    let known = keys(Lang::Vi);
    let named = named();
    assert!(named.len() > 100);
    for key in &named {
        assert!(known.contains_key(key), "{key} has no text");
    }
}

#[test]
fn no_text_is_left_over() {
    let named = named();
    for key in keys(Lang::Vi).keys() {
        // A message that is named brings its attributes along: the views ask for them by id.
        let id = key.split('.').next().unwrap();
        let referred = key == "site-name";
        assert!(named.contains(key) || named.contains(id) || referred, "nobody uses {key}");
    }
}

#[test]
fn every_text_resolves_without_a_fault() {
    let texts = Texts::load().unwrap();
    for lang in Lang::ALL {
        for (key, variables) in keys(lang) {
            let values: Vec<(&str, &str)> = variables.iter().map(|v| (v.as_str(), "«x»")).collect();
            let text = texts.with(lang, &key, &values);
            assert!(!text.contains(['⟦', '{', '\u{2068}']), "{key}: {text}");
            assert_eq!(text.matches("«x»").count() > 0, !variables.is_empty(), "{key}: {text}");
            assert_eq!(text.trim(), text, "{key}");
        }
    }
    assert_eq!(texts.get(Lang::Vi, "no-such-key"), "⟦no-such-key⟧");
    assert_eq!(texts.get(Lang::Vi, "error-internal.nothing"), "⟦error-internal.nothing⟧");
}

#[test]
fn people_read_no_word_of_the_protocol() {
    let banned = [
        "token", "tokens", "client", "clients", "session", "sessions", "state", "nonce", "cookie", "cookies",
        "redirect", "uri", "url", "oauth", "openid", "oidc", "http", "https", "callback", "json", "scope",
        "claim", "claims", "issuer", "upstream", "server",
    ];
    for lang in Lang::ALL {
        for line in source(lang).lines().filter(|l| !l.starts_with('#')) {
            let said = line.split_once(" = ").map_or(line, |(_, said)| said).to_lowercase();
            for word in said.split(|c: char| !c.is_alphanumeric()) {
                assert!(!banned.contains(&word), "{word:?} in {line}");
            }
        }
    }
}

#[test]
fn letters_are_composed() {
    // A file in decomposed form looks the same and is not found by a search.
    for lang in Lang::ALL {
        assert!(!source(lang).chars().any(|c| ('\u{300}'..='\u{36f}').contains(&c)));
    }
}

#[test]
fn languages_are_read_from_tags() {
    for (tag, lang) in [
        ("vi", Some(Lang::Vi)),
        ("VI-vn", Some(Lang::Vi)),
        ("en_GB", Some(Lang::En)),
        (" en ", Some(Lang::En)),
        ("fr", None),
        ("", None),
        ("vie", None),
        ("e", None),
    ] {
        assert_eq!(Lang::parse(tag), lang, "{tag:?}");
    }
    assert_eq!(Lang::from_ui_locales(&["fr", "en-US", "vi"]), Some(Lang::En));
    assert_eq!(Lang::from_ui_locales::<&str>(&[]), None);
}

#[test]
fn languages_are_read_from_the_header() {
    for (header, lang) in [
        ("vi,en;q=0.5", Some(Lang::Vi)),
        ("en-US,en;q=0.9,vi;q=0.8", Some(Lang::En)),
        ("en;q=0.4, vi;q=0.41", Some(Lang::Vi)),
        ("fr, vi;q=0.1", Some(Lang::Vi)),
        ("en;q=0", None),
        ("en;q=abc, vi;q=0.001", Some(Lang::Vi)),
        ("en;q=2, vi;q=0.2", Some(Lang::Vi)),
        ("*", None),
        ("", None),
        (";;;,,=;q=", None),
    ] {
        assert_eq!(Lang::from_accept_language(header), lang, "{header:?}");
    }
}

proptest::proptest! {
    #[test]
    fn any_header_is_read(header in "\\PC{0,200}") {
        let _ = (Lang::from_accept_language(&header), Lang::parse(&header));
    }

    #[test]
    fn any_key_is_answered(key in "\\PC{0,60}") {
        let texts = Texts::load().unwrap();
        let _ = texts.get(Lang::En, &key);
    }
}
