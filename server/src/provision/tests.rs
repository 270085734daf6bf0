//! What is made, seen as a whole.

use super::desired;
use super::object::{INSTANCE, MANAGED_BY, NAME};
use super::render;
use super::settings::{Layer, Settings, read};

fn settings(file: &str) -> Settings {
    read(&Layer::default(), Ok(Some(("setup.toml".to_owned(), file.to_owned())))).unwrap()
}

/// Everything that can be made: in Grafana both views exist, of which one is chosen.
const ALL: [&str; 3] = [
    "namespace = [\"team-a\", \"team-b\"]\ngrafana = \"namespace\"\nconsole-dashboards = true\n",
    "grafana = \"cluster\"\n",
    "",
];

#[test]
fn the_objects_are_listed_in_the_order_they_are_made() {
    let list = ALL.map(|file| {
        let objects = desired::objects(&settings(file)).unwrap();
        let lines: Vec<String> = objects
            .iter()
            .map(|object| format!("{:?} {}: {}", object.phase, object.reference(), object.reason))
            .collect();
        lines.join("\n")
    });
    insta::assert_snapshot!(list.join("\n\n"));
}

#[test]
fn every_object_says_whose_it_is_and_no_name_is_made_twice() {
    for file in ALL {
        let settings = settings(file);
        let objects = desired::objects(&settings).unwrap();
        let mut names: Vec<_> = objects.iter().map(super::object::Object::reference).collect();
        names.sort();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "{file}");
        for object in objects {
            let labels = &object.body["metadata"]["labels"];
            assert_eq!(
                (&labels[MANAGED_BY], &labels[INSTANCE]),
                (&NAME.into(), &settings.instance.as_str().into())
            );
            assert_eq!(object.body["kind"], object.kind.kind);
        }
    }
}

#[test]
fn rendering_twice_gives_the_same_bytes_which_mean_the_same_objects() {
    for file in ALL {
        let settings = settings(file);
        let objects = desired::objects(&settings).unwrap();
        let text = render::yaml(&settings, &objects).unwrap();
        assert_eq!(
            text,
            render::yaml(&settings, &desired::objects(&settings).unwrap()).unwrap()
        );
        let read: Vec<serde_json::Value> = text
            .split("\n---\n")
            .skip(1)
            .map(|document| serde_saphyr::from_str(document).unwrap())
            .collect();
        let made = objects.into_iter().filter(|object| object.generated.is_none());
        assert_eq!(read, made.map(|object| object.body).collect::<Vec<_>>());
        assert!(!text.contains("session_secret:"), "a secret in a rendered file");
    }
}

#[test]
fn grafana_is_closed_to_whoever_could_not_ask_the_metrics_themselves() {
    let gate = |file: &str| {
        let objects = desired::objects(&settings(file)).unwrap();
        let grafana = objects.iter().find(|object| object.kind.kind == "Grafana").unwrap();
        let args = &grafana.body["spec"]["deployment"]["spec"]["template"]["spec"]["containers"][0]["args"];
        let args: Vec<&str> = args
            .as_array()
            .unwrap()
            .iter()
            .map(|arg| arg.as_str().unwrap())
            .collect();
        args.iter()
            .find(|arg| arg.starts_with("--openshift-sar"))
            .unwrap()
            .to_string()
    };
    insta::assert_snapshot!(ALL[..2].iter().map(|file| gate(file)).collect::<Vec<_>>().join("\n"));
    let text = render::yaml(&settings(ALL[1]), &desired::objects(&settings(ALL[1])).unwrap()).unwrap();
    for word in ["tlsSkipVerify", "admin_password", "skip-auth-regex"] {
        assert!(!text.contains(word), "{word}");
    }
}
