//! What the user sees of a step: a moving line in a terminal, a plain line for each step elsewhere. All on standard error.

use std::cell::Cell;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// One line, also while nothing moves.
pub fn say(line: &str) {
    eprintln!("{line}");
}

/// A step without output of its own.
pub struct Step {
    bar: ProgressBar,
    what: String,
    since: Instant,
    /// Tens of percent that were said already, where there is no terminal.
    said: Cell<u32>,
}

impl Step {
    pub fn start(what: &str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if std::io::stderr().is_terminal() {
            show(&bar, "{spinner} {msg} {elapsed}");
            bar.set_message(what.to_owned());
            bar.enable_steady_tick(Duration::from_millis(120));
        } else {
            say(what);
        }
        Self {
            bar,
            what: what.to_owned(),
            since: Instant::now(),
            said: Cell::new(0),
        }
    }

    /// From now on the step knows how far it is: `percent` of 100, and what it is doing.
    pub fn at(&self, percent: f64, doing: &str) {
        // Whole, and within 0 to 100: `as` saturates.
        let percent = percent.clamp(0.0, 100.0) as u32;
        if std::io::stderr().is_terminal() {
            if self.bar.length().is_none() {
                self.bar.set_length(100);
                show(&self.bar, "{spinner} {prefix} [{bar:30}] {pos} % {msg}");
                self.bar.set_prefix(self.what.clone());
            }
            self.bar.set_position(percent.into());
            self.bar.set_message(doing.to_owned());
        } else if percent / 10 > self.said.replace(percent / 10) {
            say(&format!("{}: {percent} % {doing}", self.what));
        }
    }

    /// Replaces the moving line by one that stays.
    pub fn done(self, result: &str) {
        let seconds = self.since.elapsed().as_secs_f64();
        self.bar.finish_and_clear();
        say(&format!("{}: {result} ({seconds:.1} s)", self.what));
    }
}

fn show(bar: &ProgressBar, template: &str) {
    // A template that cannot be read would only look plainer.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}

impl Drop for Step {
    /// A step that fails takes its moving line with it.
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
