//! `/api/setup/…`: what is missing on a cluster, what would change, and what happens while it does.

use serde::{Deserialize, Serialize};

/// `GET /api/setup/checks`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupChecks {
    /// Whether none of them is an error.
    pub success: bool,
    pub categories: Vec<CheckCategory>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckCategory {
    #[serde(rename = "categoryName")]
    pub name: String,
    pub checks: Vec<CheckEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckEntry {
    pub description: String,
    /// `success`, `warning` or `error`.
    pub result: String,
    /// What to do; absent where it is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Where that is explained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// `GET /api/setup/plan`: what applying would do; `GET /api/setup/remove`: what removing would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupPlan {
    /// As whom.
    pub user: String,
    /// Whether anything would be written.
    pub differs: bool,
    /// Whether the cluster holds a record of an installation.
    #[serde(default)]
    pub recorded: bool,
    pub steps: Vec<SetupStep>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupStep {
    /// `create`, `change`, `edit`, `adopt`, `renew`, `remove`; `keep` and `skip` write nothing.
    pub action: String,
    pub object: SetupObject,
    pub reason: String,
    /// Lines that begin with `-` or `+`; of a secret the keys alone.
    pub diff: Vec<String>,
    /// What else happens.
    pub risk: Option<String>,
    /// Why it cannot be done as things are, and what to do about it.
    pub blocked: Option<String>,
    pub permissions: Vec<SetupPermission>,
    /// Whether it mends what this installation has made and somebody has changed or taken away.
    #[serde(default)]
    pub drift: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupObject {
    pub kind: String,
    #[serde(rename = "apiVersion")]
    pub api_version: String,
    pub namespace: Option<String>,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupPermission {
    pub permission: String,
    pub allowed: bool,
    /// The command that grants it.
    pub grant: String,
}

/// `GET /api/setup/verify`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupFindings {
    /// Whether all of them are good.
    pub success: bool,
    pub findings: Vec<SetupFinding>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupFinding {
    pub good: bool,
    pub what: String,
    /// Empty where it is good.
    pub next_step: String,
}

/// One event of a run that `POST /api/setup/{apply,repair,remove}` streams. Which fields it has depends on `event`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SetupEvent {
    /// `begun`, `waiting` and `ended` for each step; `end` or `failed` once, as the last.
    pub event: String,
    pub step: usize,
    pub of: usize,
    pub object: String,
    /// What is waited for.
    #[serde(rename = "for")]
    pub what: String,
    /// `done`, `left` or `stopped`.
    pub outcome: String,
    pub text: String,
    /// Of the `end`: how many steps were done.
    pub done: usize,
    /// Of the `end`: what stayed undone, each with why.
    pub left: Vec<String>,
    /// Of the `end`: where it stopped.
    pub stopped: Option<String>,
}

impl SetupStep {
    /// Whether it would write anything.
    #[must_use]
    pub fn writes(&self) -> bool {
        !matches!(self.action.as_str(), "keep" | "skip")
    }

    /// The permissions that are missing.
    pub fn missing(&self) -> impl Iterator<Item = &SetupPermission> {
        self.permissions.iter().filter(|one| !one.allowed)
    }

    /// Whether it would be done now.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.writes() && self.blocked.is_none() && self.missing().next().is_none()
    }
}

impl SetupObject {
    /// As the events name it.
    #[must_use]
    pub fn said(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{} {namespace}/{}", self.kind, self.name),
            None => format!("{} {}", self.kind, self.name),
        }
    }
}
