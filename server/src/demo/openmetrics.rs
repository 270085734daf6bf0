//! The past, written down for `promtool tsdb create-blocks-from openmetrics`: one line for each sample that Prometheus
//! would have stored, target labels merged in and renamed as the live scrape configuration does it.
//!
//! Lines stand in the order of time. A day is nine million lines with few distinct series, so the text of a series is
//! made once and compared afterwards, which is several times faster than writing it again.
//!
//! promtool cannot be given a staleness marker (every NaN it reads becomes an ordinary NaN, which would spoil sums), so a
//! series that vanished lingers for the query's lookback: see `prometheus::LOOKBACK`.

use std::io::{self, Write};

use super::exposition::{push_labels, push_value, type_name};
use super::labels::{Exposed, merge, target_labels};
use super::sim::{Family, Job, Kind, Process};

/// The series of one target: one job of one process.
pub struct Target {
    /// With `job` and `instance`, sorted.
    labels: Vec<(String, String)>,
    prefix: &'static str,
    /// The series in the order in which the last scrape gave them.
    known: Vec<Known>,
    /// `up` and the four `scrape_*`, ready to be followed by a value.
    report: Vec<Vec<u8>>,
    /// Series of the scrape before, 0 where the process was down.
    before: usize,
    line: Vec<u8>,
}

struct Known {
    family: String,
    suffix: &'static str,
    labels: Vec<Exposed>,
    /// `name{labels} `
    text: Vec<u8>,
}

const REPORT: [&str; 5] = [
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
];

/// A scrape's time is the time of an answer on loopback: nothing measures it in a simulation, so it is derived from the
/// answer's length (1 ms, and 1 µs for each series, as Prometheus 2.42 showed for this fleet).
fn scrape_seconds(series: usize) -> f64 {
    0.001 + series as f64 * 1e-6
}

impl Target {
    pub fn new(process: &Process, job: &Job) -> Self {
        let labels = target_labels(process, job);
        let report = REPORT.iter().map(|name| series_text(name, &labels)).collect();
        Self {
            labels,
            prefix: job.rename_prefix.unwrap_or(""),
            known: Vec::new(),
            report,
            before: 0,
            line: Vec::new(),
        }
    }

    /// Writes what one scrape at `at` (Unix seconds) stores; `None` is a scrape that failed. Returns the lines' count.
    pub fn write(&mut self, out: &mut impl Write, at: i64, scraped: Option<&[Family]>) -> io::Result<u64> {
        let mut series = 0;
        for family in scraped.unwrap_or_default() {
            // The type matters for these two alone: Prometheus 3 writes their `le` and `quantile` as floats.
            if matches!(family.kind, Kind::Histogram | Kind::Summary) {
                writeln!(out, "# TYPE {}{} {}", self.prefix, family.name, type_name(&family.kind))?;
            }
            for sample in &family.samples {
                self.line.clear();
                let text = self.text_of(series, &family.name, sample.suffix, &sample.labels);
                out.write_all(text)?;
                push_value(&mut self.line, sample.value);
                writeln!(self.line, " {at}")?;
                out.write_all(&self.line)?;
                series += 1;
            }
        }
        let added = series.saturating_sub(self.before);
        let up = if scraped.is_some() { 1.0 } else { 0.0 };
        let values = [up, scrape_seconds(series), series as f64, series as f64, added as f64];
        for (text, value) in self.report.iter().zip(values) {
            self.line.clear();
            push_value(&mut self.line, value);
            writeln!(self.line, " {at}")?;
            out.write_all(text)?;
            out.write_all(&self.line)?;
        }
        self.before = series;
        Ok((series + REPORT.len()) as u64)
    }

    /// The text of the series at this place of the scrape: the kept one where it is still the same series.
    fn text_of(&mut self, place: usize, family: &str, suffix: &'static str, labels: &[Exposed]) -> &[u8] {
        let same = self
            .known
            .get(place)
            .is_some_and(|known| known.family == family && known.suffix == suffix && known.labels == labels);
        if !same {
            let name = format!("{}{family}{suffix}", self.prefix);
            let text = series_text(&name, &merge(labels, &self.labels));
            let fresh = Known {
                family: family.to_owned(),
                suffix,
                labels: labels.to_vec(),
                text,
            };
            match self.known.get_mut(place) {
                Some(known) => *known = fresh,
                None => self.known.push(fresh),
            }
        }
        self.known.get(place).map_or(&[], |known| &known.text)
    }
}

/// `name{labels} `, ready to be followed by a value.
fn series_text(name: &str, labels: &[(String, String)]) -> Vec<u8> {
    let mut text = name.as_bytes().to_vec();
    push_labels(
        &mut text,
        labels.iter().map(|(name, value)| (name.as_str(), value.as_str())),
    );
    text.push(b' ');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::sim::Sample;

    fn gauge(name: &str, samples: &[(&'static str, f64)]) -> Family {
        let samples = samples
            .iter()
            .map(|&(pod, value)| Sample {
                suffix: "",
                labels: vec![("pod".into(), pod.into())],
                value,
            })
            .collect();
        Family {
            name: name.into(),
            help: String::new(),
            kind: Kind::Gauge,
            samples,
        }
    }

    fn target(rename_prefix: Option<&'static str>) -> Target {
        let job = Job {
            job: "j".into(),
            interval_s: 30,
            labels: vec![("pod".into(), "t".into())],
            rename_prefix,
        };
        Target::new(
            &Process {
                name: "p".into(),
                jobs: Vec::new(),
            },
            &job,
        )
    }

    fn write(target: &mut Target, at: i64, scraped: Option<&[Family]>) -> String {
        let mut out = Vec::new();
        target.write(&mut out, at, scraped).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_scrape_is_written_renamed_and_with_its_report() {
        let histogram = Family {
            name: "ttft".into(),
            help: "never written".into(),
            kind: Kind::Histogram,
            samples: vec![Sample {
                suffix: "_bucket",
                labels: vec![("le".into(), "1".into())],
                value: 2.0,
            }],
        };
        insta::assert_snapshot!(write(&mut target(Some("kserve_")), 60, Some(&[gauge("g", &[("x", 0.5)]), histogram])), @r#"
        kserve_g{exported_pod="x",instance="p",job="j",pod="t"} 0.5 60
        # TYPE kserve_ttft histogram
        kserve_ttft_bucket{instance="p",job="j",le="1",pod="t"} 2 60
        up{instance="p",job="j",pod="t"} 1 60
        scrape_duration_seconds{instance="p",job="j",pod="t"} 0.001002 60
        scrape_samples_scraped{instance="p",job="j",pod="t"} 2 60
        scrape_samples_post_metric_relabeling{instance="p",job="j",pod="t"} 2 60
        scrape_series_added{instance="p",job="j",pod="t"} 2 60
        "#);
    }

    #[test]
    fn a_process_that_is_down_leaves_its_report_alone() {
        let mut target = target(None);
        write(&mut target, 30, Some(&[gauge("g", &[("x", 1.0)])]));
        insta::assert_snapshot!(write(&mut target, 60, None), @r#"
        up{instance="p",job="j",pod="t"} 0 60
        scrape_duration_seconds{instance="p",job="j",pod="t"} 0.001 60
        scrape_samples_scraped{instance="p",job="j",pod="t"} 0 60
        scrape_samples_post_metric_relabeling{instance="p",job="j",pod="t"} 0 60
        scrape_series_added{instance="p",job="j",pod="t"} 0 60
        "#);
    }

    #[test]
    fn series_that_come_and_go_are_never_written_under_anothers_name() {
        let mut kept = target(None);
        for (at, pods) in [
            (30, &[("a", 1.0), ("b", 2.0)][..]),
            (60, &[("b", 3.0)]),
            (90, &[("a", 4.0), ("c", 5.0), ("b", 6.0)]),
        ] {
            let scraped = [gauge("g", pods)];
            let lines = write(&mut kept, at, Some(&scraped));
            let expect: String = pods
                .iter()
                .map(|(pod, value)| {
                    format!("g{{exported_pod=\"{pod}\",instance=\"p\",job=\"j\",pod=\"t\"}} {value} {at}\n")
                })
                .collect();
            assert_eq!(lines.split_inclusive('\n').take(pods.len()).collect::<String>(), expect);
        }
    }
}
