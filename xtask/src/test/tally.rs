//! Counts what passed and failed, from cargo's own result lines and from checks that are not tests.

use crate::progress::say;

/// The counts so far.
#[derive(Default)]
pub struct Tally {
    passed: u64,
    failed: u64,
    ignored: u64,
    /// What failed, for the last line.
    faults: Vec<String>,
}

impl Tally {
    /// A check that is not a test of cargo's: counts as one.
    pub fn check(&mut self, what: &str, good: bool) {
        say(&format!("{what}: {}", if good { "good" } else { "FAILED" }));
        if good {
            self.passed += 1;
        } else {
            self.failed += 1;
            self.faults.push(what.to_owned());
        }
    }

    /// One line of `cargo test`: `test result: ok. 3 passed; 0 failed; 0 ignored; …` or `test a::b ... FAILED`.
    pub fn read(&mut self, line: &str) {
        if let Some(name) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.strip_suffix(" ... FAILED"))
        {
            self.faults.push(name.to_owned());
        }
        let Some(counts) = line
            .strip_prefix("test result: ")
            .and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for part in counts.1.split("; ") {
            let mut words = part.split(' ');
            let (Some(Ok(count)), Some(kind)) = (words.next().map(str::parse::<u64>), words.next()) else {
                continue;
            };
            match kind {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.ignored += count,
                _ => {}
            }
        }
    }

    pub fn failed(&self) -> u64 {
        self.failed
    }

    /// Nothing failed, and something ran.
    pub fn is_good(&self) -> bool {
        self.failed == 0 && self.passed > 0
    }

    /// The closing line.
    pub fn summary(&self) -> String {
        let skipped = if self.ignored > 0 {
            format!(", {} skipped", self.ignored)
        } else {
            String::new()
        };
        format!("{} passed, {} failed{skipped}", self.passed, self.failed)
    }

    /// What failed, by name.
    pub fn faults(&self) -> String {
        if self.faults.is_empty() {
            "nothing ran".to_owned()
        } else {
            format!("failed: {}", self.faults.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_lines_of_several_test_programs_are_added_up() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test query::plan::step ... FAILED",
            "test result: FAILED. 7 passed; 1 failed; 2 ignored; 0 measured; 4 filtered out; finished in 1.20s",
            "a test that prints: 9 passed; 9 failed",
        ] {
            tally.read(line);
        }
        assert_eq!(tally.summary(), "10 passed, 1 failed, 2 skipped");
        assert_eq!(tally.faults(), "failed: query::plan::step");
        assert!(!tally.is_good());
    }

    #[test]
    fn a_run_without_a_test_is_not_good() {
        assert!(!Tally::default().is_good());
        assert_eq!(Tally::default().summary(), "0 passed, 0 failed");
    }
}
