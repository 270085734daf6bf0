//! Tells a run as it goes: a line that moves while a step runs, on a terminal, and one that stays when it has ended, with the
//! time it took. The moving line is on standard error, so that standard output holds nothing but what stays.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::Output;
use super::event::Event;
use super::report;

const TURN: Duration = Duration::from_millis(120);
/// A shorter time is not worth a word.
const NOTABLE: Duration = Duration::from_secs(1);

pub struct Teller {
    output: Output,
    bar: ProgressBar,
    begun: Instant,
    /// Which step of how many, and what it does.
    step: String,
}

impl Teller {
    #[must_use]
    pub fn new(output: Output) -> Teller {
        let bar = if output == Output::Text && std::io::stderr().is_terminal() {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            // A template that does not parse leaves indicatif's own style.
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(TURN);
            bar
        } else {
            ProgressBar::hidden()
        };
        Teller::with(output, bar)
    }

    fn with(output: Output, bar: ProgressBar) -> Teller {
        Teller {
            output,
            bar,
            begun: Instant::now(),
            step: String::new(),
        }
    }

    /// The line that stays; empty where there is none.
    pub fn line(&mut self, event: &Event) -> String {
        if self.output == Output::Json {
            return event.to_json().to_string();
        }
        let line = report::event_text(event);
        match event {
            Event::Begun {
                step,
                of,
                action,
                object,
            } => {
                self.begun = Instant::now();
                self.step = format!("step {step} of {of}: {action} {object}");
                self.bar.reset_elapsed();
                self.bar.set_message(self.step.clone());
                line
            }
            Event::Waiting { what, .. } => {
                self.bar.set_message(format!("{}, waits for {what}", self.step));
                line
            }
            Event::Ended { .. } => timed(&line, self.begun.elapsed()),
        }
    }

    /// Writes while the moving line is out of the way.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// The time stands behind the first line: what follows is a reason.
fn timed(text: &str, took: Duration) -> String {
    let took = if took < NOTABLE {
        format!("{} ms", took.as_millis())
    } else {
        HumanDuration(took).to_string()
    };
    match text.split_once('\n') {
        Some((first, rest)) => format!("{first} ({took})\n{rest}"),
        None => format!("{text} ({took})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::NAMESPACE;
    use crate::provision::event::Outcome;
    use crate::provision::object::Reference;

    #[test]
    fn a_step_is_told_while_it_runs_and_with_its_time_when_it_has_ended() {
        let object = || Reference {
            kind: &NAMESPACE,
            namespace: None,
            name: "a".to_owned(),
        };
        let mut teller = Teller::with(Output::Text, ProgressBar::hidden());
        let begun = Event::Begun {
            step: 2,
            of: 5,
            action: "create",
            object: object(),
        };
        assert_eq!(teller.line(&begun), "");
        assert_eq!(teller.bar.message(), "step 2 of 5: create Namespace a");
        let waiting = Event::Waiting {
            step: 2,
            what: "rain".to_owned(),
        };
        assert_eq!(teller.line(&waiting), "  … waits for rain");
        assert_eq!(teller.bar.message(), "step 2 of 5: create Namespace a, waits for rain");
        let ended = Event::Ended {
            step: 2,
            object: object(),
            outcome: Outcome::Done("create"),
        };
        let line = teller.line(&ended);
        let took = line
            .strip_prefix("√ create Namespace a (")
            .and_then(|rest| rest.strip_suffix(" ms)"));
        assert!(took.is_some_and(|took| took.parse::<u64>().is_ok()), "{line}");
    }

    #[test]
    fn the_time_stands_before_the_reason() {
        let check = |text: &str, took: Duration, expect: &str| assert_eq!(timed(text, took), expect);
        check("√ a", Duration::from_millis(7), "√ a (7 ms)");
        check("× a\n    why", Duration::from_secs(75), "× a (75 seconds)\n    why");
        check("√ a", Duration::from_secs(300), "√ a (5 minutes)");
    }
}
