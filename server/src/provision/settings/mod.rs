//! What is to be set up: flags over one TOML file over defaults, each option understood and held to its range.
//!
//! Reading is pure; all faults are reported at once, each with where its value came from.

mod file;
mod layer;
#[cfg(test)]
mod tests;
mod value;

use std::path::Path;

use crate::config::ConfigFaults;
pub use layer::Layer;
pub use value::seconds;

/// Everything that decides what is made. The same settings always give the same objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// At least one; the first holds the inventory.
    pub namespaces: Vec<String>,
    /// Names of InferenceServices; empty: all.
    pub models: Vec<String>,
    pub runtimes: Vec<Runtime>,
    pub instance: String,
    pub enable_uwm: bool,
    /// `None`: left as it is.
    pub uwm_retention: Option<String>,
    pub kserve: bool,
    pub kserve_namespace: String,
    pub scrape_interval_s: u32,
    pub scrape_timeout_s: u32,
    pub vllm: Endpoint,
    pub openvino: Endpoint,
    pub gpu: bool,
    pub gpu_namespace: String,
    pub dcgm_port: u16,
    pub rules: bool,
    /// Empty: the project's own.
    pub runbook_url: String,
    /// Empty: no links.
    pub servelens_url: String,
    pub console_dashboards: bool,
    pub console_plugin: bool,
    pub grafana: GrafanaSettings,
    pub adopt: bool,
}

/// Where a runtime's metrics are, unless the runtime itself says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub port: u16,
    pub path: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrafanaSettings {
    pub view: GrafanaView,
    pub namespace: String,
    pub instance: String,
    pub folder: String,
    /// Whether the operator is installed where it is absent.
    pub operator: bool,
    pub channel: String,
    pub source: String,
}

/// Whose metrics Grafana may show to everybody who may open it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrafanaView {
    Off,
    Cluster,
    Namespace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Runtime {
    Vllm,
    OpenVino,
    MlServer,
}

impl Runtime {
    pub const ALL: [Runtime; 3] = [Runtime::Vllm, Runtime::OpenVino, Runtime::MlServer];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Runtime::Vllm => "vllm",
            Runtime::OpenVino => "openvino",
            Runtime::MlServer => "mlserver",
        }
    }
}

impl Settings {
    /// Where the inventory is.
    #[must_use]
    pub fn home(&self) -> &str {
        self.namespaces.first().map_or("", String::as_str)
    }

    #[must_use]
    pub fn endpoint(&self, runtime: Runtime) -> Endpoint {
        match runtime {
            Runtime::Vllm => self.vllm.clone(),
            Runtime::OpenVino => self.openvino.clone(),
            // MLServer serves its metrics beside its API, on a port that is the same everywhere.
            Runtime::MlServer => Endpoint {
                port: 8082,
                path: "/metrics".to_owned(),
            },
        }
    }
}

/// Reads the file, where one is named, then everything else.
pub fn load(flags: &Layer, file: Option<&Path>) -> Result<Settings, ConfigFaults> {
    let file = match file {
        None => Ok(None),
        Some(path) => match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some((path.display().to_string(), text))),
            Err(cause) => Err(format!("--config {}: cannot be read: {cause}", path.display())),
        },
    };
    read(flags, file)
}

/// Pure: the same sources give the same answer.
pub fn read(flags: &Layer, file: Result<Option<(String, String)>, String>) -> Result<Settings, ConfigFaults> {
    let mut faults = Vec::new();
    let (name, entries) = match file {
        Ok(None) => (String::new(), file::Entries::new()),
        Ok(Some((name, text))) => {
            let entries = file::read(&name, &text, &mut faults);
            (name, entries)
        }
        Err(fault) => return Err(ConfigFaults(vec![fault])),
    };
    let mut reader = Reader {
        flags,
        name,
        entries,
        faults,
    };
    match reader.settings() {
        Some(settings) if reader.faults.is_empty() => Ok(settings),
        _ => Err(ConfigFaults(reader.faults)),
    }
}

struct Reader<'a> {
    flags: &'a Layer,
    name: String,
    entries: file::Entries,
    faults: Vec<String>,
}

impl Reader<'_> {
    fn settings(&mut self) -> Option<Settings> {
        let namespaces = self.option("namespace", "llm-hosting", value::names);
        let models = self.option("models", "", value::models);
        let runtimes = self.option("runtimes", "vllm,openvino", value::runtimes);
        let instance = self.option("instance", "servelens", value::short_name);
        let enable_uwm = self.option("enable-uwm", "true", value::yes_or_no);
        // A week: a day, the platform's own, shows no weekly pattern and no capacity trend.
        let uwm_retention = self.option("uwm-retention", "7d", value::retention);
        let kserve = self.option("kserve", "true", value::yes_or_no);
        let kserve_namespace = self.option("kserve-namespace", "redhat-ods-applications", value::name);
        let scrape_interval_s = self.option("scrape-interval", "30s", value::interval);
        let scrape_timeout_s = self.option("scrape-timeout", "10s", value::timeout);
        if let (Some(interval), Some(timeout)) = (scrape_interval_s, scrape_timeout_s)
            && timeout > interval
        {
            let from = self.from("scrape-timeout");
            self.faults.push(format!(
                "{from}: {timeout}s is longer than the interval of {interval}s; give at most the interval"
            ));
        }
        let vllm = self.endpoint("vllm-port", "vllm-path");
        let openvino = self.endpoint("openvino-port", "openvino-path");
        let gpu = self.option("gpu", "true", value::yes_or_no);
        let gpu_namespace = self.option("gpu-namespace", "nvidia-gpu-operator", value::name);
        let dcgm_port = self.option("dcgm-port", "9400", value::port);
        let rules = self.option("rules", "true", value::yes_or_no);
        let runbook_url = self.option("runbook-url", "", value::url);
        let servelens_url = self.option("servelens-url", "", value::url);
        let console_dashboards = self.option("console-dashboards", "false", value::yes_or_no);
        let console_plugin = self.option("console-plugin", "true", value::yes_or_no);
        let grafana = self.grafana();
        if let (Some(grafana), Some(namespaces)) = (&grafana, &namespaces)
            && grafana.view != GrafanaView::Off
            && namespaces.contains(&grafana.namespace)
        {
            let from = self.from("grafana-namespace");
            self.faults.push(format!(
                "{from}: {} holds models; give a namespace that holds nothing but Grafana",
                grafana.namespace
            ));
        }
        let adopt = self.option("adopt", "false", value::yes_or_no);
        Some(Settings {
            namespaces: namespaces?,
            models: models?,
            runtimes: runtimes?,
            instance: instance?,
            enable_uwm: enable_uwm?,
            uwm_retention: uwm_retention?,
            kserve: kserve?,
            kserve_namespace: kserve_namespace?,
            scrape_interval_s: scrape_interval_s?,
            scrape_timeout_s: scrape_timeout_s?,
            vllm: vllm?,
            openvino: openvino?,
            gpu: gpu?,
            gpu_namespace: gpu_namespace?,
            dcgm_port: dcgm_port?,
            rules: rules?,
            runbook_url: runbook_url?,
            servelens_url: servelens_url?,
            console_dashboards: console_dashboards?,
            console_plugin: console_plugin?,
            grafana: grafana?,
            adopt: adopt?,
        })
    }

    fn grafana(&mut self) -> Option<GrafanaSettings> {
        // The console shows every chart with each reader's own rights; Grafana is for those who want it.
        let view = self.option("grafana", "off", value::view);
        let namespace = self.option("grafana-namespace", "servelens-grafana", value::name);
        let instance = self.option("grafana-instance", "rhoai-grafana", value::short_name);
        let overlay = self.option("grafana-overlay", "grafana-uwm-user-app", value::overlay);
        let folder = self.option("grafana-folder", "RHOAI Monitoring", value::title);
        let operator = self.option("grafana-operator", "true", value::yes_or_no);
        let channel = self.option("grafana-channel", "v5", value::name);
        let source = self.option("grafana-source", "community-operators", value::name);
        overlay?;
        Some(GrafanaSettings {
            view: view?,
            namespace: namespace?,
            instance: instance?,
            folder: folder?,
            operator: operator?,
            channel: channel?,
            source: source?,
        })
    }

    fn endpoint(&mut self, port: &str, path: &str) -> Option<Endpoint> {
        let port = self.option(port, "8080", value::port);
        let path = self.option(path, "/metrics", value::path);
        Some(Endpoint {
            port: port?,
            path: path?,
        })
    }

    fn option<T>(&mut self, name: &str, default: &str, parse: fn(&str) -> Result<T, String>) -> Option<T> {
        let file = self.entries.get(name).map(|(_, text)| text.as_str());
        let text = self.flags.get(name).or(file).unwrap_or(default);
        match parse(text) {
            Ok(value) => Some(value),
            Err(fault) => {
                let from = self.from(name);
                self.faults.push(format!("{from}: {fault}"));
                None
            }
        }
    }

    /// Where an option's value came from.
    fn from(&self, name: &str) -> String {
        match (self.flags.get(name), self.entries.get(name)) {
            (None, Some((line, _))) => format!("{} line {line}: `{name}`", self.name),
            _ => format!("--{name}"),
        }
    }
}
