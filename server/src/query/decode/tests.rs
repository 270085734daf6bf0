//! What upstream answers become, in full.

use server_api::wire;

use super::*;
use crate::tests::harness::limits as all_limits;

fn limits() -> AnswerLimits {
    all_limits().answers
}

const GRID: Columns = Columns {
    start: 1_763_796_000,
    step: 60,
    len: 4,
};

fn lines(frames: &[Frame]) -> String {
    frames
        .iter()
        .map(|frame| serde_json::to_string(frame).unwrap() + "\n")
        .collect()
}

fn matrix_lines(result: &str) -> String {
    let body = format!(r#"{{"status":"success","data":{{"resultType":"matrix","result":{result}}}}}"#);
    match matrix(body.as_bytes(), 0, GRID, limits()) {
        Ok(decoded) => lines(&decoded.data),
        Err(fault) => format!("{fault}"),
    }
}

#[test]
fn samples_stand_at_their_place_and_the_rest_is_absent() {
    insta::assert_snapshot!(
        matrix_lines(r#"[{"metric":{"pod":"a\"é"},"values":[[1763796000,"0.4"],[1763796120,"1e-7"],[1763796180.000,"12"]]},{"metric":{},"values":[]}]"#),
        @r#"
    {"query":0,"labels":{"pod":"a\"é"},"start":1763796000,"step":60,"values":[0.4,null,1e-7,12.0]}
    {"query":0,"labels":{},"start":1763796000,"step":60,"values":[null,null,null,null]}
    "#
    );
}

#[test]
fn nan_and_the_infinities_stay_what_they_are_and_are_not_absent() {
    let text = matrix_lines(r#"[{"metric":{},"values":[[1763796000,"NaN"],[1763796060,"+Inf"],[1763796120,"-Inf"]]}]"#);
    insta::assert_snapshot!(text, @r#"{"query":0,"labels":{},"start":1763796000,"step":60,"values":["NaN","+Inf","-Inf",null]}"#);
}

#[test]
fn an_empty_matrix_is_no_frame_and_no_fault() {
    assert_eq!(matrix_lines("[]"), "");
}

#[test]
fn a_sample_off_the_grid_or_no_number_is_refused() {
    for sample in [
        r#"[1763796001,"1"]"#,
        r#"[1763796000.5,"1"]"#,
        r#"[1763796240,"1"]"#,
        r#"[1763795940,"1"]"#,
        r#"[1e300,"1"]"#,
        r#"[1763796000,"one"]"#,
        r#"[1763796000,1]"#,
    ] {
        let text = matrix_lines(&format!(r#"[{{"metric":{{}},"values":[{sample}]}}]"#));
        assert!(text.starts_with("upstream is no Prometheus: "), "{sample}: {text}");
    }
}

#[test]
fn warnings_and_infos_are_kept_wherever_they_stand() {
    let body = br#"{"infos":["rate on a gauge"],"status":"success","warnings":["store gone"],"data":{"result":[],"resultType":"matrix"}}"#;
    let decoded = matrix(body, 0, GRID, limits()).unwrap();
    assert_eq!(decoded.warnings, ["rate on a gauge", "store gone"]);
}

#[test]
fn every_cut_of_a_good_answer_is_truncated_and_never_a_shorter_good_one() {
    let body = br#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1763796000,"1"]]}]},"warnings":["w"]}"#;
    assert!(matrix(body, 0, GRID, limits()).is_ok());
    for end in 0..body.len() {
        let fault = matrix(&body[..end], 0, GRID, limits()).unwrap_err();
        assert_eq!(fault.public().code, "upstream_truncated", "{end}");
    }
}

#[test]
fn another_result_or_another_document_is_not_prometheus() {
    for body in [
        "[]",
        "null",
        "7",
        "<html>",
        r#"{"status":"error","data":{"resultType":"matrix","result":[]}}"#,
        r#"{"status":"success"}"#,
        r#"{"status":"success","data":null}"#,
        r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#,
        r#"{"status":"success","data":{"resultType":"matrix","result":[]}} x"#,
        r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":1},"values":[]}]}}"#,
    ] {
        let fault = matrix(body.as_bytes(), 0, GRID, limits()).unwrap_err();
        assert_eq!(fault.public().code, "upstream_not_prometheus", "{body}");
    }
}

#[test]
fn many_series_of_few_samples_cannot_take_more_memory_than_allowed() {
    let check = |columns: Columns, series: usize| {
        let series = vec![r#"{"metric":{},"values":[]}"#; series].join(",");
        let body = format!(r#"{{"status":"success","data":{{"resultType":"matrix","result":[{series}]}}}}"#);
        matrix(body.as_bytes(), 0, columns, limits()).map(|decoded| decoded.data.len())
    };
    let wide = Columns { len: 11_000, ..GRID };
    let too_large = |what: &str| Err(Fault::UpstreamTooLarge(what.to_owned()));
    assert_eq!(check(wide, 2_000_000 / 11_000), Ok(181));
    assert_eq!(check(wide, 182), too_large("2000000 values"));
    assert_eq!(check(GRID, 5_000), Ok(5_000));
    assert_eq!(check(GRID, 5_001), too_large("5000 series"));
}

#[test]
fn cumulative_buckets_become_counts_in_ascending_order() {
    let body = br#"{"status":"success","data":{"resultType":"vector","result":[
        {"metric":{"le":"+Inf"},"value":[1763796000,"10"]},
        {"metric":{"le":"10"},"value":[1763796000,"7.5"]},
        {"metric":{"le":"2"},"value":[1763796000,"7.6"]},
        {"metric":{"le":"0.5"},"value":[1763796000,"3"]}]}}"#;
    insta::assert_snapshot!(lines(&buckets(body, 2, GRID).unwrap().data), @r#"
    {"query":2,"labels":{"le":"0.5"},"start":1763796000,"step":60,"values":[3.0]}
    {"query":2,"labels":{"le":"2"},"start":1763796000,"step":60,"values":[4.6]}
    {"query":2,"labels":{"le":"10"},"start":1763796000,"step":60,"values":[0.0]}
    {"query":2,"labels":{"le":"+Inf"},"start":1763796000,"step":60,"values":[2.4000000000000004]}
    "#);
}

#[test]
fn distributions_over_unlike_bounds_are_taken_apart_before_they_are_added() {
    // Three requests up to 60 s on the new engine, four of which one took longer than 10 s on the old one.
    let body = br#"{"status":"success","data":{"resultType":"vector","result":[
        {"metric":{"le":"10.0","model_name":"new"},"value":[1763796000,"2"]},
        {"metric":{"le":"60.0","model_name":"new"},"value":[1763796000,"3"]},
        {"metric":{"le":"+Inf","model_name":"new"},"value":[1763796000,"3"]},
        {"metric":{"le":"10","model_name":"old"},"value":[1763796000,"3"]},
        {"metric":{"le":"+Inf","model_name":"old"},"value":[1763796000,"4"]}]}}"#;
    insta::assert_snapshot!(lines(&buckets(body, 0, GRID).unwrap().data), @r#"
    {"query":0,"labels":{"le":"10.0"},"start":1763796000,"step":60,"values":[5.0]}
    {"query":0,"labels":{"le":"60.0"},"start":1763796000,"step":60,"values":[1.0]}
    {"query":0,"labels":{"le":"+Inf"},"start":1763796000,"step":60,"values":[1.0]}
    "#);
}

#[test]
fn series_and_lists_are_read() {
    let series = sightings(br#"{"status":"success","data":[{"__name__":"up","pod":"a"},{"pod":"nameless"}]}"#).unwrap();
    assert_eq!(series.data.len(), 1);
    assert_eq!(series.data[0].series, "up");
    assert_eq!(series.data[0].labels["pod"], "a");
    assert_eq!(
        strings(br#"{"status":"success","data":["a","b"]}"#).unwrap().data,
        ["a", "b"]
    );
    assert_eq!(strings(br#"{"status":"success","data":null}"#).unwrap().data, [""; 0]);
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_decoder_panic(body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        let _ = matrix(&body, 0, GRID, limits());
        let _ = buckets(&body, 0, GRID);
        let _ = sightings(&body);
    }

    #[test]
    fn any_value_that_prometheus_writes_comes_back_bit_for_bit(value in proptest::prelude::any::<f64>()) {
        let text = if value.is_nan() { "NaN".to_owned() } else if value.is_infinite() {
            if value > 0.0 { "+Inf".to_owned() } else { "-Inf".to_owned() }
        } else { format!("{value}") };
        let body = format!(r#"{{"status":"success","data":{{"resultType":"matrix","result":[{{"metric":{{}},"values":[[1763796060,"{text}"]]}}]}}}}"#);
        let got = matrix(body.as_bytes(), 0, GRID, limits()).unwrap().data[0].values[1];
        proptest::prop_assert!(got.to_bits() == value.to_bits() || (got.is_nan() && value.is_nan()));
        proptest::prop_assert!(!server_api::is_absent(got));
    }
}

#[test]
fn a_decoded_frame_goes_over_the_wire_unchanged() {
    let body = br#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"pod":"a"},"values":[[1763796060,"NaN"]]}]}}"#;
    let frames = matrix(body, 1, GRID, limits()).unwrap().data;
    let record = server_api::Record::Panel(server_api::PanelAnswer {
        panel: "p".to_owned(),
        state: server_api::PanelState::NoTraffic,
        window_s: None,
        sources: Vec::new(),
        frames,
        warnings: Vec::new(),
        error: None,
        spacing_s: None,
        widened: false,
        begins: None,
        joined: Vec::new(),
        limits: Vec::new(),
        waits_for: None,
        notes: Vec::new(),
    });
    let sent = wire::encode_frames(&record).unwrap();
    assert_eq!(wire::Decoder::default().push(&sent).unwrap(), [record]);
}
