//! The names by which requests may ask a model server for a model, read from its object: vLLM takes several served names,
//! and LoRA adapters with names of their own.

use serde_json::Value;

/// Where objects keep the engine's arguments: lists of them, or an environment variable with all in one.
const ARGS: &str = "/spec/predictor/model/args";
const CONTAINERS: [&str; 2] = ["/spec/predictor/containers", "/spec/template/containers"];
const ENV: &str = "VLLM_ADDITIONAL_ARGS";

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// All served names; the first is the one that metrics carry.
    pub served: Vec<String>,
    pub adapters: Vec<String>,
}

impl Names {
    pub fn of(item: &Value) -> Names {
        let args = arguments(item);
        let modules = values(&args, "--lora-modules");
        let mut adapters: Vec<String> = modules.iter().filter_map(|module| module_name(module)).collect();
        let listed = item.pointer("/spec/model/lora/adapters").and_then(Value::as_array);
        let named = listed
            .into_iter()
            .flatten()
            .filter_map(|adapter| adapter.get("name")?.as_str());
        adapters.extend(named.map(str::to_owned));
        adapters.sort();
        adapters.dedup();
        Names {
            served: values(&args, "--served-model-name"),
            adapters,
        }
    }
}

fn arguments(item: &Value) -> Vec<String> {
    let texts = |list: &Value| -> Vec<String> {
        let list = list.as_array().into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut all: Vec<String> = item.pointer(ARGS).map(texts).unwrap_or_default();
    let containers = CONTAINERS
        .iter()
        .filter_map(|path| item.pointer(path)?.as_array())
        .flatten();
    let containers: Vec<&Value> = containers.collect();
    all.extend(
        containers
            .iter()
            .filter_map(|container| container.get("args"))
            .flat_map(texts),
    );
    for container in containers.into_iter().chain(item.pointer("/spec/predictor/model")) {
        let env = container.get("env").and_then(Value::as_array).into_iter().flatten();
        let ours = env.filter(|one| one.get("name").and_then(Value::as_str) == Some(ENV));
        let words = ours
            .filter_map(|one| one.get("value")?.as_str())
            .flat_map(str::split_whitespace);
        all.extend(words.map(str::to_owned));
    }
    all
}

/// What follows a flag up to the next one: `--flag=a`, or `--flag a b`.
fn values(args: &[String], flag: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut inside = false;
    for arg in args {
        if let Some(rest) = arg.strip_prefix(flag) {
            inside = rest.is_empty();
            found.extend(rest.strip_prefix('=').map(str::to_owned));
        } else if arg.starts_with("--") {
            inside = false;
        } else if inside {
            found.push(arg.clone());
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

/// `sql=/mnt/sql`, or an object with a name.
fn module_name(module: &str) -> Option<String> {
    if module.starts_with('{') {
        let object: Value = serde_json::from_str(module).ok()?;
        return object.get("name")?.as_str().map(str::to_owned);
    }
    module.split_once('=').map(|(name, _)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(item: Value, served: &[&str], adapters: &[&str]) {
        let names = Names::of(&item);
        assert_eq!(
            (names.served, names.adapters),
            (
                served.iter().map(|&s| s.to_owned()).collect(),
                adapters.iter().map(|&s| s.to_owned()).collect()
            ),
            "{item}"
        );
    }

    #[test]
    fn names_stand_in_arguments_environment_and_the_spec() {
        check(
            json!({"spec": {"predictor": {"model": {"args": ["--max-model-len=8192", "--served-model-name", "granite", "granite-3.3", "--lora-modules", "sql=/mnt/sql", r#"{"name": "legal", "path": "/mnt/legal"}"#, "--port=8080"]}}}}),
            &["granite", "granite-3.3"],
            &["legal", "sql"],
        );
        check(
            json!({"spec": {"model": {"name": "ibm/granite", "lora": {"adapters": [{"name": "sql", "uri": "hf://a/b"}]}},
                "template": {"containers": [{"name": "main", "env": [{"name": "VLLM_ADDITIONAL_ARGS", "value": "--served-model-name=a --enable-lora"}]}]}}}),
            &["a"],
            &["sql"],
        );
        check(
            json!({"spec": {"predictor": {"model": {"args": [1, "--served-model-names-of-others", "x"]}}}}),
            &[],
            &[],
        );
        check(json!({}), &[], &[]);
    }
}
