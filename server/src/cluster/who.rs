//! The two ways in which a cluster tells a caller's own name.
//!
//! Neither is everywhere: the review is Kubernetes' from 1.28 on, so OpenShift 4.14 has none; `users/~` is OpenShift's, where
//! it keeps its users itself. Whoever asks goes on to the other where one is not found, or is not the caller's to ask.

use serde_json::{Value, json};

pub struct Way {
    pub path: &'static str,
    /// Whether a review is sent to it; else it is read.
    review: bool,
    /// Where the answer has the name.
    at: &'static str,
}

pub const WAYS: [Way; 2] = [
    Way {
        path: "/apis/authentication.k8s.io/v1/selfsubjectreviews",
        review: true,
        at: "/status/userInfo/username",
    },
    Way {
        path: "/apis/user.openshift.io/v1/users/~",
        review: false,
        at: "/metadata/name",
    },
];

impl Way {
    /// What is sent; `None`: it is read.
    #[must_use]
    pub fn body(&self) -> Option<Value> {
        let review = || json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"});
        self.review.then(review)
    }

    #[must_use]
    pub fn name(&self, answer: &Value) -> Option<String> {
        answer.pointer(self.at).and_then(Value::as_str).map(str::to_owned)
    }
}
