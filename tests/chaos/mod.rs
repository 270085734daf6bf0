//! What goes wrong around the program: a store that sends without end, a full disk, files that change under it. The program
//! as it ships, in a process of its own.

mod files;
mod heavy;
mod lost;
mod store;
