//! Every rule of the configuration, without a process.

use super::*;

fn check(flags: &[&str], environment: &[(&str, &str)], file: Option<&str>) -> Result<ServeConfig, ConfigFaults> {
    use clap::Parser;
    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: ServeArgs,
    }
    let line = Line::try_parse_from(std::iter::once("serve").chain(flags.iter().copied())).unwrap();
    let environment = |name: &str| {
        environment
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    };
    read(
        &line.args.layer,
        &environment,
        Ok(file.map(|text| ("servelens.toml".to_owned(), text.to_owned()))),
    )
}

fn faults(flags: &[&str], environment: &[(&str, &str)], file: Option<&str>) -> String {
    check(flags, environment, file).unwrap_err().to_string()
}

const GOOD: [&str; 4] = [
    "--assets=/a",
    "--upstream=prometheus",
    "--cluster-url=http://127.0.0.1:9090/",
    "--listen=127.0.0.1:1",
];

#[test]
fn what_is_not_said_has_a_safe_default() {
    insta::assert_debug_snapshot!(check(&["--assets=/a", "--ca-file=/ca.crt"], &[], None).unwrap(), @r#"
    ServeConfig {
        listen: 127.0.0.1:8477,
        metrics_listen: 127.0.0.1:8478,
        assets: "/a",
        manifest_shape: Standard,
        plugin_extensions: All,
        identity: Bearer,
        upstream: UpstreamConfig {
            kind: Thanos,
            cluster_url: https://thanos-querier.openshift-monitoring.svc.cluster.local:9091/,
            ca_file: Some(
                "/ca.crt",
            ),
            timeout: 25s,
        },
        scrape_interval_s: 30,
        shutdown_delay: 0ns,
        log: LogConfig {
            format: Text,
            level: "info",
        },
    }
    "#);
}

#[test]
fn a_flag_wins_over_the_environment_and_the_environment_over_the_file() {
    let file = "listen = \"127.0.0.1:3\"\nmetrics-listen = \"127.0.0.1:3\"\nscrape-interval = \"15s\"";
    let environment = [
        ("SERVELENS_LISTEN", "127.0.0.1:2"),
        ("SERVELENS_METRICS_LISTEN", "127.0.0.1:2"),
        ("SERVELENS_SCRAPE_INTERVAL", ""),
    ];
    let config = check(&GOOD, &environment, Some(file)).unwrap();
    assert_eq!(config.listen.port(), 1);
    assert_eq!(config.metrics_listen.port(), 2);
    assert_eq!(config.scrape_interval_s, 15);
}

#[test]
fn all_faults_are_reported_at_once_with_where_they_came_from() {
    insta::assert_snapshot!(faults(
        &["--listen=localhost", "--identity=session", "--upstream=prometheus", "--rules-url=http://x"],
        &[("SERVELENS_UPSTREAM_TIMEOUT", "5"), ("SERVELENS_LOG_LEVEL", "lo=ud=er")],
        Some("manifest-shape = \"new\"\nscrape-interval = \"1500ms\""),
    ), @r#"
    the configuration has 9 faults:
      - --listen: give an IP address and a port, e.g. 127.0.0.1:8477 or [::]:8477
      - --assets is missing: give it as a flag, as SERVELENS_ASSETS or in the file
      - servelens.toml: manifest-shape: choose one of: legacy, standard
      - --identity: sign-in of its own is not built yet; use bearer, behind the console's proxy
      - --cluster-url is missing: give it as a flag, as SERVELENS_CLUSTER_URL or in the file
      - --rules-url: not built yet, leave it out; rules and alerts are not served
      - SERVELENS_UPSTREAM_TIMEOUT: give a whole number and a unit (ms, s, m, h), e.g. 30s
      - servelens.toml: scrape-interval: give whole seconds between 1s and 1h
      - SERVELENS_LOG_LEVEL: give error, warn, info, debug, trace, or a filter such as info,server=debug
    "#);
}

#[test]
fn a_file_with_an_unknown_key_is_refused_with_its_line() {
    insta::assert_snapshot!(faults(&GOOD, &[], Some("# one\nlistne = \"127.0.0.1:1\"\n")), @r#"
    the configuration has 1 fault:
      - servelens.toml line 2: unknown field `listne`, expected one of `listen`, `metrics-listen`, `shutdown-delay`, `assets`, `manifest-shape`, `plugin-extensions`, `identity`, `upstream`, `cluster-url`, `tenancy-url`, `rules-url`, `kube-url`, `ca-file`, `upstream-timeout`, `scrape-interval`, `log-format`, `log-level`
    "#);
    insta::assert_snapshot!(faults(&GOOD, &[], Some("log-level = 3")), @r#"
    the configuration has 1 fault:
      - servelens.toml line 1: invalid type: integer `3`, expected a string
    "#);
}

#[test]
fn the_demo_identity_is_refused_on_any_address_but_loopback() {
    for open in ["--listen=0.0.0.0:1", "--listen=[::]:1", "--listen=10.0.0.1:1"] {
        let mut flags = GOOD.to_vec();
        flags[3] = open;
        flags.push("--identity=demo");
        insta::allow_duplicates! {
            insta::assert_snapshot!(faults(&flags, &[], None), @r#"
            the configuration has 1 fault:
              - --identity demo lets everybody in and so listens on loopback only: use --listen 127.0.0.1:8477, or --identity bearer
            "#);
        }
    }
    for loopback in ["--listen=127.0.0.9:1", "--listen=[::1]:1"] {
        let mut flags = GOOD.to_vec();
        flags[3] = loopback;
        flags.push("--identity=demo");
        assert_eq!(check(&flags, &[], None).unwrap().identity, IdentityMode::Demo);
    }
}

#[test]
fn an_address_of_the_store_with_a_password_is_refused_and_not_repeated() {
    let fault = faults(
        &[
            "--assets=/a",
            "--upstream=prometheus",
            "--cluster-url=http://me:geheim@x",
        ],
        &[],
        None,
    );
    insta::assert_snapshot!(fault, @r#"
    the configuration has 1 fault:
      - --cluster-url: give an address such as https://prometheus.example:9090
    "#);
    assert!(!fault.contains("geheim"));
}

#[test]
fn https_needs_the_certificates_it_is_checked_against() {
    insta::assert_snapshot!(faults(&["--assets=/a"], &[], None), @r#"
    the configuration has 1 fault:
      - --ca-file is missing: an https store's certificate is checked against this PEM file only
    "#);
}
