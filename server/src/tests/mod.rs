//! The server over real sockets, in front of a scripted upstream that does what a real one cannot be made to do.

mod assets;
mod callers;
mod confined;
mod dashboards;
mod faults;
mod forward;
mod front;
pub mod harness;
mod hostile;
mod kept;
mod lifecycle;
mod listener;
mod requests;
mod script;
mod secrets;
mod sign_in;
mod table;
mod tls;
