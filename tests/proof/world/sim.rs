//! The simulated fleet, scraped at each scrape instant by the test itself: the raw samples do not come from the server.

use server::demo::sim::{Fleet, Process};

use super::{Labels, Series, World};

/// Midnight UTC of a Monday; incidents are at fixed times of the day.
const DAY: i64 = 1_748_822_400;
const HOUR: i64 = 3600;
const SEED: u64 = 7;
/// In time for the queue at 7:30 and the lost replica at 11:00, with their aftermath.
const FROM: i64 = DAY + 7 * HOUR;
const TO: i64 = DAY + 11 * HOUR + HOUR / 2;

/// The range that panels are asked for: the longest window before it is full.
pub const RANGE: (i64, i64) = (FROM + HOUR / 4, TO);

/// The fleet at the end of the world: it still knows what happened.
pub fn scraped() -> (World, Fleet) {
    let mut fleet = Fleet::new(SEED, FROM);
    let processes = fleet.processes().to_vec();
    let mut world = World::new("fleet");
    let mut targets: Vec<Target> = processes
        .iter()
        .enumerate()
        .flat_map(|(index, process)| targets(index, process))
        .collect();
    let grid = targets.iter().map(|target| target.interval).fold(0, common_divisor);
    let mut at = FROM;
    while at <= TO {
        fleet.advance_to(at as f64);
        for target in targets.iter_mut().filter(|target| at % target.interval == 0) {
            target.scrape(&fleet, at);
        }
        at += grid;
    }
    for target in targets {
        for (name, series) in target.series {
            world.add(&name, series);
        }
    }
    (world, fleet)
}

fn common_divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

/// One job of one process.
struct Target {
    process: usize,
    interval: i64,
    prefix: String,
    labels: Labels,
    series: Vec<(String, Series)>,
    /// At each place of the last scrape: the series as the exporter wrote it, and which of `series` it is.
    places: Vec<(String, Exposed, usize)>,
}

type Exposed = Vec<(std::borrow::Cow<'static, str>, std::borrow::Cow<'static, str>)>;

fn targets(index: usize, process: &Process) -> Vec<Target> {
    let target = |job: &server::demo::sim::Job| {
        let mut labels: Labels = job
            .labels
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .cloned()
            .collect();
        labels.entry("job".to_owned()).or_insert_with(|| job.job.clone());
        labels
            .entry("instance".to_owned())
            .or_insert_with(|| process.name.clone());
        Target {
            process: index,
            interval: i64::from(job.interval_s),
            prefix: job.rename_prefix.unwrap_or_default().to_owned(),
            labels,
            series: Vec::new(),
            places: Vec::new(),
        }
    };
    process.jobs.iter().map(target).collect()
}

impl Target {
    fn scrape(&mut self, fleet: &Fleet, at: i64) {
        let Some(families) = fleet.scrape(self.process) else {
            return;
        };
        let mut place = 0;
        for family in &families {
            for sample in &family.samples {
                let index = self.place(place, &format!("{}{}", family.name, sample.suffix), &sample.labels);
                self.series[index].1.points.push((at, sample.value));
                place += 1;
            }
        }
    }

    /// Which series stands at this place of the scrape.
    fn place(&mut self, place: usize, name: &str, exposed: &Exposed) -> usize {
        if let Some((known, labels, index)) = self.places.get(place)
            && known == name
            && labels == exposed
        {
            return *index;
        }
        let full = format!("{}{name}", self.prefix);
        let labels = merged(exposed, &self.labels);
        let found = self
            .series
            .iter()
            .position(|(known, series)| *known == full && series.labels == labels);
        let index = found.unwrap_or_else(|| {
            self.series.push((
                full,
                Series {
                    labels,
                    points: Vec::new(),
                },
            ));
            self.series.len() - 1
        });
        let seen = (name.to_owned(), exposed.clone(), index);
        match self.places.get_mut(place) {
            Some(known) => *known = seen,
            None => self.places.push(seen),
        }
        index
    }
}

/// A scrape without `honor_labels`: the target's labels win, the exporter's is kept under `exported_`.
fn merged(exposed: &Exposed, target: &Labels) -> Labels {
    let mut all = target.clone();
    for (name, value) in exposed.iter().filter(|(_, value)| !value.is_empty()) {
        let mut name = name.to_string();
        while target.contains_key(&name) {
            name.insert_str(0, "exported_");
        }
        all.insert(name, value.to_string());
    }
    all
}
