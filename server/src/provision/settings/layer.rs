//! The options of setting up, as flags and as keys of one TOML file: the same names in both.

/// What one source says, before it is understood.
macro_rules! options {
    ($($(#[doc = $doc:literal])+ $field:ident $name:literal $value:literal),+ $(,)?) => {
        #[derive(Debug, Clone, Default, clap::Args)]
        pub struct Layer {
            $($(#[doc = $doc])+ #[arg(long = $name, value_name = $value)] pub $field: Option<String>,)+
        }

        impl Layer {
            /// Every option, in the order of the help.
            pub const NAMES: &[&str] = &[$($name),+];

            /// `None` where there is no such option.
            pub fn of_mut(&mut self, name: &str) -> Option<&mut Option<String>> {
                match name {
                    $($name => Some(&mut self.$field),)+
                    _ => None,
                }
            }

            #[must_use]
            pub fn get(&self, name: &str) -> Option<&str> {
                match name {
                    $($name => self.$field.as_deref(),)+
                    _ => None,
                }
            }
        }
    };
}

options! {
    /// Namespaces whose models are monitored, with commas between them; the record of what was set up is kept in the first [default: llm-hosting]
    namespace "namespace" "NS",
    /// Models to monitor, by the names of their InferenceServices, with commas between them [default: all]
    models "models" "NAMES",
    /// Runtimes that get a monitor where the platform makes none: vllm, openvino, mlserver [default: vllm,openvino]
    runtimes "runtimes" "NAMES",
    /// Name of this installation: objects and the record carry it [default: servelens]
    instance "instance" "NAME",
    /// Switch on user workload monitoring in the cluster's configuration [default: true]
    enable_uwm "enable-uwm" "BOOL",
    /// How long user workload monitoring keeps samples; `keep` leaves it as it is [default: 7d]
    uwm_retention "uwm-retention" "DURATION",
    /// Make the monitors that KServe and its controllers do not make [default: true]
    kserve "kserve" "BOOL",
    /// Namespace of the controllers of OpenShift AI [default: redhat-ods-applications]
    kserve_namespace "kserve-namespace" "NS",
    /// Time between two scrapes, 5s to 5m [default: 30s]
    scrape_interval "scrape-interval" "DURATION",
    /// Time that a scrape may take, at most the interval [default: 10s]
    scrape_timeout "scrape-timeout" "DURATION",
    /// Port of vLLM's metrics where the runtime does not say it [default: 8080]
    vllm_port "vllm-port" "PORT",
    /// Path of vLLM's metrics where the runtime does not say it [default: /metrics]
    vllm_path "vllm-path" "PATH",
    /// Port of OpenVINO's metrics where the runtime does not say it [default: 8080]
    openvino_port "openvino-port" "PORT",
    /// Path of OpenVINO's metrics where the runtime does not say it [default: /metrics]
    openvino_path "openvino-path" "PATH",
    /// Look after the metrics of GPUs [default: true]
    gpu "gpu" "BOOL",
    /// Namespace of the GPU operator and its exporter [default: nvidia-gpu-operator]
    gpu_namespace "gpu-namespace" "NS",
    /// Port of the GPU exporter [default: 9400]
    dcgm_port "dcgm-port" "PORT",
    /// Make the alert rules and objectives [default: true]
    rules "rules" "BOOL",
    /// Where the runbooks of the alerts are published [default: the project's own]
    runbook_url "runbook-url" "URL",
    /// Address of Servelens, or of the console that shows its pages, for links to it [default: no links]
    servelens_url "servelens-url" "URL",
    /// Show the dashboards under Observe > Dashboards of the console, too [default: false]
    console_dashboards "console-dashboards" "BOOL",
    /// Switch on Servelens' pages in the console, where its ConsolePlugin is deployed [default: true]
    console_plugin "console-plugin" "BOOL",
    /// Set up Grafana: off; cluster, for all namespaces; namespace, for those of the models [default: off]
    grafana "grafana" "VIEW",
    /// Namespace for Grafana and nothing else [default: servelens-grafana]
    grafana_namespace "grafana-namespace" "NS",
    /// Name of the Grafana instance [default: rhoai-grafana]
    grafana_instance "grafana-instance" "NAME",
    /// Kind of Grafana overlay; grafana-uwm-user-app is the view of namespaces [default: grafana-uwm-user-app]
    grafana_overlay "grafana-overlay" "NAME",
    /// Folder of the dashboards in Grafana [default: RHOAI Monitoring]
    grafana_folder "grafana-folder" "TITLE",
    /// Install the Grafana operator where it is absent [default: true]
    grafana_operator "grafana-operator" "BOOL",
    /// Channel that the Grafana operator is installed from [default: v5]
    grafana_channel "grafana-channel" "NAME",
    /// Catalogue that the Grafana operator is installed from [default: community-operators]
    grafana_source "grafana-source" "NAME",
    /// Take over objects that are already there under the same names [default: false]
    adopt "adopt" "BOOL",
}
