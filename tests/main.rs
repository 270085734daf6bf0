//! All tests of the whole, in one program, so that the demo and the browser are started once.

// `cfg(test)` tells clippy that helpers are test code too.
#[cfg(test)]
mod browser;
#[cfg(test)]
mod chaos;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod front;
#[cfg(test)]
mod load;
#[cfg(test)]
mod proof;
#[cfg(test)]
mod provision;
#[cfg(test)]
mod security;
#[cfg(test)]
mod tidy;
