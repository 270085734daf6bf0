//! `docs/runbooks/` is generated from the rules: a page for each alert, an alert for each page.
//! `SERVELENS_WRITE_RUNBOOKS=1` writes the pages anew.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use catalog::Catalog;
use catalog::export::prometheus_rule::{Rule, RuleSettings, groups, runbooks};

#[test]
fn each_alert_has_its_runbook_each_runbook_its_alert_and_annotations_lead_there() -> Result<()> {
    let catalog = Catalog::embedded()?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/runbooks");
    let made: BTreeMap<String, String> = runbooks(&catalog)?
        .into_iter()
        .map(|page| (format!("{}.md", page.name), page.text))
        .collect();
    if std::env::var_os("SERVELENS_WRITE_RUNBOOKS").is_some() {
        std::fs::create_dir_all(&folder)?;
        for (name, text) in &made {
            std::fs::write(folder.join(name), text)?;
        }
    }
    let there: BTreeSet<String> = std::fs::read_dir(&folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_>>()?;
    let names: BTreeSet<String> = made.keys().cloned().collect();
    assert_eq!(there, names);
    for (name, text) in &made {
        let kept = std::fs::read_to_string(folder.join(name))?;
        assert_eq!(kept, *text, "{name}: SERVELENS_WRITE_RUNBOOKS=1 writes it anew");
    }
    let mut linked = BTreeSet::new();
    for group in groups(&catalog, &RuleSettings::default())? {
        for rule in group.rules {
            if let Rule::Alert { alert, annotations, .. } = rule {
                let url = annotations.get("runbook_url").cloned().unwrap_or_default();
                assert!(url.ends_with(&format!("/docs/runbooks/{alert}.md")), "{alert}: {url:?}");
                linked.insert(format!("{alert}.md"));
            }
        }
    }
    assert_eq!(linked, names);
    Ok(())
}
