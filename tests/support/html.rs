//! As much of HTML as is needed to read our own pages.

/// A form with what a press of one of its buttons sends.
#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    pub method: String,
    pub fields: Vec<(String, String)>,
}

impl Form {
    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The same form with another value in a field.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(n, _)| n != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same form without a field.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(n, _)| n != name);
        self
    }
}

fn unescape(text: &str) -> String {
    let mut out = text.to_owned();
    for (from, to) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&amp;", "&"),
    ] {
        out = out.replace(from, to);
    }
    out
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = format!(" {name}=\"");
    let at = tag.find(&start)? + start.len();
    let end = tag[at..].find('"')? + at;
    Some(unescape(&tag[at..end]))
}

/// The tags of a kind, without brackets.
fn tags<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let start = format!("<{name}");
    text.match_indices(&start)
        .filter_map(|(at, _)| {
            let tag = &text[at + 1..];
            let fits = tag[name.len()..].starts_with([' ', '>', '\n']);
            fits.then(|| &tag[..tag.find('>').unwrap_or(tag.len())])
        })
        .collect()
}

/// Whether an element of this id stands on the page.
pub fn has(html: &str, id: &str) -> bool {
    html.contains(&format!(" id=\"{id}\""))
}

/// The text of the element with this id, tags within it taken out. For elements that hold none of their own kind.
pub fn text_of(html: &str, id: &str) -> Option<String> {
    let at = html.find(&format!(" id=\"{id}\""))?;
    let open = html[..at].rfind('<')?;
    let name: String = html[open + 1..].chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
    let inner = &html[at..];
    let inner = &inner[inner.find('>')? + 1..];
    let inner = &inner[..inner.find(&format!("</{name}>"))?];
    Some(plain(inner))
}

/// An attribute of the element with this id.
pub fn attribute_of(html: &str, id: &str, name: &str) -> Option<String> {
    let at = html.find(&format!(" id=\"{id}\""))?;
    let open = html[..at].rfind('<')?;
    attribute(&html[open..open + html[open..].find('>')?], name)
}

/// The form in which the element with this id stands, as it is sent when that element is pressed.
pub fn form_with(html: &str, id: &str) -> Option<Form> {
    let marker = format!(" id=\"{id}\"");
    let (at, _) = html.match_indices("<form").find(|(at, _)| {
        let block = &html[*at..];
        block[..block.find("</form>").unwrap_or(block.len())].contains(&marker)
    })?;
    let block = &html[at..];
    let block = &block[..block.find("</form>")?];
    let head = tags(block, "form")[0];
    let mut fields: Vec<(String, String)> = tags(block, "input")
        .iter()
        .filter_map(|t| Some((attribute(t, "name")?, attribute(t, "value").unwrap_or_default())))
        .collect();
    let pressed = tags(block, "button").into_iter().find(|t| t.contains(&marker));
    if let Some((name, value)) = pressed.and_then(|t| Some((attribute(t, "name")?, attribute(t, "value")?))) {
        fields.push((name, value));
    }
    Some(Form { action: attribute(head, "action")?, method: attribute(head, "method")?, fields })
}

/// The words of a page.
pub fn plain(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            _ if !inside => out.push(c),
            _ => {}
        }
    }
    unescape(&out.split_whitespace().collect::<Vec<_>>().join(" "))
}
