//! Writes every sample to a folder, to be looked at.

use super::samples::all;
use crate::texts::{Lang, Texts};
use crate::views::assets::{find, urls};
use std::fs;
use std::path::PathBuf;

/// `PAGES_DIR=folder cargo test -p broker views::tests::gallery -- --ignored`
#[test]
#[ignore = "writes files, for looking at pages"]
fn write_samples() {
    let Some(folder) = std::env::var_os("PAGES_DIR").map(PathBuf::from) else {
        panic!("PAGES_DIR says where to");
    };
    fs::create_dir_all(folder.join("assets")).unwrap();
    // Pages opened from a folder find the files beside them.
    let beside = |text: &str| text.replace("/assets/", "assets/");
    for path in urls() {
        let bytes = find(path).unwrap().bytes;
        let bytes = match std::str::from_utf8(bytes) {
            Ok(text) => text.replace("/assets/", "").into_bytes(),
            Err(_) => bytes.to_vec(),
        };
        fs::write(folder.join(path.trim_start_matches('/')), bytes).unwrap();
    }
    let texts = Texts::load().unwrap();
    for lang in Lang::ALL {
        for (name, html) in all(&texts, lang) {
            fs::write(folder.join(format!("{name}.{}.html", lang.as_str())), beside(&html)).unwrap();
        }
    }
}
