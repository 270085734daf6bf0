//! Why a command ends early, as an exit code: 1 it found something, 2 the machine or the call is wrong, 3 it could not finish.
//!
//! Every other error counts as 3.

use std::fmt;
use std::process::ExitCode;

/// An end that is an answer: `said` is the whole text for the user, next step included.
#[derive(Debug)]
pub struct Stop {
    code: u8,
    said: String,
}

impl Stop {
    /// The command worked and found a fault in the project: a failing test, a difference.
    pub fn found(said: impl Into<String>) -> Self {
        Self {
            code: 1,
            said: said.into(),
        }
    }

    /// The machine lacks something or the call is wrong; the text says what to do.
    pub fn unfit(said: impl Into<String>) -> Self {
        Self {
            code: 2,
            said: said.into(),
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said)
    }
}

impl std::error::Error for Stop {}

/// The code that `main` ends with for this error.
pub fn exit_code(error: &anyhow::Error) -> ExitCode {
    ExitCode::from(error.downcast_ref::<Stop>().map_or(3, |stop| stop.code))
}
