//! The schema of the configuration, and the table of all settings made from it.

use super::settings::Settings;
use serde_json::Value;
use std::fmt::Write;

/// The JSON schema of the configuration file (draft 2020-12), for editors and for checks before a roll-out.
pub fn schema() -> Value {
    schemars::schema_for!(Settings).to_value()
}

/// All settings as a Markdown table: name, default, meaning.
pub fn reference() -> String {
    let root = schema();
    let mut out = String::from("| setting | default | meaning |\n|---|---|---|\n");
    rows(&root, &root, "", &mut out);
    out
}

fn rows(root: &Value, schema: &Value, prefix: &str, out: &mut String) {
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        let target = resolve(root, property);
        if let Some(entry) =
            target.get("items").map(|i| resolve(root, i)).filter(|e| e.get("properties").is_some())
        {
            rows(root, entry, &format!("{path}[]"), out);
        } else if target.get("properties").is_some() {
            rows(root, target, &path, out);
        } else {
            let default = match property.get("default").filter(|d| !d.is_null()) {
                Some(value) => format!("`{value}`"),
                None if required.contains(&name.as_str()) => "required".to_owned(),
                None => default_of_section(root, prefix, name).unwrap_or_default(),
            };
            let meaning =
                property.get("description").or_else(|| target.get("description")).and_then(Value::as_str);
            let meaning = meaning.unwrap_or_default().replace('\n', " ").replace('|', "\\|");
            let _ = writeln!(out, "| `{path}` | {default} | {meaning} |");
        }
    }
}

/// A section's default may stand at the section instead of at its members.
fn default_of_section(root: &Value, section: &str, name: &str) -> Option<String> {
    let value = root.get("properties")?.get(section)?.get("default")?.get(name)?;
    (!value.is_null()).then(|| format!("`{value}`"))
}

/// Follows a reference, also one inside of `anyOf` (an optional section).
fn resolve<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    let several = schema.get("anyOf").or_else(|| schema.get("allOf")).and_then(Value::as_array);
    let direct = schema.get("$ref").or_else(|| several?.iter().find_map(|s| s.get("$ref")));
    direct
        .and_then(Value::as_str)
        .and_then(|r| r.strip_prefix('#'))
        .and_then(|pointer| root.pointer(pointer))
        .unwrap_or(schema)
}
