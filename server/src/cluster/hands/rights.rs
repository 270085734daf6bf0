//! What the caller may do: asked widely first, so that an administrator's many rights take few questions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::{Hands, Refusal};

/// Reviews asked at once.
const AT_ONCE: usize = 16;
/// So many are asked one by one.
const FEW: usize = 2;

/// One thing that the caller may or may not do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission {
    pub verb: &'static str,
    pub group: &'static str,
    /// With `/subresource`, where one is meant.
    pub resource: &'static str,
    /// `None`: in all of them, or of a kind that has none.
    pub namespace: Option<String>,
    /// `None`: whatever its name is.
    pub name: Option<String>,
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.resource)?;
        if !self.group.is_empty() {
            write!(f, ".{}", self.group)?;
        }
        if let Some(name) = &self.name {
            write!(f, " {name}")?;
        }
        if let Some(namespace) = &self.namespace {
            write!(f, " in {namespace}")?;
        }
        Ok(())
    }
}

impl Permission {
    /// The same for every name, and with `everywhere` in every namespace.
    fn widened(&self, everywhere: bool) -> Permission {
        Permission {
            namespace: self.namespace.clone().filter(|_| !everywhere),
            name: None,
            ..self.clone()
        }
    }
}

impl Hands {
    /// Which of these the caller has. Whoever may do a thing everywhere may do it in each place: that is asked first where
    /// there are many places, then each namespace where there are many names in it, then what is left.
    pub async fn may_each(&self, wanted: BTreeSet<Permission>) -> Result<BTreeMap<Permission, bool>, Refusal> {
        let mut known = BTreeMap::new();
        let mut open = wanted;
        for everywhere in [true, false] {
            let mut groups: BTreeMap<Permission, Vec<Permission>> = BTreeMap::new();
            for permission in open {
                let wide = permission.widened(everywhere);
                groups.entry(wide).or_default().push(permission);
            }
            let (many, few): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(_, members)| members.len() > FEW);
            let mut left: BTreeSet<Permission> = few.into_iter().flat_map(|(_, members)| members).collect();
            let answers = self
                .reviews(many.iter().map(|(wide, _)| wide.clone()).collect())
                .await?;
            for (wide, members) in many {
                if answers.get(&wide) == Some(&true) {
                    known.extend(members.into_iter().map(|permission| (permission, true)));
                } else {
                    left.extend(members);
                }
            }
            open = left;
        }
        known.extend(self.reviews(open.into_iter().collect()).await?);
        Ok(known)
    }

    async fn reviews(&self, wanted: Vec<Permission>) -> Result<BTreeMap<Permission, bool>, Refusal> {
        let asked = wanted.into_iter().map(|permission| async move {
            let allowed = self.may(&permission).await?;
            Ok::<_, Refusal>((permission, allowed))
        });
        let answers: Vec<_> = stream::iter(asked).buffer_unordered(AT_ONCE).collect().await;
        answers.into_iter().collect()
    }

    /// One access review.
    async fn may(&self, permission: &Permission) -> Result<bool, Refusal> {
        let (resource, subresource) = permission.resource.split_once('/').unwrap_or((permission.resource, ""));
        let attributes = json!({
            "verb": permission.verb, "group": permission.group, "resource": resource, "subresource": subresource,
            "namespace": permission.namespace.as_deref().unwrap_or_default(),
            "name": permission.name.as_deref().unwrap_or_default(),
        });
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes},
        });
        let answer = self
            .post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", &review)
            .await?;
        Ok(answer.pointer("/status/allowed") == Some(&Value::Bool(true)))
    }
}
