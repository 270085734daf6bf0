//! The Prometheus text format 0.0.4, as an exporter answers a scrape. Order and values are the caller's; nothing is
//! sorted, added or rounded here.

use std::io::Write as _;

use super::labels::Exposed;
use super::sim::{Family, Kind};

/// What a scrape's answer is declared as. Prometheus 3 refuses an answer without it.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// One scrape's answer.
pub fn text(families: &[Family]) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 * 1024);
    for family in families {
        for part in ["# HELP ", &family.name, " "] {
            out.extend_from_slice(part.as_bytes());
        }
        push_escaped(&mut out, &family.help, false);
        for part in ["\n# TYPE ", &family.name, " ", type_name(&family.kind), "\n"] {
            out.extend_from_slice(part.as_bytes());
        }
        for sample in &family.samples {
            out.extend_from_slice(family.name.as_bytes());
            out.extend_from_slice(sample.suffix.as_bytes());
            push_labels(
                &mut out,
                sample
                    .labels
                    .iter()
                    .map(|(name, value): &Exposed| (name.as_ref(), value.as_ref())),
            );
            out.push(b' ');
            push_value(&mut out, sample.value);
            out.push(b'\n');
        }
    }
    out
}

/// The word after the name in a `# TYPE` line.
pub fn type_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
        Kind::Summary => "summary",
        Kind::Unknown => "untyped",
    }
}

/// `{name="value",…}`, or nothing where there are no labels.
pub fn push_labels<'a>(out: &mut Vec<u8>, labels: impl Iterator<Item = (&'a str, &'a str)>) {
    let mut open = false;
    for (name, value) in labels {
        out.push(if open { b',' } else { b'{' });
        open = true;
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"=\"");
        push_escaped(out, value, true);
        out.push(b'"');
    }
    if open {
        out.push(b'}');
    }
}

/// Both formats know the same numbers: shortest digits that give back the same f64, `NaN`, `+Inf` and `-Inf`.
pub fn push_value(out: &mut Vec<u8>, value: f64) {
    // Writing to a Vec cannot fail.
    let _ = if value.is_infinite() {
        out.write_all(if value > 0.0 { b"+Inf" } else { b"-Inf" })
    } else {
        write!(out, "{value}")
    };
}

/// A help text escapes backslash and line feed; a label value the quotation mark as well.
fn push_escaped(out: &mut Vec<u8>, text: &str, quoted: bool) {
    for byte in text.bytes() {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'"' if quoted => out.extend_from_slice(b"\\\""),
            _ => out.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::sim::Sample;

    fn sample(suffix: &'static str, labels: &[(&'static str, &'static str)], value: f64) -> Sample {
        Sample {
            suffix,
            labels: labels
                .iter()
                .map(|&(name, value)| (name.into(), value.into()))
                .collect(),
            value,
        }
    }

    #[test]
    fn every_kind_is_written_with_its_help_its_type_and_escaped_labels() {
        let families = [
            Family {
                name: "vllm:prompt_tokens_total".into(),
                help: "Tokens \"in\", C:\\dir\nand more".into(),
                kind: Kind::Counter,
                samples: vec![sample(
                    "",
                    &[("engine", "0"), ("model_name", "a\"b\\c\nd")],
                    1_234_567_890_123.0,
                )],
            },
            Family {
                name: "ttft_seconds".into(),
                help: String::new(),
                kind: Kind::Histogram,
                samples: vec![
                    sample("_bucket", &[("le", "0.001")], 0.0),
                    sample("_bucket", &[("le", "+Inf")], 3.0),
                    sample("_sum", &[], 0.30000000000000004),
                    sample("_count", &[], 3.0),
                ],
            },
            Family {
                name: "idle".into(),
                help: "No series yet".into(),
                kind: Kind::Unknown,
                samples: Vec::new(),
            },
            Family {
                name: "odd".into(),
                help: "é".into(),
                kind: Kind::Gauge,
                samples: vec![
                    sample("", &[("v", "nan")], f64::NAN),
                    sample("", &[("v", "up")], f64::INFINITY),
                    sample("", &[("v", "down")], f64::NEG_INFINITY),
                    sample("", &[("v", "small")], 1e-7),
                ],
            },
            Family {
                name: "rpc".into(),
                help: "s".into(),
                kind: Kind::Summary,
                samples: vec![sample("", &[("quantile", "0.5")], 2.5)],
            },
        ];
        insta::assert_snapshot!(String::from_utf8(text(&families)).unwrap(), @r#"
        # HELP vllm:prompt_tokens_total Tokens "in", C:\\dir\nand more
        # TYPE vllm:prompt_tokens_total counter
        vllm:prompt_tokens_total{engine="0",model_name="a\"b\\c\nd"} 1234567890123
        # HELP ttft_seconds 
        # TYPE ttft_seconds histogram
        ttft_seconds_bucket{le="0.001"} 0
        ttft_seconds_bucket{le="+Inf"} 3
        ttft_seconds_sum 0.30000000000000004
        ttft_seconds_count 3
        # HELP idle No series yet
        # TYPE idle untyped
        # HELP odd é
        # TYPE odd gauge
        odd{v="nan"} NaN
        odd{v="up"} +Inf
        odd{v="down"} -Inf
        odd{v="small"} 0.0000001
        # HELP rpc s
        # TYPE rpc summary
        rpc{quantile="0.5"} 2.5
        "#);
    }
}
