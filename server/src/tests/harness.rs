//! A server with a small catalogue before a scripted upstream, and a client that shows whole answers.

use std::{fmt::Write as _, net::SocketAddr, path::PathBuf, time::Duration};

use axum::http::{HeaderMap, Method, Request, StatusCode};
use bytes::Bytes;
use catalog::Catalog;
use http_body_util::{BodyExt as _, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    said,
    script::{Asked, Deed, Script},
};
use crate::{
    Running,
    config::{
        CacheConfig, IdentityMode, Limits, LogConfig, LogFormat, ManifestShape, PluginExtensions, ServeConfig,
        UpstreamConfig, UpstreamKind,
    },
    start_with,
};

pub const TOKEN: &str = "sha256~canary-7f3a";
pub const START: i64 = 1_763_796_000;

/// One metric that is a gauge, one histogram, and one query that no Prometheus takes.
const CATALOG: &str = r#"
[[family]]
id = "t"
title = "Test"
[family.labels]
namespace = ["namespace"]
model = ["model_name"]
[family.serves]
runtime = "Tester"
presence = "gauge"
model_label = "model_name"
traffic = "count"

[[concept]]
id = "gauge"
family = "t"
type = "gauge"
unit = "count"
names = ["t_new", "t_old"]

[[concept]]
id = "count"
family = "t"
type = "counter"
unit = "requests"
names = ["t_total"]

[[concept]]
id = "sizes"
family = "t"
type = "histogram"
unit = "tokens"
names = ["t_sizes"]

[[panel]]
id = "t.gauge"
title = "Gauge"
tells = "One."
when_bad = "Two."
unit = "count"
kind = "line"
covers = ["S0.16"]
queries = [{ expr = "max by (pod) ({{gauge}})", legend = "{pod}" }]

[[panel]]
id = "t.rate"
title = "Rate"
tells = "One."
when_bad = "Two."
unit = "requests_per_second"
kind = "stat"
covers = ["S0.16"]
queries = [{ expr = "sum(rate({{count}}[$window]))", legend = "all" }]

[[panel]]
id = "t.sizes"
title = "Sizes"
tells = "One."
when_bad = "Two."
unit = "requests"
kind = "bar"
covers = ["S0.21"]
queries = [{ expr = "sum by (le) (increase({{sizes.bucket}}[$range]))", legend = "{le}" }]

[[panel]]
id = "t.p95"
title = "Size, p95"
tells = "One."
when_bad = "Two."
unit = "tokens"
kind = "line"
covers = ["S0.21"]
queries = [{ expr = "histogram_quantile(0.95, sum by (le, model_name) (rate({{sizes.bucket}}[$window])))", legend = "{model_name}" }]

[[panel]]
id = "t.bad"
title = "Bad"
tells = "One."
when_bad = "Two."
unit = "count"
kind = "line"
covers = ["S0.16"]
queries = [{ expr = "no_such_function({{gauge}})", legend = "{pod}" }]

[[dashboard]]
id = "overview"
title = "Overview"
tells = "All."
panels = ["t.gauge", "t.rate", "t.sizes", "t.bad"]
"#;

pub struct Server {
    pub running: Running,
    pub upstream: Script,
    _assets: TempDir,
}

/// What a test may want otherwise than usual.
pub fn config(assets: PathBuf, upstream: SocketAddr) -> ServeConfig {
    ServeConfig {
        listen: ([127, 0, 0, 1], 0).into(),
        metrics_listen: ([127, 0, 0, 1], 0).into(),
        tls: None,
        assets,
        dashboards: None,
        manifest_shape: ManifestShape::Standard,
        console_base_path: "/".to_owned(),
        plugin_extensions: PluginExtensions::all(),
        identity: IdentityMode::Bearer,
        session: None,
        upstream: UpstreamConfig {
            kind: UpstreamKind::Prometheus,
            cluster_url: format!("http://{upstream}").parse().unwrap(),
            front: None,
            ca_file: None,
            connect_timeout: Duration::from_secs(1),
            timeout: Duration::from_secs(20),
        },
        // What is kept is tested where it is meant.
        cache: CacheConfig {
            bytes: 0,
            refresh: Duration::ZERO,
        },
        limits: limits(),
        scrape_interval_s: 30,
        shutdown_delay: Duration::ZERO,
        log: LogConfig {
            format: LogFormat::Text,
            level: "info".to_owned(),
        },
    }
}

/// Those that hold where nothing is said.
pub fn limits() -> Limits {
    Limits::usual().unwrap()
}

pub fn catalog() -> Catalog {
    Catalog::parse(&[("test.toml", CATALOG)]).unwrap()
}

/// The page in its smallest form, each file with its two compressed neighbours.
pub fn assets() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("assets")).unwrap();
    for (name, text) in [
        ("index.html", "<!doctype html><title>Servelens</title>"),
        ("plugin-entry.js", "(function () {})();"),
        ("asset-manifest.json", r#"{"version":"0.1.0","files":{}}"#),
        ("assets/servelens.0a1b.js", "export default 1;"),
        ("assets/servelens_bg.2c3d.wasm", "\0asm"),
        ("assets/servelens.4e5f.css", ".servelens {}"),
    ] {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::write(format!("{}.br", path.display()), format!("br:{text}")).unwrap();
        std::fs::write(format!("{}.gz", path.display()), format!("gz:{text}")).unwrap();
    }
    directory
}

pub async fn server(play: impl Fn(&Asked) -> Deed + Send + Sync + 'static) -> Server {
    server_with(play, |_| {}).await
}

pub async fn server_with(
    play: impl Fn(&Asked) -> Deed + Send + Sync + 'static,
    change: impl FnOnce(&mut ServeConfig),
) -> Server {
    server_of(catalog(), play, change).await
}

pub async fn server_of(
    catalog: Catalog,
    play: impl Fn(&Asked) -> Deed + Send + Sync + 'static,
    change: impl FnOnce(&mut ServeConfig),
) -> Server {
    said::watch();
    let upstream = Script::start(move |asked| match asked {
        // What is measured of scrapes is tested where it is meant: here nobody writes `up`.
        probe if probe.is_probe() && !probe.param("query").contains("group by") => matrix(&json!([])),
        asked => play(asked),
    })
    .await;
    let assets = assets();
    let mut config = config(assets.path().to_owned(), upstream.addr);
    change(&mut config);
    let running = start_with(config, catalog).await.unwrap();
    Server {
        running,
        upstream,
        _assets: assets,
    }
}

/// A whole answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Server {
    /// With the test's token.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[("authorization", &format!("Bearer {TOKEN}"))], "")
            .await
    }

    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        send(self.running.addr, method, path, headers, body).await
    }

    /// A dashboard; the answer's lines.
    pub async fn panels(&self, panels: &[&str]) -> Vec<Value> {
        self.dashboard(&json!({"panels": panels, "from": START, "to": START + 90, "width": 600}))
            .await
            .lines()
    }

    pub async fn dashboard(&self, request: &Value) -> Answer {
        let bearer = format!("Bearer {TOKEN}");
        self.send(
            Method::POST,
            "/api/panels",
            &[("authorization", &bearer)],
            &request.to_string(),
        )
        .await
    }
}

pub async fn send(addr: SocketAddr, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(format!("http://{addr}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(Bytes::from(body.to_owned()))).unwrap();
    let client = Client::builder(TokioExecutor::new()).build_http();
    let (head, body) = client.request(request).await.unwrap().into_parts();
    Answer {
        status: head.status,
        headers: head.headers,
        body: body.collect().await.unwrap().to_bytes(),
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }

    /// Status, every header but the date, and the body; what differs from run to run is replaced.
    pub fn show(&self) -> String {
        let mut text = format!("{}\n", self.status.as_u16());
        let mut headers: Vec<_> = self.headers.iter().filter(|(name, _)| *name != "date").collect();
        headers.sort_by_key(|(name, _)| name.as_str());
        for (name, value) in headers {
            let value = if name == "x-request-id" {
                "<id>"
            } else {
                value.to_str().unwrap()
            };
            writeln!(text, "{name}: {value}").unwrap();
        }
        let body = self.text();
        let id = self
            .headers
            .get("x-request-id")
            .map_or("none", |id| id.to_str().unwrap());
        write!(text, "\n{}", body.replace(id, "<id>")).unwrap();
        text
    }

    /// The lines of a dashboard's answer, request ids replaced.
    pub fn lines(&self) -> Vec<Value> {
        assert_eq!(self.status, StatusCode::OK, "{}", self.show());
        let id = self.headers["x-request-id"].to_str().unwrap();
        let text = self.text().replace(id, "<id>");
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// One record as a line.
pub fn line(record: &Value) -> String {
    record.to_string()
}

/// A good upstream: every name exists once, every query gives one sample of 1 at the first instant.
pub fn good(asked: &Asked) -> Deed {
    match asked.path.as_str() {
        "/api/v1/series" => series(&["t_new", "t_total", "t_sizes_count"]),
        "/api/v1/query_range" => matrix(&json!([{"metric": {"pod": "p"}, "values": [[START, "1"]]}])),
        "/api/v1/query" => vector(&json!([{"metric": {"le": "+Inf"}, "value": [START, "1"]}])),
        _ => Deed::Json(json!({"status": "success", "data": ["a", "b"]}).to_string()),
    }
}

pub fn series(names: &[&str]) -> Deed {
    let one =
        |name| json!({"__name__": name, "namespace": "a", "pod": "p", "instance": "i", "job": "j", "model_name": "m"});
    let all: Vec<_> = names.iter().map(one).collect();
    Deed::Json(json!({"status": "success", "data": all}).to_string())
}

pub fn matrix(result: &Value) -> Deed {
    let data = json!({"resultType": "matrix", "result": result});
    Deed::Json(json!({"status": "success", "data": data}).to_string())
}

pub fn vector(result: &Value) -> Deed {
    let data = json!({"resultType": "vector", "result": result});
    Deed::Json(json!({"status": "success", "data": data}).to_string())
}
