//! `servelens import grafana`: the report, the exit codes, and that what was kept is served.

use anyhow::Result;
use serde_json::{Value, json};
use tests::rig::{http, paths, serve::run};

use super::{NOBODY, small_server};

fn fixture() -> String {
    let path = paths::checkout().join("tests/fixtures/dashboards/grafana.json");
    path.to_string_lossy().into_owned()
}

#[tokio::test]
async fn each_panel_has_its_verdict_and_what_was_kept_is_served() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().to_string_lossy().into_owned();
    let output = run(&["import", "grafana", &fixture(), "--out", &out], &[])?;
    assert_eq!(output.status.code(), Some(1), "some panels are dropped");
    let said = String::from_utf8_lossy(&output.stdout).replace(&out, "OUT");
    insta::assert_snapshot!(said, @r#"
    Team "chat": serving: 2 panels kept, 2 changed, 7 dropped
    kept Cache
    changed Latency: the filter zone="$zone" is left out; the range [5m] follows the page
    changed Shop queue: a gauge is shown as a number; shop_orders_total is not in the catalogue: it is taken for a counter; shop_queue_length is not in the catalogue: it is taken for a gauge; the unit "furlongs" is not known here, so its numbers stand bare
    dropped Everything: Servelens has no panel of the kind "table"
    dropped Logs: it asks loki, and Servelens asks Prometheus alone
    dropped By pattern: it selects series without a metric's name
    kept Breakout
    dropped Totals: prompt_tokens is a counter and only ever grows
    dropped Cache: it looks back with offset, which no panel does
    dropped Broken: "(" is not closed
    dropped Steps: it has a subquery, which no panel has
    written to OUT/imported_team_chat_serving.toml; the page is /servelens/imported_team_chat_serving
    "#);
    // A second time it is the same: the file that is there is not in its own way.
    let again = run(&["import", "grafana", &fixture(), "--out", &out], &[])?;
    assert_eq!(String::from_utf8_lossy(&again.stdout).replace(&out, "OUT"), said);

    let (server, _assets) = small_server(NOBODY, &["--identity", "demo", "--dashboards", &out]).await?;
    let catalog = http::get_json(&format!("{}/api/catalog", server.url)).await?;
    assert_eq!(catalog["faults"], json!([]));
    let dashboards = catalog["dashboards"].as_array().into_iter().flatten();
    let own: Vec<&Value> = dashboards
        .filter(|board| board["id"] == "imported_team_chat_serving")
        .collect();
    assert_eq!(own.len(), 1);
    assert_eq!(
        own[0]["panels"],
        json!([
            "imported_team_chat_serving.cache",
            "imported_team_chat_serving.latency",
            "imported_team_chat_serving.shop_queue",
            "imported_team_chat_serving.breakout",
        ])
    );
    Ok(())
}

#[test]
fn what_is_no_dashboard_ends_with_2_and_a_folder_that_cannot_be_written_with_3() -> Result<()> {
    let file = tempfile::NamedTempFile::new()?;
    let other = file.path().to_string_lossy().into_owned();
    let fixture = fixture();
    for (text, args, code, said) in [
        ("{}", [other.as_str(), "--out", "/tmp"], 2, "it is no Grafana dashboard"),
        ("<html>", [other.as_str(), "--out", "/tmp"], 2, "it is no JSON"),
        (
            "",
            ["/nowhere.json", "--out", "/tmp"],
            2,
            "/nowhere.json: it cannot be read",
        ),
        ("", [fixture.as_str(), "--out", "/dev/null/x"], 3, "cannot be written"),
    ] {
        std::fs::write(file.path(), text)?;
        let output = run(&[&["import", "grafana"], &args[..]].concat(), &[])?;
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{stderr}");
        assert!(stderr.contains(said), "{stderr}");
    }
    Ok(())
}
