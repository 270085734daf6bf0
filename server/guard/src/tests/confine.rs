//! What goes in and what comes out.

use super::wall;
use crate::{Refusal, Wall};

#[test]
fn every_selector_is_confined_wherever_it_hides() {
    let cases = [
        ("up", r#"up{namespace="a"}"#),
        ("1 + 1", "1 + 1"),
        (r#"{__name__=~".+"}"#, r#"{__name__=~".+",namespace="a"}"#),
        (r#"{"a metric"}"#, r#"{__name__="a metric",namespace="a"}"#),
        (r#"up{"a label"="x"}"#, r#"up{"a label"="x",namespace="a"}"#),
        (r#"up{namespace="a"}"#, r#"up{namespace="a"}"#),
        (r#"up{"namespace"="a"}"#, r#"up{namespace="a"}"#),
        (r#"up{namespace!="b"}"#, r#"up{namespace!="b",namespace="a"}"#),
        (r#"up{namespace!=""}"#, r#"up{namespace!="",namespace="a"}"#),
        (r#"up{namespace=~"a|b"}"#, r#"up{namespace="a",namespace=~"a|b"}"#),
        (r#"up{namespace!~"a"}"#, r#"up{namespace!~"a",namespace="a"}"#),
        ("rate(x[5m])", r#"rate(x{namespace="a"}[5m])"#),
        (
            "topk(scalar(secret), up)",
            r#"topk(scalar(secret{namespace="a"}), up{namespace="a"})"#,
        ),
        (
            "quantile(scalar(secret), up)",
            r#"quantile(scalar(secret{namespace="a"}), up{namespace="a"})"#,
        ),
        (
            "limitk(scalar(secret), up)",
            r#"limitk(scalar(secret{namespace="a"}), up{namespace="a"})"#,
        ),
        (r#"count_values("v", up)"#, r#"count_values("v", up{namespace="a"})"#),
        (
            "sum by (pod) (up) / on (pod) group_left () down",
            r#"sum by (pod) (up{namespace="a"}) / on (pod) group_left () down{namespace="a"}"#,
        ),
        (
            "up or down unless left",
            r#"up{namespace="a"} or down{namespace="a"} unless left{namespace="a"}"#,
        ),
        (
            "max_over_time(rate(x[5m])[1h:1m] offset 5m)",
            r#"max_over_time(rate(x{namespace="a"}[5m])[1h:1m] offset 5m)"#,
        ),
        (
            r#"label_replace(up, "namespace", "b", "", "")"#,
            r#"label_replace(up{namespace="a"}, "namespace", "b", "", "")"#,
        ),
        ("-up", r#"-up{namespace="a"}"#),
        ("+up", r#"up{namespace="a"}"#),
        ("up @ 10 offset 5m # } or x", r#"up{namespace="a"} @ 10.000 offset 5m"#),
        ("up # one\r or down", r#"up{namespace="a"} or down{namespace="a"}"#),
        (
            r#"up{a="\"}) or vector(1) #"}"#,
            r#"up{a="\"}) or vector(1) #",namespace="a"}"#,
        ),
        ("up{a='\u{fc}\u{1f980}'}", "up{a=\"\u{fc}\u{1f980}\",namespace=\"a\"}"),
        ("absent(up)", r#"absent(up{namespace="a"})"#),
        ("sum by () (up)", r#"sum(up{namespace="a"})"#),
        ("sum without () (up)", r#"sum without () (up{namespace="a"})"#),
        ("up + ignoring () down", r#"up{namespace="a"} + down{namespace="a"}"#),
        ("up + on () down", r#"up{namespace="a"} + on () down{namespace="a"}"#),
        ("sum{or='1'}", r#"sum{namespace="a",or="1"}"#),
    ];
    for (query, expected) in cases {
        assert_eq!(wall(&["a"]).confine(query).as_deref(), Ok(expected), "{query}");
    }
}

#[test]
fn several_values_are_joined_and_quoted() {
    let several = wall(&["b.c", "a", "a"]);
    assert_eq!(several.confine("up").as_deref(), Ok(r#"up{namespace=~"a|b\\.c"}"#));
    assert_eq!(several.everything(), r#"{namespace=~"a|b\\.c"}"#);
    assert_eq!(wall(&["a"]).everything(), r#"{namespace="a"}"#);
    let one_of_them = several.confine(r#"up{namespace="a"}"#);
    assert_eq!(one_of_them.as_deref(), Ok(r#"up{namespace="a",namespace=~"a|b\\.c"}"#));
    let not_one_of_them = several.confine(r#"up{namespace!="a"}"#);
    assert_eq!(
        not_one_of_them.as_deref(),
        Ok(r#"up{namespace!="a",namespace=~"a|b\\.c"}"#)
    );
}

#[test]
fn promise_11_a_value_cannot_break_out_of_its_quotes() {
    for value in ["\"", "\\", "\"} or up{a=\"", "a\nb", "`", "\u{0}", "}", "\u{e9}"] {
        let confined = wall(&[value]).confine("up").unwrap();
        let found = super::oracle::selectors(&confined).unwrap();
        let [only] = found.as_slice() else { panic!("{confined}") };
        assert_eq!(
            only.matchers,
            [("namespace".to_owned(), "=".to_owned(), value.to_owned())]
        );
    }
}

#[test]
fn without_a_value_nothing_may_be_asked() {
    assert_eq!(Wall::new("namespace", []), Err(Refusal::NothingAllowed));
    assert_eq!(Wall::new("namespace", [String::new()]), Err(Refusal::NothingAllowed));
}

#[test]
fn a_match_list_takes_plain_selectors_only() {
    assert_eq!(
        wall(&["a"]).confine_selector("up").as_deref(),
        Ok(r#"up{namespace="a"}"#)
    );
    let outside = Refusal::Outside {
        label: "namespace".to_owned(),
        asked: "b".to_owned(),
    };
    assert_eq!(wall(&["a"]).confine_selector(r#"up{namespace="b"}"#), Err(outside));
    for bad in [
        "up offset 5m",
        "up @ 5",
        "rate(up[5m])",
        "up[5m]",
        "1",
        "up or down",
        "(up)",
        "-up",
        "sum(up)",
    ] {
        assert_eq!(wall(&["a"]).confine_selector(bad), Err(Refusal::NotASelector), "{bad}");
    }
}
