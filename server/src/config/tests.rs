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
        tls: None,
        assets: "/a",
        dashboards: None,
        manifest_shape: Standard,
        console_base_path: "/",
        plugin_extensions: PluginExtensions(
            {
                Pages,
                Tabs,
                Overview,
                Details,
                Alerts,
            },
        ),
        identity: Bearer,
        session: None,
        upstream: UpstreamConfig {
            kind: Thanos,
            cluster_url: https://thanos-querier.openshift-monitoring.svc.cluster.local:9091/,
            front: Some(
                FrontConfig {
                    tenancy_url: https://thanos-querier.openshift-monitoring.svc.cluster.local:9092/,
                    rules_url: https://thanos-querier.openshift-monitoring.svc.cluster.local:9093/,
                    kube_url: https://kubernetes.default.svc/,
                    kube_ca_file: None,
                },
            ),
            ca_file: Some(
                "/ca.crt",
            ),
            connect_timeout: 1s,
            timeout: 25s,
        },
        cache: CacheConfig {
            bytes: 134217728,
            refresh: 30s,
        },
        limits: Limits {
            connections: ConnectionLimits {
                most: 1024,
                header_bytes: 16384,
                headers: 64,
                header_timeout: 5s,
                idle_timeout: 60s,
                write_timeout: 15s,
            },
            body: BodyLimits {
                bytes: 65536,
                timeout: 10s,
            },
            queries: QueryLimits {
                in_all: 64,
                per_caller: 16,
                waiting: 4096,
                waiting_per_caller: 512,
                patience: 4s,
            },
            setups: QueryLimits {
                in_all: 12,
                per_caller: 3,
                waiting: 48,
                waiting_per_caller: 12,
                patience: 4s,
            },
            answers: AnswerLimits {
                bytes: 33554432,
                series: 5000,
                points: 11000,
                values: 2000000,
            },
            room: RoomLimits {
                text: 100663296,
                decoded: 100663296,
                unread: 67108864,
            },
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
    let file = "listen = \"127.0.0.1:3\"\nmetrics-listen = \"127.0.0.1:3\"\nscrape-interval = \"15s\"\nmax-connections = 1_000";
    let environment = [
        ("SERVELENS_LISTEN", "127.0.0.1:2"),
        ("SERVELENS_METRICS_LISTEN", "127.0.0.1:2"),
        ("SERVELENS_SCRAPE_INTERVAL", ""),
    ];
    let config = check(&GOOD, &environment, Some(file)).unwrap();
    assert_eq!(config.listen.port(), 1);
    assert_eq!(config.metrics_listen.port(), 2);
    assert_eq!(config.scrape_interval_s, 15);
    assert_eq!(config.limits.connections.most, 1000);
}

#[test]
fn all_faults_are_reported_at_once_with_where_they_came_from() {
    insta::assert_snapshot!(faults(
        &["--listen=localhost", "--identity=session", "--upstream=prometheus", "--rules-url=http://x"],
        &[("SERVELENS_UPSTREAM_TIMEOUT", "5"), ("SERVELENS_LOG_LEVEL", "lo=ud=er")],
        Some("manifest-shape = \"new\"\nscrape-interval = \"1500ms\""),
    ), @r#"
    the configuration has 10 faults:
      - --listen: give an IP address and a port, e.g. 127.0.0.1:8477 or [::]:8477
      - --assets is missing: give it as a flag, as SERVELENS_ASSETS or in the file
      - servelens.toml: manifest-shape: choose one of: legacy, standard
      - --public-url is missing: give it as a flag, as SERVELENS_PUBLIC_URL or in the file
      - --session-key-file is missing: give it as a flag, as SERVELENS_SESSION_KEY_FILE or in the file
      - --cluster-url is missing: give it as a flag, as SERVELENS_CLUSTER_URL or in the file
      - --rules-url: only --upstream thanos has such a front; leave it out
      - SERVELENS_UPSTREAM_TIMEOUT: give a whole number and a unit (ms, s, m, h), e.g. 30s
      - servelens.toml: scrape-interval: give whole seconds between 1s and 1h
      - SERVELENS_LOG_LEVEL: give error, warn, info, debug, trace, or a filter such as info,server=debug
    "#);
}

#[test]
fn a_broken_line_of_the_file_hides_no_other_fault_and_adds_none() {
    let file = "\
# A file in which nearly everything is wrong; what is right still counts.
listne = \"127.0.0.1:1\"
ca-file = \"/ca.crt\"
log-level = [3]
manifest-shape = \"new\"
scrape-interval = 30s
cluster-url = \"https://thanos.example\"
identity = [\"demo\"]
";
    insta::assert_snapshot!(faults(&["--assets=/a", "--log-format=xml"], &[], Some(file)), @r#"
    the configuration has 6 faults:
      - servelens.toml line 2: there is no setting `listne`; `servelens serve --help` lists them all
      - servelens.toml line 4: `log-level` is expected to be a text, a number, true or false, and is a list
      - servelens.toml line 6: this is no TOML: string values must be quoted, expected literal string
      - servelens.toml line 8: `identity` is expected to be a text, a number, true or false, and is a list
      - servelens.toml: manifest-shape: choose one of: legacy, standard
      - --log-format: choose one of: text, json
    "#);
}

#[test]
fn what_may_stand_in_a_part_of_the_file_that_cannot_be_read_is_not_called_missing() {
    for file in [
        "assets = \"/a",
        "assets = \"/a\"\nca-file = /ca.crt",
        "=",
        "upstream == \"prometheus\"",
    ] {
        let told = faults(&["--log-level=lo=ud=er"], &[], Some(file));
        assert!(!told.contains("missing"), "{file}: {told}");
        assert!(told.contains("  - servelens.toml line"), "{file}: {told}");
        assert!(told.contains("  - --log-level: give"), "{file}: {told}");
    }
    let unread = read(
        &Layer {
            log_level: Some("lo=ud=er".to_owned()),
            ..Layer::default()
        },
        &|_| None,
        Err("--config /none: cannot be read: no such file".to_owned()),
    );
    insta::assert_snapshot!(unread.unwrap_err(), @r#"
    the configuration has 2 faults:
      - --config /none: cannot be read: no such file
      - --log-level: give error, warn, info, debug, trace, or a filter such as info,server=debug
    "#);
}

#[test]
fn a_console_s_base_path_has_a_slash_at_both_ends() {
    let got = |typed: &str| {
        let flag = format!("--console-base-path={typed}");
        let config = check(&[&GOOD[..], &[&flag]].concat(), &[], None);
        config.map(|config| config.console_base_path)
    };
    for (typed, expect) in [("/", "/"), ("/console", "/console/"), ("/a/b-c/", "/a/b-c/")] {
        assert_eq!(got(typed).as_deref(), Ok(expect), "{typed}");
    }
    for wrong in ["console/", "//", "/a//b", "/../", "https://a/", "/a?b", "/a b/"] {
        let told = got(wrong).unwrap_err().to_string();
        assert!(
            told.contains("--console-base-path: give a path such as / or /console/"),
            "{wrong}: {told}"
        );
    }
}

#[test]
fn a_setting_that_is_given_wrongly_is_not_called_missing_as_well() {
    insta::assert_snapshot!(faults(&["--upstream=x", "--assets=/a"], &[], None), @r#"
    the configuration has 1 fault:
      - --upstream: choose one of: thanos, prometheus
    "#);
    insta::assert_snapshot!(faults(&[], &[], Some("assets = [1]\nca-file = [2]\nlisten = [3]\nidentity = \"demo\"")), @r#"
    the configuration has 3 faults:
      - servelens.toml line 1: `assets` is expected to be a text, a number, true or false, and is a list
      - servelens.toml line 2: `ca-file` is expected to be a text, a number, true or false, and is a list
      - servelens.toml line 3: `listen` is expected to be a text, a number, true or false, and is a list
    "#);
}

#[test]
fn a_flag_stands_in_for_what_the_file_has_wrong_and_the_file_is_told_all_the_same() {
    insta::assert_snapshot!(faults(&["--assets=/a", "--ca-file=/b"], &[], Some("assets = [1]\n[log]\nlevel = \"info\"")), @r#"
    the configuration has 2 faults:
      - servelens.toml line 1: `assets` is expected to be a text, a number, true or false, and is a list
      - servelens.toml line 2: there is no setting `log`; `servelens serve --help` lists them all
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

#[test]
fn a_claim_decides_where_an_issuer_signs_in_and_nobody_else_looks_at_namespaces() {
    let session = [
        "--assets=/a",
        "--cluster-url=http://127.0.0.1:9090",
        "--identity=session",
        "--public-url=https://servelens.example",
        "--session-key-file=/key",
        "--namespaces-claim=groups",
    ];
    let good = [
        &session[..],
        &["--upstream=prometheus", "--issuer-url=https://idp.example"],
    ]
    .concat();
    let config = check(&good, &[], None).unwrap();
    assert_eq!(config.session.unwrap().namespaces_claim.as_deref(), Some("groups"));
    insta::assert_snapshot!(faults(&[&session[..], &["--upstream=prometheus"]].concat(), &[], None), @r#"
    the configuration has 1 fault:
      - --namespaces-claim: a claim decides only with --identity session, --issuer-url and --upstream prometheus; elsewhere the cluster says who may see what
    "#);
    let bearer = ["--assets=/a", "--ca-file=/ca.crt", "--namespaces-claim=groups"];
    assert!(faults(&bearer, &[], None).contains("--namespaces-claim: a claim decides only with"));
}

#[test]
fn every_limit_is_documented_once_and_can_be_set() {
    use clap::Args as _;
    let flags = Layer::augment_args(clap::Command::new("serve"));
    let mut page = "# Limits\n\nWhat a request, a caller or a store cannot push the server beyond. Each is a flag of \
                    `servelens serve`, a variable (`SERVELENS_MAX_BODY`)\nand a line of the configuration file \
                    (`max-body = \"64KiB\"`). Made from `server/src/config/limits.rs`.\n\n\
                    | limit | default | beyond it | why |\n|---|---|---|---|\n"
        .to_owned();
    for limit in limits::LIMITS {
        let flag = flags.get_arguments().find(|flag| flag.get_long() == Some(limit.name));
        let help = flag.unwrap().get_help().unwrap().to_string();
        assert!(
            help.contains(&format!("[default: {}]", limit.default)),
            "{}: {help}",
            limit.name
        );
        let (name, default) = (limit.name, limit.default);
        page += &format!("| `--{name}` | {default} | {} | {} |\n", limit.beyond, limit.why);
        let wrong = format!("--{name}=lots");
        let told = faults(&["--assets=/a", "--ca-file=/b", &wrong], &[], None);
        assert!(told.starts_with("the configuration has 1 fault:\n  - --"), "{told}");
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/limits.md");
    if std::env::var_os("SERVELENS_WRITE_DOCS").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == page,
        "docs/limits.md is out of date: SERVELENS_WRITE_DOCS=1 writes it"
    );
}

#[test]
fn tls_needs_both_files_and_knows_its_ciphers_by_iana_s_names() {
    let check = |more: &[&str]| check(&[&GOOD[..], more].concat(), &[], None).map(|config| config.tls);
    assert_eq!(check(&[]).unwrap(), None);
    let both = ["--tls-cert-file=/c", "--tls-key-file=/k"];
    let tls = check(&both).unwrap().unwrap();
    assert_eq!((tls.min_version, tls.ciphers.len()), (TlsVersion::V12, 9));
    let narrow = "--tls-ciphers=TLS_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
    let named = check(&[&both[..], &[narrow, "--tls-min-version=1.3"]].concat());
    let ciphers = named.unwrap().unwrap().ciphers;
    assert_eq!(
        ciphers,
        [rustls::CipherSuite::TLS13_AES_128_GCM_SHA256],
        "the other one is of 1.2"
    );
    let told = |more: &[&str]| check(more).unwrap_err().to_string();
    insta::assert_snapshot!([
        told(&["--tls-cert-file=/c"]),
        told(&["--tls-key-file=/k", "--tls-min-version=1.1", "--tls-ciphers=RC4"]),
        told(&["--tls-ciphers=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "--tls-min-version=1.3"]),
    ].join("\n"), @r"
    the configuration has 1 fault:
      - --tls-key-file is missing: --tls-cert-file is given, and a port needs both
    the configuration has 2 faults:
      - --tls-min-version: choose one of: 1.2, 1.3
      - --tls-ciphers: give names between commas, of: TLS_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256, TLS_CHACHA20_POLY1305_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
    the configuration has 1 fault:
      - --tls-ciphers: none of them belongs to --tls-min-version or a later one; add one or leave it out
    ");
}
