//! The kinds of objects that setting up reads or writes, each with the version that every supported cluster serves.

/// Where objects of one kind live in the API.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind {
    /// Empty for the core.
    pub group: &'static str,
    pub version: &'static str,
    pub kind: &'static str,
    pub plural: &'static str,
    pub namespaced: bool,
}

impl Kind {
    const fn of(group: &'static str, version: &'static str, kind: &'static str, plural: &'static str) -> Kind {
        Kind {
            group,
            version,
            kind,
            plural,
            namespaced: true,
        }
    }

    const fn cluster(group: &'static str, version: &'static str, kind: &'static str, plural: &'static str) -> Kind {
        Kind {
            group,
            version,
            kind,
            plural,
            namespaced: false,
        }
    }

    #[must_use]
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// The kind that the inventory names so.
    #[must_use]
    pub fn find(group: &str, kind: &str) -> Option<&'static Kind> {
        KINDS
            .iter()
            .copied()
            .find(|known| known.group == group && known.kind == kind)
    }
}

macro_rules! kinds {
    ($($name:ident = $make:ident($group:literal, $version:literal, $kind:literal, $plural:literal);)+) => {
        $(pub static $name: Kind = Kind::$make($group, $version, $kind, $plural);)+
        static KINDS: &[&Kind] = &[$(&$name),+];
    };
}

kinds! {
    CONFIG_MAP = of("", "v1", "ConfigMap", "configmaps");
    SECRET = of("", "v1", "Secret", "secrets");
    SERVICE = of("", "v1", "Service", "services");
    SERVICE_ACCOUNT = of("", "v1", "ServiceAccount", "serviceaccounts");
    NAMESPACE = cluster("", "v1", "Namespace", "namespaces");
    ROUTE = of("route.openshift.io", "v1", "Route", "routes");
    POD = of("", "v1", "Pod", "pods");
    DEPLOYMENT = of("apps", "v1", "Deployment", "deployments");
    NETWORK_POLICY = of("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies");
    ROLE_BINDING = of("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings");
    CLUSTER_ROLE = cluster("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles");
    CLUSTER_ROLE_BINDING = cluster("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings");
    CRD = cluster("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions");
    SERVICE_MONITOR = of("monitoring.coreos.com", "v1", "ServiceMonitor", "servicemonitors");
    POD_MONITOR = of("monitoring.coreos.com", "v1", "PodMonitor", "podmonitors");
    PROMETHEUS_RULE = of("monitoring.coreos.com", "v1", "PrometheusRule", "prometheusrules");
    PROMETHEUS = of("monitoring.coreos.com", "v1", "Prometheus", "prometheuses");
    INFERENCE_SERVICE = of("serving.kserve.io", "v1beta1", "InferenceService", "inferenceservices");
    // The older of its versions: every cluster that has the kind serves it.
    LLM_INFERENCE_SERVICE = of("serving.kserve.io", "v1alpha1", "LLMInferenceService", "llminferenceservices");
    SERVING_RUNTIME = of("serving.kserve.io", "v1alpha1", "ServingRuntime", "servingruntimes");
    CLUSTER_SERVING_RUNTIME = cluster("serving.kserve.io", "v1alpha1", "ClusterServingRuntime", "clusterservingruntimes");
    GRAFANA = of("grafana.integreatly.org", "v1beta1", "Grafana", "grafanas");
    GRAFANA_DATASOURCE = of("grafana.integreatly.org", "v1beta1", "GrafanaDatasource", "grafanadatasources");
    GRAFANA_DASHBOARD = of("grafana.integreatly.org", "v1beta1", "GrafanaDashboard", "grafanadashboards");
    GRAFANA_FOLDER = of("grafana.integreatly.org", "v1beta1", "GrafanaFolder", "grafanafolders");
    OPERATOR_GROUP = of("operators.coreos.com", "v1", "OperatorGroup", "operatorgroups");
    SUBSCRIPTION = of("operators.coreos.com", "v1alpha1", "Subscription", "subscriptions");
    CLUSTER_SERVICE_VERSION = of("operators.coreos.com", "v1alpha1", "ClusterServiceVersion", "clusterserviceversions");
    CONSOLE_PLUGIN = cluster("console.openshift.io", "v1", "ConsolePlugin", "consoleplugins");
    CONSOLE = cluster("operator.openshift.io", "v1", "Console", "consoles");
    CLUSTER_VERSION = cluster("config.openshift.io", "v1", "ClusterVersion", "clusterversions");
    CLUSTER_OPERATOR = cluster("config.openshift.io", "v1", "ClusterOperator", "clusteroperators");
    CLUSTER_MONITORING = cluster("config.openshift.io", "v1alpha1", "ClusterMonitoring", "clustermonitorings");
    CLUSTER_POLICY = cluster("nvidia.com", "v1", "ClusterPolicy", "clusterpolicies");
    GATEWAY = of("gateway.networking.k8s.io", "v1", "Gateway", "gateways");
    GATEWAY_CLASS = cluster("gateway.networking.k8s.io", "v1", "GatewayClass", "gatewayclasses");
    KUADRANT = of("kuadrant.io", "v1beta1", "Kuadrant", "kuadrants");
    AUTHORINO = of("operator.authorino.kuadrant.io", "v1beta1", "Authorino", "authorinos");
    // Of the second generation; the third has no such object.
    SERVICE_MESH = of("maistra.io", "v2", "ServiceMeshControlPlane", "servicemeshcontrolplanes");
    LEADER_WORKER_SET = of("leaderworkerset.x-k8s.io", "v1", "LeaderWorkerSet", "leaderworkersets");
    DATA_SCIENCE_CLUSTER = cluster("datasciencecluster.opendatahub.io", "v1", "DataScienceCluster", "datascienceclusters");
}
