//! One step of a plan: what would be done to which object, why, at what risk, and with which permission.

use serde::Serialize;
use server_api::{
    SetupStep,
    setup::{SetupObject, SetupPermission},
};

use crate::cluster::Permission;
use crate::provision::inventory::{Edited, Entry};
use crate::provision::object::{Object, Reference};

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    Create,
    Change,
    /// Sets a value in an object that belongs to others.
    Edit,
    /// Takes an object over that is there already.
    Adopt,
    /// Makes a new token before the old one ends.
    Renew,
    Remove,
    /// It is as it should be.
    Keep,
    /// It is not for us: the reason says why.
    Skip,
}

impl Action {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Change => "change",
            Action::Edit => "edit",
            Action::Adopt => "adopt",
            Action::Renew => "renew",
            Action::Remove => "remove",
            Action::Keep => "keep",
            Action::Skip => "skip",
        }
    }

    /// Whether it would write anything.
    #[must_use]
    pub fn writes(self) -> bool {
        !matches!(self, Action::Keep | Action::Skip)
    }
}

/// A permission that a step needs, and whether the caller has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    pub permission: Permission,
    pub allowed: bool,
    /// What an administrator types to grant it.
    pub grant: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub action: Action,
    pub object: Reference,
    pub reason: String,
    pub diff: Vec<String>,
    /// What else happens when it is done; `None`: nothing.
    pub risk: Option<&'static str>,
    pub needs: Vec<Need>,
    /// Why it cannot be done as things are, and what to do about it.
    pub blocked: Option<String>,
    pub work: Work,
    /// What the record must hold of the object once the step is done, or because it is as it should be.
    pub entry: Option<Entry>,
}

/// What is sent to the API server.
#[derive(Debug, Clone, PartialEq)]
pub enum Work {
    Nothing,
    Apply(Box<Object>),
    /// A Secret with new content.
    Generate(Box<Object>),
    /// The edit, and the version of the ConfigMap that it was made for; `None`: it is to be made.
    Edit {
        edit: Box<Edited>,
        version: Option<String>,
    },
    /// Our name into the console's list, at this version of it.
    Plugin {
        version: String,
        listed: bool,
    },
    Delete {
        uid: String,
    },
}

impl Step {
    pub fn new(action: Action, object: Reference, reason: impl Into<String>, work: Work) -> Step {
        Step {
            action,
            object,
            reason: reason.into(),
            diff: Vec::new(),
            risk: None,
            needs: Vec::new(),
            blocked: None,
            work,
            entry: None,
        }
    }

    #[must_use]
    pub fn skip(object: Reference, reason: impl Into<String>) -> Step {
        Step::new(Action::Skip, object, reason, Work::Nothing)
    }

    #[must_use]
    pub fn recorded(mut self, entry: Entry) -> Step {
        self.entry = Some(entry);
        self
    }

    #[must_use]
    pub fn with_diff(mut self, diff: Vec<String>) -> Step {
        self.diff = diff;
        self
    }

    #[must_use]
    pub fn with_risk(mut self, risk: &'static str) -> Step {
        self.risk = Some(risk);
        self
    }

    #[must_use]
    pub fn blocked(mut self, why: impl Into<String>) -> Step {
        self.blocked = Some(why.into());
        self
    }

    /// The permissions that are missing.
    pub fn missing(&self) -> impl Iterator<Item = &Need> {
        self.needs.iter().filter(|need| !need.allowed)
    }

    /// Whether `apply` would do it now.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.action.writes() && self.blocked.is_none() && self.missing().next().is_none()
    }

    /// As `--output json` and the page have it; `drift` is the plan's to say.
    #[must_use]
    pub fn to_api(&self, drift: bool) -> SetupStep {
        let permission = |need: &Need| SetupPermission {
            permission: need.permission.to_string(),
            allowed: need.allowed,
            grant: need.grant.clone(),
        };
        SetupStep {
            action: self.action.as_str().to_owned(),
            object: SetupObject {
                kind: self.object.kind.kind.to_owned(),
                api_version: self.object.kind.api_version(),
                namespace: self.object.namespace.clone(),
                name: self.object.name.clone(),
            },
            reason: self.reason.clone(),
            diff: self.diff.clone(),
            risk: self.risk.map(str::to_owned),
            blocked: self.blocked.clone(),
            permissions: self.needs.iter().map(permission).collect(),
            drift,
        }
    }
}
