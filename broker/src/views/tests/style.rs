use std::collections::BTreeMap;

const STYLE: &str = include_str!("../../../assets/style.css");

/// Text and its ground: each is looked at in both schemes.
const TEXT: [(&str, &str); 17] = [
    ("ink", "ground"),
    ("ink", "card"),
    ("muted", "ground"),
    ("muted", "card"),
    ("link", "ground"),
    ("link", "card"),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("yellow", "yellow-ground"),
    ("link", "yellow-ground"),
    ("ink", "yellow-ground"),
    ("green", "card"),
    ("green", "ground"),
    ("yellow", "card"),
    ("yellow", "ground"),
    ("red", "card"),
    ("red", "ground"),
];

/// Edges of controls, and the ring around what has the focus (WCAG 2.2, 1.4.11: 3:1).
const EDGES: [(&str, &str); 6] = [
    ("focus", "ground"),
    ("focus", "card"),
    ("focus", "yellow-ground"),
    ("muted", "card"),
    ("muted", "ground"),
    ("brand", "ground"),
];

fn variables(block: &str) -> BTreeMap<&str, &str> {
    block
        .split([';', '{', '}'])
        .filter_map(|line| line.trim().strip_prefix("--"))
        .filter_map(|line| line.split_once(':'))
        .collect()
}

fn root_after(marker: &str) -> BTreeMap<&'static str, &'static str> {
    let after = STYLE.split_once(marker).unwrap().1;
    variables(after.split_once('}').unwrap().0)
}

/// Light, and dark with what it leaves as it is.
fn schemes() -> [(&'static str, BTreeMap<&'static str, &'static str>); 2] {
    let light = root_after(":root{");
    let mut dark = light.clone();
    dark.extend(root_after("@media (prefers-color-scheme:dark){:root{"));
    [("light", light), ("dark", dark)]
}

/// Relative luminance (WCAG 2.2).
fn luminance(colour: &str) -> f64 {
    let hex = colour.strip_prefix('#').unwrap();
    assert_eq!(hex.len(), 6, "{colour}");
    let rgb = u32::from_str_radix(hex, 16).unwrap();
    let part = |shift: u32| {
        let c = f64::from(rgb >> shift & 0xff) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn contrast_is_computed_as_the_standard_says() {
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
    assert!((contrast("#777777", "#ffffff") - 4.478).abs() < 1e-3);
}

#[test]
fn every_pair_of_colours_can_be_read() {
    for (scheme, colours) in schemes() {
        for (pairs, least) in [(&TEXT[..], 4.5), (&EDGES[..], 3.0)] {
            for (front, back) in pairs {
                let found = contrast(colours[front], colours[back]);
                assert!(found >= least, "{scheme}: {front} on {back} is {found:.2}:1");
            }
        }
    }
}

#[test]
fn colours_are_named_by_role_and_every_role_is_checked() {
    let after_roles = STYLE.split_once("*,*::before").unwrap().1;
    assert!(
        !after_roles.contains('#')
            || after_roles.matches('#').count() == after_roles.matches("#trace-id").count()
    );
    for declaration in after_roles.split([';', '{', '}']) {
        let Some((property, value)) = declaration.trim().split_once(':') else { continue };
        for role in value.split("var(--").skip(1).filter_map(|v| v.split(')').next()) {
            let text = TEXT.iter().any(|(front, _)| *front == role);
            let ground = TEXT.iter().any(|(_, back)| *back == role);
            let edge = EDGES.iter().any(|(front, _)| *front == role);
            let checked = match property {
                "color" => text,
                "background" | "background-color" => ground,
                "outline" => edge,
                // A line that only separates, and carries no meaning.
                _ if role == "line" => true,
                _ => edge || text || ground,
            };
            assert!(checked, "{property}:{role} is in no table");
        }
    }
}

#[test]
fn the_colours_are_those_of_the_design() {
    let [(_, light), _] = schemes();
    for (role, colour) in [
        ("ink", "#1d1f24"),
        ("muted", "#565b66"),
        ("ground", "#f7f5f1"),
        ("card", "#ffffff"),
        ("line", "#d9d5cc"),
        ("brand", "#a6402a"),
        ("brand-strong", "#83301e"),
        ("focus", "#1b5fd0"),
        ("green", "#1d7a3e"),
        ("yellow", "#8a6100"),
        ("yellow-ground", "#fff4d6"),
        ("red", "#b3261e"),
    ] {
        assert_eq!(light[role], colour, "{role}");
    }
}

#[test]
fn wishes_of_the_reader_are_honoured() {
    for wish in [
        "prefers-color-scheme:dark",
        "prefers-contrast:more",
        "prefers-reduced-motion",
        "forced-colors:active",
        "@media print",
        "font-display:swap",
        "outline:3px solid var(--focus)",
        "min-height:3rem",
    ] {
        assert!(STYLE.contains(wish), "{wish}");
    }
    // Nothing is sized in pixels that holds text, so that the reader's own size counts.
    assert!(!STYLE.contains("font-size:18px") && !STYLE.contains("!important"));
}
