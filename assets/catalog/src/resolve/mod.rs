//! Which of the known names exist here, and which one answers for each workload.
//!
//! The rule, for each concept and each workload (a pod; where series have no `pod` label, an instance):
//! 1. The newest name that the workload has answers for it, however many other workloads have an older one.
//! 2. Of one name, the plain form goes before a prefixed one (`kserve_…` is the same scrape under another name).
//! 3. Of one name, what was scraped from the pod goes before what the second pipeline's collector brought of it.
//! 4. Of one name under several jobs of the same target (twin monitors), the first job by name answers; of one job in two
//!    stores behind one querier, the first store by name.
//!
//! Coverage never outweighs the order: where the newest name has one workload and an older one ten, the newest answers for
//! its one and the older for the other nine. A panel tells this as its sources: each name with the workloads that it
//! answers for and the jobs that scrape them; a name that answers for nobody is not told.
//!
//! The rule holds at each instant: a worse source answers for a workload while, and only while, the better ones have
//! nothing of it. So an upgrade in the middle of a range loses nothing, and nothing is ever added up twice.

mod candidates;
mod choices;
mod choose;
mod first;
mod sighting;

pub use candidates::{Candidate, candidates, candidates_for, match_selectors};
pub use choices::{Choices, ChosenSource, Job};
pub use choose::choose;
pub use first::{alive_candidates, waits_for};
pub use sighting::Sighting;

pub(crate) use choices::{Apart, Choice, Jobs, Pipeline, Source};
pub(crate) use sighting::{COLLECTED_NAMESPACE, COLLECTED_POD, collected};
