//! The catalogue's objectives and alert rules as `/api/catalog` lists them. Never their live state: that is the caller's own.

use catalog::{Alert, Objective};
use server_api::catalog::{AlertEntry, SloEntry};

pub fn slo_entry(slo: &Objective) -> SloEntry {
    SloEntry {
        id: slo.id.to_string(),
        title: slo.title.clone(),
        tells: slo.tells.clone(),
        unit: slo.unit.to_string(),
        better: slo.better.as_str().to_owned(),
        reason: slo.reason.clone(),
        target: slo.target,
        warning: slo.warning,
        critical: slo.critical,
        budget: slo.bad.is_some().then_some(slo.budget),
        by: slo.by.clone(),
        panel: slo.panel.as_ref().map(ToString::to_string),
        covers: slo.covers.clone(),
    }
}

pub fn alert_entry(alert: &Alert) -> AlertEntry {
    AlertEntry {
        name: alert.name.clone(),
        severity: alert.severity.as_str().to_owned(),
        for_s: alert.for_s,
        means: alert.means.clone(),
        steps: alert.steps.clone(),
        panel: alert.panel.as_ref().map(ToString::to_string),
        covers: alert.covers.clone(),
    }
}

#[cfg(test)]
mod tests {
    use catalog::Catalog;

    use super::*;

    #[test]
    fn an_objective_without_events_has_no_budget() {
        let catalog = Catalog::embedded().unwrap();
        let budgets: Vec<_> = catalog
            .slos()
            .map(slo_entry)
            .map(|slo| (slo.id, slo.target, slo.budget))
            .collect();
        let expect = [
            ("errors", 0.001, Some(0.001)),
            ("first_token", 2.5, Some(0.05)),
            ("token_gap", 0.075, Some(0.05)),
            ("available", 0.999, Some(0.001)),
            ("predictive_time", 0.067466, Some(0.05)),
            ("accuracy", 0.92, None),
            ("gpu_load", 80.0, None),
        ];
        assert_eq!(
            budgets,
            expect.map(|(id, target, budget)| (id.to_owned(), target, budget))
        );
    }

    #[test]
    fn every_alert_is_listed_under_its_own_name_with_what_to_do() {
        let catalog = Catalog::embedded().unwrap();
        let listed: Vec<_> = catalog.alerts().map(alert_entry).collect();
        for (entry, alert) in listed.iter().zip(catalog.alerts()) {
            assert_eq!((&entry.name, &entry.steps), (&alert.name, &alert.steps));
            assert!(
                ["info", "warning", "critical"].contains(&entry.severity.as_str()),
                "{}",
                entry.name
            );
        }
        assert_eq!(listed.len(), catalog.alerts().count());
    }
}
