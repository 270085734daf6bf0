//! The record of what was made, adopted and edited, kept in the cluster in the first of the namespaces.
//!
//! It is written before the first change, with what is about to be made, and again after the last one: whoever is cut off in
//! between finds all of it. It holds no secret.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::former::{self, Former};
use super::object::{INSTANCE, MANAGED_BY, NAME, PART_OF, Reference};
use super::plan::Step;
use super::settings::Settings;
use crate::cluster::{CONFIG_MAP, CONSOLE, Cause, Hands, Kind, Permission, Refusal};

const KEY: &str = "inventory.json";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Inventory {
    pub state: State,
    pub objects: Vec<Entry>,
    pub edits: Vec<Edited>,
    /// Whether this installation put itself into the console's list.
    #[serde(default)]
    pub plugin: bool,
    /// How often it was written. No two writings are alike, so that the version of the object tells a run that another one
    /// is at work: the API server keeps the version where nothing changes.
    #[serde(default)]
    writes: u64,
    /// Whether the console had no list before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub plugin_alone: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum State {
    #[default]
    Active,
    /// A removal has begun; nothing may be made until it has ended.
    Removing,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub group: String,
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    pub name: String,
    /// `None`: about to be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    pub origin: Origin,
    /// Of an adopted one: what stood where we wrote.
    #[serde(default, skip_serializing_if = "Former::is_empty")]
    pub former: Former,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    Created,
    /// It was there; a removal leaves it, as it was.
    Adopted,
}

/// A value set in the text of a ConfigMap that belongs to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    pub namespace: String,
    pub name: String,
    /// The key of the ConfigMap that holds the text.
    pub key: String,
    /// The keys in a YAML text that lead to the value, from the outside; empty for a list of lines.
    pub path: Vec<String>,
    /// The value as it was; `None`: it was not there.
    pub former: Option<Value>,
    /// The whole text without our value; `None`: the ConfigMap had no such text.
    pub former_text: Option<String>,
    /// The whole text with it, as we wrote it.
    pub text: String,
    /// Whether the ConfigMap itself was made by us.
    pub made: bool,
}

/// The inventory and the version of the object that it was read from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stored {
    pub inventory: Inventory,
    /// `None`: there is none yet.
    version: Option<String>,
    pub uid: Option<String>,
    /// What runs beside this one were found to have written.
    pub others: Inventory,
}

impl Entry {
    pub fn new(reference: &Reference, origin: Origin) -> Entry {
        Entry {
            group: reference.kind.group.to_owned(),
            kind: reference.kind.kind.to_owned(),
            namespace: reference.namespace.clone(),
            name: reference.name.clone(),
            uid: None,
            origin,
            former: Former::new(),
        }
    }

    /// `None` for a kind that this version does not know.
    pub fn reference(&self) -> Option<Reference> {
        Some(Reference {
            kind: Kind::find(&self.group, &self.kind)?,
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        })
    }

    pub fn is(&self, reference: &Reference) -> bool {
        let kind = reference.kind;
        (&self.name, &self.namespace) == (&reference.name, &reference.namespace)
            && (self.kind.as_str(), self.group.as_str()) == (kind.kind, kind.group)
    }
}

impl Extend<Entry> for Inventory {
    fn extend<T: IntoIterator<Item = Entry>>(&mut self, entries: T) {
        for entry in entries {
            self.put(entry);
        }
    }
}

impl Inventory {
    pub fn entry(&self, reference: &Reference) -> Option<&Entry> {
        self.objects.iter().find(|entry| entry.is(reference))
    }

    /// Adds or replaces; what stood in an adopted object before its first change stays known.
    fn put(&mut self, entry: Entry) {
        let same = |other: &Entry| {
            (&other.group, &other.kind, &other.namespace, &other.name)
                == (&entry.group, &entry.kind, &entry.namespace, &entry.name)
        };
        match self.objects.iter_mut().find(|other| same(other)) {
            Some(other) => {
                other.uid = entry.uid.or(other.uid.take());
                other.origin = entry.origin;
                match entry.origin {
                    Origin::Created => other.former.clear(),
                    Origin::Adopted => former::join(&mut other.former, &entry.former),
                }
            }
            None => self.objects.push(entry),
        }
    }

    pub fn edit(&self, namespace: &str, name: &str, path: &[&str]) -> Option<&Edited> {
        let mut edits = self.edits.iter();
        edits.find(|edit| edit.namespace == namespace && edit.name == name && edit.path == path)
    }

    pub fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.edits.is_empty() && !self.plugin
    }

    /// What another run has written meanwhile, and what this one knows.
    fn join(&mut self, other: Inventory) {
        if other.state == State::Removing {
            self.state = State::Removing;
        }
        for entry in other.objects {
            if !self.objects.iter().any(|known| {
                (&known.group, &known.kind, &known.namespace, &known.name)
                    == (&entry.group, &entry.kind, &entry.namespace, &entry.name)
            }) {
                self.objects.push(entry);
            }
        }
        for edit in other.edits {
            let path: Vec<&str> = edit.path.iter().map(String::as_str).collect();
            if self.edit(&edit.namespace, &edit.name, &path).is_none() {
                self.edits.push(edit);
            }
        }
        self.plugin |= other.plugin;
        self.writes = self.writes.max(other.writes);
        self.plugin_alone |= other.plugin_alone;
    }
}

impl Stored {
    /// Whether the cluster holds a record of an installation, be it of one whose removal has not ended.
    #[must_use]
    pub fn is_record(&self) -> bool {
        !self.inventory.is_empty() || self.inventory.state != State::Active
    }

    /// Whether a step mends what this installation has made and somebody has changed or taken away.
    #[must_use]
    pub fn is_drift(&self, step: &Step) -> bool {
        let mut edits = self.inventory.edits.iter();
        self.inventory.entry(&step.object).is_some()
            || edits
                .any(|edit| step.object.namespace.as_ref() == Some(&edit.namespace) && step.object.name == edit.name)
            || (self.inventory.plugin && step.object.kind == &CONSOLE)
    }

    pub fn name(settings: &Settings) -> String {
        format!("{}-inventory", settings.instance)
    }

    /// What writing it needs.
    #[must_use]
    pub fn permission(&self, settings: &Settings) -> Permission {
        // Nobody may be granted the making of one name by a POST.
        let (verb, name) = match self.version {
            None => ("create", None),
            Some(_) => ("patch", Some(Stored::name(settings))),
        };
        Permission {
            verb,
            group: CONFIG_MAP.group,
            resource: CONFIG_MAP.plural,
            namespace: Some(settings.home().to_owned()),
            name,
        }
    }

    /// An empty one where there is none.
    pub async fn load(hands: &Hands, settings: &Settings) -> Result<Stored, Refusal> {
        let name = Stored::name(settings);
        let Some(object) = hands.get(&CONFIG_MAP, Some(settings.home()), &name).await? else {
            return Ok(Stored::default());
        };
        let text = object.pointer("/data").and_then(|data| data.get(KEY)?.as_str());
        let inventory = serde_json::from_str(text.unwrap_or("{}")).map_err(|cause| {
            Refusal::new(
                Cause::Invalid,
                format!(
                    "the record {}/{name} cannot be read ({cause}); it was changed by hand or by a newer version",
                    settings.home()
                ),
            )
        })?;
        let field = |path: &str| object.pointer(path).and_then(Value::as_str).map(str::to_owned);
        Ok(Stored {
            inventory,
            version: field("/metadata/resourceVersion"),
            uid: field("/metadata/uid"),
            others: Inventory::default(),
        })
    }

    /// Writes it, before the first change that a run makes. `false`: another run takes back what it lists, or has done so, and
    /// nothing was written.
    pub async fn claim(&mut self, hands: &Hands, settings: &Settings) -> Result<bool, Refusal> {
        let known = self.version.is_some();
        let stands = |now: &Stored| now.inventory.state == State::Active && (now.version.is_some() || !known);
        self.written(hands, settings, stands).await
    }

    /// Writes it; where another run has written meanwhile, what both know.
    pub async fn save(&mut self, hands: &Hands, settings: &Settings) -> Result<(), Refusal> {
        self.written(hands, settings, |_| true).await.map(|_| ())
    }

    /// `may`: whether to go on, when another run has written this meanwhile.
    async fn written(
        &mut self,
        hands: &Hands,
        settings: &Settings,
        may: impl Fn(&Stored) -> bool,
    ) -> Result<bool, Refusal> {
        const TRIES: usize = 5;
        let mut last = None;
        for _ in 0..TRIES {
            match self.write(hands, settings).await {
                Err(refusal) if matches!(refusal.cause, Cause::Conflict | Cause::Exists | Cause::Absent) => {
                    let now = Stored::load(hands, settings).await?;
                    if !may(&now) {
                        return Ok(false);
                    }
                    // Gone: another run has removed it; what is left now is what this run made.
                    self.version = now.version;
                    self.uid = now.uid;
                    self.others.join(now.inventory.clone());
                    self.inventory.join(now.inventory);
                    last = Some(refusal);
                }
                done => return done.map(|()| true),
            }
        }
        last.map_or(Ok(true), Err)
    }

    async fn write(&mut self, hands: &Hands, settings: &Settings) -> Result<(), Refusal> {
        let name = Stored::name(settings);
        let home = Some(settings.home());
        self.inventory.writes += 1;
        let text = serde_json::to_string(&self.inventory).unwrap_or_default();
        let object = match &self.version {
            None => {
                let body = json!({
                    "apiVersion": "v1", "kind": "ConfigMap",
                    "metadata": {
                        "name": name, "namespace": settings.home(),
                        "labels": {MANAGED_BY: NAME, PART_OF: NAME, INSTANCE: settings.instance},
                    },
                    "data": {KEY: text},
                });
                hands.create(&CONFIG_MAP, home, &body, false).await?
            }
            Some(version) => {
                let steps = json!([
                    {"op": "test", "path": "/metadata/resourceVersion", "value": version},
                    {"op": "add", "path": format!("/data/{KEY}"), "value": text},
                ]);
                hands.patch(&CONFIG_MAP, home, &name, &steps, false).await?
            }
        };
        let field = |path: &str| object.pointer(path).and_then(Value::as_str).map(str::to_owned);
        self.version = field("/metadata/resourceVersion");
        self.uid = field("/metadata/uid");
        Ok(())
    }

    /// Once nothing is left. `false`: another run has written it since this one did, and it stays.
    pub async fn delete(&self, hands: &Hands, settings: &Settings) -> Result<bool, Refusal> {
        let (Some(uid), Some(version)) = (&self.uid, &self.version) else {
            return Ok(true);
        };
        let name = Stored::name(settings);
        let home = Some(settings.home());
        match hands.delete_unchanged(&CONFIG_MAP, home, &name, (uid, version)).await {
            Ok(_) => Ok(true),
            Err(refusal) if refusal.cause == Cause::Conflict => Ok(false),
            Err(refusal) => Err(refusal),
        }
    }
}
