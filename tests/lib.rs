//! The rig that starts the real parts for the tests. Product code never uses it.

pub mod rig;
