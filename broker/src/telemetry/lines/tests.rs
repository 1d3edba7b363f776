use crate::config::{LogFormat, LogSettings};
use crate::telemetry::logging::subscriber;
use crate::telemetry::tests::Written;
use proptest::prelude::*;

fn logged(format: LogFormat, say: impl FnOnce()) -> String {
    let written = Written::default();
    let sink = written.clone();
    let settings = LogSettings { format, level: "trace".to_owned() };
    tracing::subscriber::with_default(subscriber(&settings, move || sink.clone()), say);
    written.text()
}

#[test]
fn every_kind_of_value_has_its_form() {
    let say = || {
        let error = std::io::Error::other("a \"bad\" end");
        let error: &(dyn std::error::Error + 'static) = &error;
        tracing::warn!(
            text = "two\nlines",
            whole = -3_i64,
            part = 0.5,
            endless = f64::INFINITY,
            yes = true,
            shown = %"bare",
            listed = ?["a"],
            none = Option::<&str>::None,
            error,
            "said"
        );
    };
    let json = logged(LogFormat::Json, say);
    let line: serde_json::Value = serde_json::from_str(json.trim_end()).unwrap();
    assert_eq!(json.matches('\n').count(), 1);
    assert_eq!((&line["level"], &line["message"]), (&"WARN".into(), &"said".into()));
    assert_eq!(
        (&line["text"], &line["whole"], &line["part"]),
        (&"two\nlines".into(), &(-3).into(), &0.5.into())
    );
    assert_eq!(
        (&line["endless"], &line["yes"], &line["shown"]),
        (&"inf".into(), &true.into(), &"bare".into())
    );
    assert_eq!((&line["listed"], &line["error"]), (&"[\"a\"]".into(), &"a \"bad\" end".into()));
    assert!(line.get("none").is_none() && line.get("trace").is_none());
    let time = line["timestamp"].as_str().unwrap();
    assert!(time.len() == 27 && time.ends_with('Z') && time.contains('T'), "{time}");

    let text = logged(LogFormat::Text, say);
    assert_eq!(text.matches('\n').count(), 1, "{text}");
    for part in [" WARN ", ": said text=\"two\\nlines\" whole=-3 part=0.5", "shown=bare listed=[\"a\"]"] {
        assert!(text.contains(part), "{text}");
    }
}

proptest! {
    /// Nothing that is logged makes a second line or breaks the JSON.
    #[test]
    fn whatever_is_said_stays_one_line(value in any::<String>()) {
        let say = || tracing::info!(quoted = value.as_str(), bare = %value, "{value}");
        let json = logged(LogFormat::Json, say);
        let line: serde_json::Value = serde_json::from_str(json.strip_suffix('\n').unwrap()).unwrap();
        for name in ["quoted", "bare", "message"] {
            prop_assert_eq!(line[name].as_str(), Some(value.as_str()));
        }
        prop_assert_eq!(json.lines().count(), 1);
        let text = logged(LogFormat::Text, || tracing::info!(bare = %value, quoted = value.as_str(), "said"));
        prop_assert_eq!(text.matches('\n').count(), 1);
    }
}
