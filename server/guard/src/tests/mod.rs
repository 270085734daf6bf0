//! The guard as its callers see it, the holes of the parser one by one, and a hundred thousand queries made up.

mod confine;
mod generate;
mod holes;
mod leaks;
mod limits;
mod oracle;
mod words;

use crate::Wall;

fn wall(values: &[&str]) -> Wall {
    Wall::new("namespace", values.iter().map(|value| (*value).to_owned())).unwrap()
}
