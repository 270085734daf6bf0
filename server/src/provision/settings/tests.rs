//! Defaults, precedence, and every fault of a bad file in one go.

use super::*;

fn from_file(text: &str) -> Result<Settings, ConfigFaults> {
    read(&Layer::default(), Ok(Some(("setup.toml".to_owned(), text.to_owned()))))
}

fn faults(text: &str) -> String {
    from_file(text).unwrap_err().to_string()
}

#[test]
fn nothing_said_gives_the_defaults() {
    insta::assert_debug_snapshot!(read(&Layer::default(), Ok(None)).unwrap());
}

#[test]
fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
    let flags = Layer {
        namespace: Some("team-a, team-b,team-a".to_owned()),
        ..Layer::default()
    };
    let file = "namespace = \"other\"\nmodels = [\"granite-3-2-8b-instruct\"]\ngpu = false\nvllm-port = 8000\n";
    let settings = read(&flags, Ok(Some(("a.toml".to_owned(), file.to_owned())))).unwrap();
    assert_eq!(settings.namespaces, ["team-a", "team-b"]);
    assert_eq!(settings.models, ["granite-3-2-8b-instruct"]);
    assert_eq!(
        (settings.gpu, settings.vllm.port, settings.openvino.port),
        (false, 8000, 8080)
    );
}

#[test]
fn every_fault_is_told_with_its_line_and_what_would_be_right() {
    insta::assert_snapshot!(faults(
        "namespace = \"Team_A\"\nscrape-interval = \"1s\"\nscrape_timeout = \"10s\"\nvllm-port = 0\nvllm-path = \"metrics\"\n\
         uwm-retention = \"1h\"\nruntimes = [\"vllm\", \"triton\"]\ngrafana = \"both\"\nservelens-url = \"ftp://a\"\n\
         gpu = 1.5\nadopt = \"maybe\"\ninstance = \"a-name-that-is-far-too-long-for-an-object\"\n\
         grafana-overlay = \"x\"\ngrafana-folder = \"\"\n"
    ), @r#"
the configuration has 14 faults:
  - setup.toml line 3: there is no option `scrape_timeout`; `servelens plan --help` lists them all
  - setup.toml line 10: `gpu` is expected to be a text, a number, true or false, or a list of texts
  - setup.toml line 1: `namespace`: "Team_A": give lower-case letters, digits and dashes, e.g. llm-hosting
  - setup.toml line 7: `runtimes`: "triton": there is no runtime "triton"; choose of vllm, openvino, mlserver
  - setup.toml line 12: `instance`: it has 41 characters; give at most 30, because the names of objects begin with it
  - setup.toml line 6: `uwm-retention`: give a time between 2h and 5y, e.g. 7d, or `keep`
  - setup.toml line 2: `scrape-interval`: give a time between 5s and 5m, e.g. 30s
  - setup.toml line 4: `vllm-port`: give a port between 1 and 65535
  - setup.toml line 5: `vllm-path`: give a path that begins with /, e.g. /metrics
  - setup.toml line 9: `servelens-url`: give an http or https address without ? and #
  - setup.toml line 8: `grafana`: choose one of: off, cluster, namespace
  - setup.toml line 13: `grafana-overlay`: there is only grafana-uwm-user-app; choose what Grafana shows with `grafana`
  - setup.toml line 14: `grafana-folder`: give a title of 1 to 100 characters
  - setup.toml line 11: `adopt`: give true or false
"#);
    insta::assert_snapshot!(faults("namespace = \"a\nmodels = [\"b\"\n"), @r#"
the configuration has 2 faults:
  - setup.toml line 1: this is no TOML: invalid basic string, expected `"`
  - setup.toml line 2: this is no TOML: unclosed array, expected `]`
"#);
}

#[test]
fn a_timeout_longer_than_the_interval_and_grafana_among_models_are_faults() {
    insta::assert_snapshot!(
        faults("scrape-timeout = \"40s\"\ngrafana = \"namespace\"\ngrafana-namespace = \"llm-hosting\"\n"),
        @r#"
the configuration has 2 faults:
  - setup.toml line 1: `scrape-timeout`: 40s is longer than the interval of 30s; give at most the interval
  - setup.toml line 3: `grafana-namespace`: llm-hosting holds models; give a namespace that holds nothing but Grafana
"#
    );
    let long = "a".repeat(64);
    insta::assert_snapshot!(faults(&format!("namespace = \"{long}\"\n")), @r#"
the configuration has 1 fault:
  - setup.toml line 1: `namespace`: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": it has 64 characters; give at most 63
"#);
}

#[test]
fn every_option_of_the_file_is_a_flag_and_stands_in_the_help() {
    use clap::Args as _;
    let flags = Layer::augment_args(clap::Command::new("plan"));
    let names: Vec<_> = flags.get_arguments().filter_map(clap::Arg::get_long).collect();
    assert_eq!(names, Layer::NAMES);
    assert!(flags.get_arguments().all(|flag| flag.get_help().is_some()));
}
