//! The catalogue's dashboards as other programs' objects.

use std::io::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use catalog::Catalog;
use catalog::export::{Export, ExportError, File, Order, console, grafana};
use catalog::resolve::Choices;
use flate2::{Compression, GzBuilder};
use serde_json::{Value, json};

use super::MakeError;
use crate::cluster::{CONFIG_MAP, GRAFANA_DASHBOARD};
use crate::provision::object::{Object, Phase};
use crate::provision::settings::Settings;

/// For Observe → Dashboards of the console.
pub fn console(settings: &Settings, catalog: &Catalog) -> Result<Vec<Object>, MakeError> {
    let files = files(settings, catalog, console::export)?;
    let mut objects = Vec::new();
    for File { name, text } in files {
        let wrong = |cause: serde_saphyr::Error| MakeError(format!("{name}: {cause}"));
        let mut body: Value = serde_saphyr::from_str(&text).map_err(wrong)?;
        let namespace = taken(&mut body, "namespace");
        let name = super::own_name(settings, &taken(&mut body, "name"));
        let object = Object::new(settings, &CONFIG_MAP, Some(&namespace), &name, body);
        objects.push(object.at(Phase::Console, "a dashboard of the console"));
    }
    Ok(objects)
}

/// For the Grafana operator, packed so that the object holds its own content and stays far below a megabyte.
pub fn grafana(settings: &Settings, catalog: &Catalog, common: &Value) -> Result<Vec<Object>, MakeError> {
    let files = files(settings, catalog, grafana::export)?;
    let mut objects = Vec::new();
    for File { name, text } in files {
        let wrong = |cause: &dyn std::fmt::Display| MakeError(format!("{name}: {cause}"));
        let board: Value = serde_json::from_str(&text).map_err(|cause| wrong(&cause))?;
        let uid = board.get("uid").and_then(Value::as_str).unwrap_or_default().to_owned();
        // Neither a time nor a name in the packed file: the same text always gives the same bytes.
        let mut packer = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
        packer.write_all(text.as_bytes()).map_err(|cause| wrong(&cause))?;
        let packed = packer.finish().map_err(|cause| wrong(&cause))?;
        let mut rest = json!({"spec": {
            "uid": uid,
            "folderRef": settings.grafana.instance,
            "gzipJson": STANDARD.encode(packed),
        }});
        crate::provision::object::merge(&mut rest, common);
        let namespace = Some(settings.grafana.namespace.as_str());
        let object = Object::new(
            settings,
            &GRAFANA_DASHBOARD,
            namespace,
            &super::own_name(settings, &uid),
            rest,
        );
        objects.push(object.at(Phase::GrafanaDashboards, "a dashboard of the catalogue"));
    }
    Ok(objects)
}

fn files(
    settings: &Settings,
    catalog: &Catalog,
    export: fn(&Order<'_>) -> Result<Export, ExportError>,
) -> Result<Vec<File>, MakeError> {
    let choices = Choices::for_files(catalog, catalog.panels());
    let url = settings.servelens_url.as_str();
    let order = Order {
        catalog,
        choices: &choices,
        dashboards: catalog.dashboards().collect(),
        servelens_url: Some(url).filter(|url| !url.is_empty()),
        scrape_interval_s: settings.scrape_interval_s,
    };
    match export(&order) {
        Ok(export) => Ok(export.files),
        Err(cause) => Err(MakeError(cause.to_string())),
    }
}

fn taken(body: &mut Value, key: &str) -> String {
    let metadata = body.get_mut("metadata").and_then(Value::as_object_mut);
    let value = metadata.and_then(|metadata| metadata.remove(key));
    value
        .and_then(|value| Some(value.as_str()?.to_owned()))
        .unwrap_or_default()
}
