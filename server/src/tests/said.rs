//! All that the server says at the finest level in any of these tests, searched for the tokens they use.

use std::{io, process, sync::Once};

use tracing_subscriber::{fmt::MakeWriter, prelude::*};

/// In every token and code that these tests make up.
pub const MARK: &str = "canary-";

struct Watch;

impl io::Write for Watch {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.windows(MARK.len()).any(|window| window == MARK.as_bytes()) {
            // A failed assertion would end one task of the server and nothing else.
            eprintln!("a token was said: {}", String::from_utf8_lossy(bytes));
            process::abort();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Watch {
    type Writer = Watch;

    fn make_writer(&'a self) -> Watch {
        Watch
    }
}

/// From now on, for the whole process.
pub fn watch() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        let everything = tracing_subscriber::fmt::layer().with_writer(Watch).with_ansi(false);
        tracing_subscriber::registry().with(everything).init();
    });
}
