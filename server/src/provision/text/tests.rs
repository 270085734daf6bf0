//! Texts as administrators write them, before and after; and the law that holds for all of them.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const WORKLOAD: [&str; 1] = ["enableUserWorkload"];
const RETENTION: [&str; 2] = ["prometheus", "retention"];

/// Both ways: what setting makes of the text, and that removing gives the text back.
fn check_workload(before: &str, after: &str) {
    assert_eq!(
        set(before, &WORKLOAD, &json!(true)),
        Ok(Edit::Changed(after.to_owned())),
        "{before:?}"
    );
    assert_eq!(set(after, &WORKLOAD, &json!(true)), Ok(Edit::Unchanged), "{after:?}");
}

fn check_retention(before: &str, after: &str) {
    assert_eq!(
        set(before, &RETENTION, &json!("7d")),
        Ok(Edit::Changed(after.to_owned())),
        "{before:?}"
    );
    assert_eq!(set(after, &RETENTION, &json!("7d")), Ok(Edit::Unchanged), "{after:?}");
}

#[test]
fn a_key_is_added_behind_the_others_and_comments_stay() {
    check_workload("", "enableUserWorkload: true\n");
    check_workload("\n", "\nenableUserWorkload: true\n");
    check_workload("# nothing yet\n", "# nothing yet\nenableUserWorkload: true\n");
    check_workload("---\n", "---\nenableUserWorkload: true\n");
    check_workload(
        "# ours\nprometheusK8s:\n  retention: 15d  # do not touch\n",
        "# ours\nprometheusK8s:\n  retention: 15d  # do not touch\nenableUserWorkload: true\n",
    );
    check_workload("a: 1\n# for b\n", "a: 1\nenableUserWorkload: true\n# for b\n");
    check_workload("a: 1", "a: 1\nenableUserWorkload: true");
    check_workload("a: 1\r\n", "a: 1\r\nenableUserWorkload: true\r\n");
    check_workload("---\na: 1\n...\n", "---\na: 1\nenableUserWorkload: true\n...\n");
}

#[test]
fn odd_indentation_is_kept() {
    check_workload("   a: 1\n   b: 2\n", "   a: 1\n   b: 2\n   enableUserWorkload: true\n");
    check_workload("a:\n- x\n- y\n", "a:\n- x\n- y\nenableUserWorkload: true\n");
    check_workload(
        "a: |\n  enableUserWorkload: false\n",
        "a: |\n  enableUserWorkload: false\nenableUserWorkload: true\n",
    );
    // Behind it the new key would become part of the text.
    check_workload("a: |+\n  x\n\n", "a: |+\n  x\n\nenableUserWorkload: true\n");
}

#[test]
fn another_value_is_replaced_on_its_own_line() {
    check_workload(
        "a: 1\nenableUserWorkload: false   # off for now\nb: 2\n",
        "a: 1\nenableUserWorkload: true   # off for now\nb: 2\n",
    );
    check_workload("\"enableUserWorkload\" : false\n", "\"enableUserWorkload\" : true\n");
    check_workload("enableUserWorkload:\n", "enableUserWorkload: true\n");
}

#[test]
fn flow_style_stays_flow_style() {
    check_workload("{}\n", "{enableUserWorkload: true}\n");
    check_workload(
        "{a: 1, b: {c: 2}} # one line\n",
        "{enableUserWorkload: true, a: 1, b: {c: 2}} # one line\n",
    );
    check_workload(
        "{a: 1, enableUserWorkload: false, b: 2}\n",
        "{a: 1, enableUserWorkload: true, b: 2}\n",
    );
    check_workload(
        "{\"a\": \"}\", \"enableUserWorkload\": false}",
        "{\"a\": \"}\", \"enableUserWorkload\": true}",
    );
    check_workload(
        "{\n  \"a\": 1, # first\n  \"b\": 2\n}\n",
        "{enableUserWorkload: true, \n  \"a\": 1, # first\n  \"b\": 2\n}\n",
    );
    check_retention("prometheus: {}\n", "prometheus: {retention: 7d}\n");
    check_retention(
        "prometheus: {retention: 24h, replicas: 2} # x\n",
        "prometheus: {retention: 7d, replicas: 2} # x\n",
    );
    check_retention("{a: {}}", "{prometheus: {retention: 7d}, a: {}}");
}

#[test]
fn a_nested_key_goes_into_its_own_mapping() {
    check_retention("", "prometheus:\n  retention: 7d\n");
    check_retention("prometheus:\n", "prometheus:\n  retention: 7d\n");
    check_retention("prometheus: null # later\n", "prometheus: # later\n  retention: 7d\n");
    check_retention(
        "thanosRuler:\n  retention: 24h\nprometheus:\n     # deep\n     replicas: 2\n\n# end\n",
        "thanosRuler:\n  retention: 24h\nprometheus:\n     # deep\n     replicas: 2\n     retention: 7d\n\n# end\n",
    );
    check_retention(
        "prometheus:\n  retention: 24h # short\n  volumeClaimTemplate:\n    spec:\n      retention: x\n",
        "prometheus:\n  retention: 7d # short\n  volumeClaimTemplate:\n    spec:\n      retention: x\n",
    );
}

#[test]
fn what_is_no_mapping_is_reported_and_never_overwritten() {
    let fault = |text: &str| set(text, &WORKLOAD, &json!(true)).unwrap_err();
    assert!(matches!(fault("a: [1\nb: {"), EditFault::NotYaml(_)));
    assert!(matches!(fault("a: 1\na: 2\n"), EditFault::NotYaml(_)));
    assert!(matches!(fault("a: 1\n---\nb: 2\n"), EditFault::NotYaml(_)));
    assert_eq!(fault("- a\n"), EditFault::NoMapping);
    assert_eq!(fault("hello\n"), EditFault::NoMapping);
    assert_eq!(
        set("prometheus: 3\n", &RETENTION, &json!("7d")),
        Err(EditFault::InTheWay("prometheus".to_owned()))
    );
}

#[test]
fn a_key_is_removed_with_its_line_and_nothing_else() {
    let check = |before: &str, path: &[&str], after: &str| {
        assert_eq!(
            unset(before, path, true),
            Ok(Edit::Changed(after.to_owned())),
            "{before:?}"
        );
    };
    check(
        "# a\nenableUserWorkload: true\nb: 1 # c\n",
        &WORKLOAD,
        "# a\nb: 1 # c\n",
    );
    check("{enableUserWorkload: true, a: 1}\n", &WORKLOAD, "{a: 1}\n");
    check("{a: 1, enableUserWorkload: true}\n", &WORKLOAD, "{a: 1}\n");
    check("{enableUserWorkload: true}\n", &WORKLOAD, "{}\n");
    check("prometheus:\n  retention: 7d\nb: 1\n", &RETENTION, "b: 1\n");
    check(
        "prometheus:\n  retention: 7d\n  replicas: 2\n",
        &RETENTION,
        "prometheus:\n  replicas: 2\n",
    );
    check("a: 1\nprometheus: {retention: 7d}\n", &RETENTION, "a: 1\n");
    assert_eq!(unset("a: 1\n", &WORKLOAD, true), Ok(Edit::Unchanged));
}

/// Keys, comments, blanks and values of all the kinds that the configuration has.
fn texts() -> impl Strategy<Value = String> {
    let entry = prop_oneof![
        Just("# a comment"),
        Just(""),
        Just("prometheusK8s:\n  retention: 15d # keep\n  nodeSelector: {a: b}"),
        Just("alertmanagerMain: {enableUserAlertmanagerConfig: true}"),
        Just("telemeterClient:\n    clusterID: \"x # y\""),
        Just("prometheus:\n  externalLabels:\n    note: |\n      retention: 9d\n      enableUserWorkload: false"),
        Just("k: \"two\n  lines: here\""),
        Just("list:\n- a\n-  b: 1\n   c: 2"),
        Just("enableUserWorkload: false # why"),
    ];
    let ends = prop_oneof![Just("\n"), Just("")];
    (prop::collection::vec(entry, 0..7), ends, 0..3_usize).prop_map(|(parts, end, indent)| {
        let text = parts.join("\n") + end;
        let blank = " ".repeat(indent);
        text.split_inclusive('\n')
            .map(|line| format!("{blank}{line}"))
            .collect()
    })
}

proptest! {
    /// Whatever the text, the edit changes the one value, keeps every other line, and gives way when it is taken back.
    #[test]
    fn an_edit_changes_one_value_and_no_other_line(text in texts()) {
        for (path, value) in [(&WORKLOAD[..], json!(true)), (&RETENTION[..], json!("7d"))] {
            let Ok(old) = tree(&text) else { continue };
            let Ok(Edit::Changed(new)) = set(&text, path, &value) else { continue };
            let changed = tree(&new).unwrap();
            prop_assert_eq!(get(&changed, path), Some(&value));
            let kept: Vec<&str> = new.lines().collect();
            for line in text.lines().filter(|line| !line.contains("enableUserWorkload") && !line.contains("prometheus")) {
                prop_assert!(kept.contains(&line), "{:?} lost {:?}", text, line);
            }
            if get(&old, path).is_none() {
                let back = unset(&new, path, get(&old, &path[..path.len() - 1]).is_none()).unwrap();
                let Edit::Changed(back) = back else { panic!("{new:?}") };
                prop_assert_eq!(tree(&back), Ok(old));
            }
        }
    }
}
