//! One alert as a rule.

use std::collections::BTreeMap;

use super::settings::{RuleSettings, SettingError};
use super::{Rule, text};
use crate::model::{Alert, Catalog, Dashboard, Home, span_text};
use crate::promql::{Spans, Template, Vars, bind_rule};
use crate::resolve::Choices;

pub(super) fn of_alert(
    catalog: &Catalog,
    alert: &Alert,
    home: Home,
    settings: &RuleSettings,
) -> Result<Rule, SettingError> {
    let limits = settings.limits_of(alert);
    let template = alert
        .template(&limits)
        .map_err(|fault| SettingError::Template(alert.name.clone(), fault.to_string()))?;
    let spans = Spans {
        window_s: alert.window_s,
        range_s: alert.range_s,
    };
    let mut labels = settings.labels.clone();
    labels.insert("severity".to_owned(), alert.severity.as_str().to_owned());
    let first = alert.steps.first().map_or("", String::as_str);
    let description = format!("{} {first}", alert.means);
    let page = alert.panel.as_ref().and_then(|panel| catalog.page_of(panel));
    let mut annotations = links(&alert.name, page, home, settings);
    annotations.insert("summary".to_owned(), text::annotation(&alert.summary, alert, &limits));
    annotations.insert("description".to_owned(), text::annotation(&description, alert, &limits));
    Ok(Rule::Alert {
        alert: alert.name.clone(),
        expr: bound(catalog, &template, spans),
        lasting: (alert.for_s > 0).then(|| span_text(alert.for_s)),
        labels,
        annotations,
    })
}

/// Under every name that its concepts ever had, twins once.
pub(super) fn bound(catalog: &Catalog, template: &Template, spans: Spans) -> String {
    let concepts = template.concepts().into_iter().filter_map(|id| catalog.concept(id));
    let choices = Choices::for_rules(catalog, concepts);
    bind_rule(catalog, template, &choices, &Vars::new(), spans)
}

/// Where to read on: the runbook, and the page that shows the panel, narrowed as far as the alert's labels allow.
pub(super) fn links(
    name: &str,
    page: Option<&Dashboard>,
    home: Home,
    settings: &RuleSettings,
) -> BTreeMap<String, String> {
    let mut links = BTreeMap::new();
    if !settings.runbook_url.is_empty() {
        let base = settings.runbook_url.trim_end_matches('/');
        links.insert("runbook_url".to_owned(), format!("{base}/{name}.md"));
    }
    if let Some(page) = page.filter(|_| !settings.servelens_url.is_empty()) {
        let base = settings.servelens_url.trim_end_matches('/');
        // Of a service the namespace is the exporter's, which says nothing about the page.
        let namespace = match home {
            Home::Models => "{{ with $labels.namespace }}/ns/{{ . }}{{ end }}",
            Home::Service => "",
        };
        let model = "{{ with $labels.model_name }}&model={{ . | urlquery }}{{ end }}";
        links.insert(
            "servelens_url".to_owned(),
            format!("{base}/servelens{namespace}/{}?range=1h{model}", page.id),
        );
    }
    links
}
