//! What the page and the server say to each other: requests, answers, error codes and the frame codec.
//!
//! The shapes are fixed by the project's doors; fields may be added, none changed or dropped. Nothing here
//! may do I/O, look at a clock or know who asks. It compiles for the host and for wasm32.

pub mod catalog;
mod column;
pub mod error;
pub mod frame;
pub mod identity;
pub mod lean;
pub mod panels;
pub mod setup;
pub mod slos;
pub mod wire;

pub use catalog::{CatalogAnswer, DashboardEntry, FaultEntry, PanelEntry, QueryEntry, ThresholdEntry};
pub use error::ApiError;
pub use frame::{ABSENT, Few, Frame, Said, is_absent, said};
pub use identity::{Me, ModelEntry, ModelState, Models, Right, Scope};
pub use panels::{
    Held, HeldLimit, Joined, JoinedBy, JoinedPod, PanelAnswer, PanelState, PanelsRequest, Record, Source, SourcePod,
    WaitsFor,
};
pub use setup::{SetupChecks, SetupEvent, SetupFindings, SetupPlan, SetupStep};
pub use slos::{Reading, SloAnswer, SloRow, SloState, SlosAnswer, SlosRequest};
