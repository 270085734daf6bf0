//! The server over real sockets, in front of a scripted upstream that does what a real one cannot be made to do.

mod addresses;
mod assets;
mod callers;
mod claims;
mod confined;
mod dashboards;
mod faults;
mod forward;
mod front;
pub mod harness;
mod honest;
mod hostile;
mod kept;
mod lifecycle;
mod listener;
mod questions;
mod raw;
mod replicas;
mod requests;
mod room;
mod said;
mod script;
mod secrets;
mod setups;
mod sign_in;
mod table;
mod tls;
