//! Stylesheet, icon and fonts, built in. Each has its content's hash in its name, so that browsers may keep it for ever.
//!
//! Plain data: who serves it sets the headers.

use crate::paths::ASSETS;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use std::borrow::Cow;
use std::sync::LazyLock;

/// A file that pages link to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// The one stylesheet.
    Style,
    /// The icon in the browser's tab.
    Icon,
}

/// A file to be served.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// What is in it.
    pub bytes: &'static [u8],
    /// Its media type.
    pub content_type: &'static str,
    /// Whether it never changes under its name: it may be kept for ever (RFC 8246).
    pub immutable: bool,
}

struct Entry {
    source: &'static str,
    url: String,
    bytes: Cow<'static, [u8]>,
    content_type: &'static str,
}

/// Name and content of each font; the stylesheet refers to them by these names.
const FONTS: [(&str, &[u8]); 4] = [
    ("be-vietnam-pro-400-latin.woff2", include_bytes!("../../assets/fonts/be-vietnam-pro-400-latin.woff2")),
    (
        "be-vietnam-pro-400-vietnamese.woff2",
        include_bytes!("../../assets/fonts/be-vietnam-pro-400-vietnamese.woff2"),
    ),
    ("be-vietnam-pro-600-latin.woff2", include_bytes!("../../assets/fonts/be-vietnam-pro-600-latin.woff2")),
    (
        "be-vietnam-pro-600-vietnamese.woff2",
        include_bytes!("../../assets/fonts/be-vietnam-pro-600-vietnamese.woff2"),
    ),
];
const STYLE: &str = include_str!("../../assets/style.css");
const ICON: &str = include_str!("../../assets/icon.svg");

static TABLE: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let mut table: Vec<Entry> =
        FONTS.iter().map(|(name, bytes)| entry(name, Cow::Borrowed(bytes), "font/woff2")).collect();
    table.push(entry("icon.svg", Cow::Borrowed(ICON.as_bytes()), "image/svg+xml"));
    // The stylesheet names its fonts by their hashed names, and is hashed after that.
    let style = table.iter().fold(STYLE.to_owned(), |css, file| css.replace(file.source, &file.url));
    table.push(entry("style.css", Cow::Owned(style.into_bytes()), "text/css; charset=utf-8"));
    table
});

fn entry(source: &'static str, bytes: Cow<'static, [u8]>, content_type: &'static str) -> Entry {
    let mut hash = HEXLOWER.encode(digest(&SHA256, &bytes).as_ref());
    hash.truncate(16);
    let name = match source.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{hash}.{extension}"),
        None => format!("{source}-{hash}"),
    };
    Entry { source, url: ASSETS.replace("{name}", &name), bytes, content_type }
}

/// The path under which a file is served, for example `/assets/style-0123456789abcdef.css`.
pub fn url(file: File) -> &'static str {
    let source = match file {
        File::Style => "style.css",
        File::Icon => "icon.svg",
    };
    TABLE.iter().find(|e| e.source == source).map_or("", |e| e.url.as_str())
}

/// The file of a path; the name alone, as a route's parameter holds it, does as well. `None` for anything that is not in the
/// table, also for a known file under another hash.
pub fn find(path: &str) -> Option<Asset> {
    let folder = ASSETS.trim_end_matches("{name}");
    let name = path.strip_prefix(folder).unwrap_or(path);
    TABLE.iter().find(|e| e.url.strip_prefix(folder) == Some(name)).map(|e| Asset {
        bytes: &e.bytes,
        content_type: e.content_type,
        immutable: true,
    })
}

/// The paths of all files.
pub fn urls() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|e| e.url.as_str())
}
