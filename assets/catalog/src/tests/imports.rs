//! What an imported query becomes: concepts, ranges of the page, and nothing else.

use serde_json::json;

use crate::Catalog;
use crate::import::{Fate, Ground, ImportError, Imported, grafana};

fn import(dashboard: &serde_json::Value) -> Result<Imported, ImportError> {
    let catalog = Catalog::embedded().unwrap_or_else(|error| panic!("{error}"));
    let ground = Ground {
        catalog: &catalog,
        layered: &|name, text| Catalog::embedded_with(&[(name, text)], &|_| Ok(())),
    };
    grafana(&ground, &dashboard.to_string())
}

/// The panel's fate, its query, then the reasons.
#[track_caller]
fn check(expr: &str, expect: &str) {
    let dashboard =
        json!({"title": "T", "panels": [{"type": "timeseries", "title": "P", "targets": [{"expr": expr}]}]});
    let imported = import(&dashboard).unwrap();
    let panel = &imported.panels[0];
    let query = imported
        .text
        .lines()
        .find_map(|line| line.strip_prefix("    { expr = "));
    let query = query
        .and_then(|line| line.strip_suffix(", legend = \"\" },"))
        .unwrap_or_default();
    let reasons: Vec<_> = panel.reasons.iter().map(|reason| format!("\n{reason}")).collect();
    assert_eq!(
        format!("{} {query}{}", panel.fate.as_str(), reasons.concat()),
        expect,
        "{expr}"
    );
}

#[test]
fn names_old_new_and_prefixed_become_their_concept_and_the_pages_variables_are_the_pages() {
    check("vllm:kv_cache_usage_perc", r#"kept "{{kv_cache_usage}}""#);
    check("vllm:gpu_cache_usage_perc", r#"kept "{{kv_cache_usage}}""#);
    check("kserve_vllm:kv_cache_usage_perc", r#"kept "{{kv_cache_usage}}""#);
    for namespace in ["$namespace", "${namespace}", "${ns:regex}", "[[namespace]]"] {
        check(
            &format!("max by (pod) (vllm:kv_cache_usage_perc{{namespace=~\"{namespace}\"}})"),
            r#"kept "max by (pod) ({{kv_cache_usage}})""#,
        );
    }
    check(
        r#"sum(rate(vllm:time_to_first_token_seconds_bucket{le="0.5",pod!="a"}[$__rate_interval]))"#,
        r#"kept "sum(rate({{ttft.bucket, le=\"0.5\", pod!=\"a\"}}[$window]))""#,
    );
    check(
        "increase(vllm:time_to_first_token_seconds_count[$__range])",
        r#"kept "increase({{ttft.count}}[$range])""#,
    );
}

#[test]
fn what_is_otherwise_is_said() {
    check(
        "rate(vllm:time_to_first_token_seconds_sum[5m])",
        "changed \"rate({{ttft.sum}}[$window])\"\nthe range [5m] follows the page",
    );
    check(
        r#"vllm:kv_cache_usage_perc{zone="$zone"}"#,
        "changed \"{{kv_cache_usage}}\"\nthe filter zone=\"$zone\" is left out",
    );
    check(
        "sum(rate(shop_orders_total[$__rate_interval]))",
        "changed \"sum(rate({{imported_counter_shop_orders_total}}[$window]))\"\nshop_orders_total is not in the catalogue: it \
         is taken for a counter",
    );
}

#[test]
fn what_cannot_be_said_here_is_dropped_with_its_reason() {
    check("", "dropped \nit has no query");
    check("{app=\"x\"}", "dropped \nit selects series without a metric's name");
    check(
        "a{__name__=~\".*\"}",
        "dropped \nit selects metrics by a pattern of their names",
    );
    check(
        "up offset 1h",
        "dropped \nit looks back with offset, which no panel does",
    );
    check(
        "up @ end()",
        "dropped \nit asks for a fixed instant with @, which no panel does",
    );
    check(
        "max_over_time(up[1h:1m])",
        "dropped \nit has a subquery, which no panel has",
    );
    check("rate(up[1h])[5m:]", "dropped \nit has a subquery, which no panel has");
    check("$query", "dropped \nthe variable $query is not known here");
    check(
        "vllm:prompt_tokens_total",
        "dropped \nprompt_tokens is a counter and only ever grows",
    );
    check("sum(up", "dropped \n\"(\" is not closed");
    check("up{a=\"", "dropped \na text in quotes does not end");
    check("up{a=b}", "dropped \nits filters cannot be read");
}

#[test]
fn nothing_leaves_its_quotes() {
    check(
        r#"vllm:kv_cache_usage_perc{pod="\"}) or vector(1) #"}"#,
        r##"kept "{{kv_cache_usage, pod=\"\\\"}) or vector(1) #\"}}""##,
    );
    let hostile = "x\"\n]]]\n[[panel]]\n\u{7}'''";
    let dashboard = json!({"title": hostile, "panels": [{
        "type": "stat",
        "title": hostile,
        "description": hostile,
        "targets": [{"expr": "vllm:kv_cache_usage_perc", "legendFormat": hostile}],
    }]});
    let imported = import(&dashboard).unwrap();
    assert_eq!(imported.panels[0].fate, Fate::Kept);
    let layered = Catalog::embedded_with(&[("own.toml", &imported.text)], &|_| Ok(())).unwrap();
    assert_eq!(layered.faults, []);
    let own: Vec<_> = layered
        .catalog
        .panels()
        .filter(|panel| panel.id.as_str().starts_with("imported"))
        .collect();
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].title, "x\" ]]] [[panel]]  '''");
}

#[test]
fn what_is_no_dashboard_is_said_to_be_none() {
    let none = import(&json!({"title": "T"}));
    assert_eq!(none, Err(ImportError::NoDashboard));
    let empty = import(&json!({"dashboard": {"title": "T", "panels": []}})).unwrap();
    assert_eq!(
        (empty.id.as_str(), empty.text.as_str(), empty.panels.len()),
        ("imported_t", "", 0)
    );
}
