//! How far a long step is, on standard error: a bar on a terminal, a plain line for each tenth elsewhere (in a log a bar
//! would be a thousand lines). Never on standard output: that holds the `ready` line alone.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Cheap to clone; all clones move the same bar.
#[derive(Clone)]
pub struct Progress {
    bar: ProgressBar,
    plain: Option<Arc<Plain>>,
}

struct Plain {
    what: String,
    total: u64,
    done: AtomicU64,
    out: fn(&str),
}

impl Progress {
    /// `total` in any unit; the bar shows the share and the time left.
    pub fn new(what: &str, total: u64) -> Self {
        if std::io::stderr().is_terminal() {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(5));
            // A template that does not parse leaves indicatif's own style.
            if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:32}] {percent:>3} % {eta} left") {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_message(what.to_owned());
            Self { bar, plain: None }
        } else {
            Self::plain(what, total, |line| eprintln!("{line}"))
        }
    }

    fn plain(what: &str, total: u64, out: fn(&str)) -> Self {
        let plain = Plain {
            what: what.to_owned(),
            total: total.max(1),
            done: AtomicU64::new(0),
            out,
        };
        Self {
            bar: ProgressBar::hidden(),
            plain: Some(Arc::new(plain)),
        }
    }

    /// A step that nobody needs to see.
    pub fn hidden() -> Self {
        Self {
            bar: ProgressBar::hidden(),
            plain: None,
        }
    }

    pub fn add(&self, amount: u64) {
        self.bar.inc(amount);
        if let Some(plain) = &self.plain {
            let before = plain.done.fetch_add(amount, Ordering::Relaxed);
            let tenth = |done: u64| done.min(plain.total) * 10 / plain.total;
            if tenth(before + amount) > tenth(before) {
                (plain.out)(&format!("{}: {} %", plain.what, tenth(before + amount) * 10));
            }
        }
    }

    /// The step is over: a terminal's line is free again.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

    #[test]
    fn without_a_terminal_each_tenth_is_one_line() {
        let progress = Progress::plain("history", 400, |line| LINES.lock().unwrap().push(line.to_owned()));
        for amount in [1, 38, 1, 120, 0, 240, 50] {
            progress.clone().add(amount);
        }
        assert_eq!(
            *LINES.lock().unwrap(),
            ["history: 10 %", "history: 40 %", "history: 100 %"]
        );
    }
}
