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
    ), @"");
    insta::assert_snapshot!(faults("namespace = \"a\nmodels = [\"b\"\n"), @"");
}

#[test]
fn a_timeout_longer_than_the_interval_and_grafana_among_models_are_faults() {
    insta::assert_snapshot!(
        faults("scrape-timeout = \"40s\"\ngrafana = \"namespace\"\ngrafana-namespace = \"llm-hosting\"\n"),
        @""
    );
    let long = "a".repeat(64);
    insta::assert_snapshot!(faults(&format!("namespace = \"{long}\"\n")), @"");
}

#[test]
fn every_option_of_the_file_is_a_flag_and_stands_in_the_help() {
    use clap::Args as _;
    let flags = Layer::augment_args(clap::Command::new("plan"));
    let names: Vec<_> = flags.get_arguments().filter_map(clap::Arg::get_long).collect();
    assert_eq!(names, Layer::NAMES);
    assert!(flags.get_arguments().all(|flag| flag.get_help().is_some()));
}
