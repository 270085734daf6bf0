//! The second truth: what happened in the simulation, event by event, against what panels show of it.
//!
//! A counter is known at its scrapes alone. Within a window it has seen at least what lies between the window's first and
//! last scrape, and at most the whole window; what it saw is then stretched to the window's ends. A number outside of these
//! bounds is wrong. Where 10,000 events and more lie in the window, one that is more than 2 % off is wrong, too, unless what
//! is stretched is itself more than 2 % of the window.

mod distributions;
mod instants;
mod means;
mod moment;
mod rates;
mod reasons;
mod runs;
mod select;
mod shares;
mod totals;

use std::collections::BTreeMap;
use std::rc::Rc;

use anyhow::Result;
use server::demo::sim::{Fleet, Truth};

use super::ask::{Answer, Range, Server};
use super::store::{Generation, store};
use super::world::{Labels, sim};
use super::{FLEET, catalogue, look};
pub use reasons::table;

const SCRAPE: f64 = 30.0;
const MANY: f64 = 10_000.0;
const CLOSE: f64 = 0.02;

/// How many events a series of the panel counts.
type Count = fn(&Truth, &Labels) -> f64;
/// The same of each of the series that a panel adds up, by its name: each of them is born by itself.
type Series = BTreeMap<String, f64>;

fn one(count: f64) -> Series {
    Series::from([(String::new(), count)])
}

/// A window of the chart that lies in the simulated time, with what happened in it: in all of it, and between its scrapes.
struct Window {
    at: usize,
    seconds: f64,
    whole: Truth,
    seen: Truth,
    /// Just before a process was lost: nobody scraped it.
    unseen: Option<Truth>,
}

impl Window {
    /// The least that a counter can be seen to grow by, what happened, and the most that can be shown of it.
    fn bounds(&self, of: &dyn Fn(&Truth) -> f64) -> (f64, f64, f64) {
        let all = of(&self.whole);
        let least = of(&self.seen) - self.unseen.as_ref().map_or(0.0, of);
        (least, all, all * self.seconds / (self.seconds - 2.0 * SCRAPE))
    }

    /// Whether that many events must be shown closely.
    fn many(&self, events: f64) -> bool {
        events >= MANY && SCRAPE <= CLOSE * self.seconds
    }
}

/// The least that the series together can be seen to grow by in a window, what happened, and the most that can be shown of
/// it; `young`: they may have come or gone within it.
fn bounds(fleet: &Fleet, window: &Window, series: &dyn Fn(&Truth) -> Series, young: bool) -> (f64, f64, f64) {
    let (mut least, mut all, mut most) = (0.0, 0.0, 0.0);
    for name in series(&window.whole).into_keys() {
        let of = |truth: &Truth| series(truth).get(&name).copied().unwrap_or_default();
        let (lower, count, upper) = window.bounds(&of);
        let (mut unborn, mut stretch) = (0.0, 1.0);
        if young {
            Life { unborn, stretch } = life(fleet, window.whole.from, window.whole.to, &of);
        }
        least += (lower - unborn).max(0.0);
        all += count;
        most += upper.max(count * stretch);
    }
    (least, all, most)
}

/// The windows of all charts; most charts have the same.
struct Windows<'a> {
    fleet: &'a Fleet,
    known: BTreeMap<(i64, i64, i64, usize), Rc<Vec<Window>>>,
}

impl<'a> Windows<'a> {
    fn new(fleet: &'a Fleet) -> Self {
        Self {
            fleet,
            known: BTreeMap::new(),
        }
    }

    fn of(&mut self, answer: &Answer) -> Rc<Vec<Window>> {
        let seconds = answer.window_s.expect("a rate has a window");
        let Some(frame) = answer.frames.first() else {
            return Rc::default();
        };
        let instants = frame.values().len();
        let made = || Rc::new(windows(self.fleet, seconds as f64, frame.start, frame.step, instants));
        let key = (seconds, frame.start, frame.step, instants);
        self.known.entry(key).or_insert_with(made).clone()
    }
}

fn windows(fleet: &Fleet, seconds: f64, start: i64, step: i64, instants: usize) -> Vec<Window> {
    let (began, lost) = (began(), lost());
    let instant = |at: usize| (start + step * at as i64) as f64;
    (0..instants)
        .filter(|at| instant(*at) - seconds >= began)
        .map(|at| {
            let (from, to) = (instant(at) - seconds, instant(at));
            Window {
                at,
                seconds,
                whole: fleet.truth(from, to),
                seen: fleet.truth(from + SCRAPE, to - SCRAPE),
                unseen: (from..to).contains(&lost).then(|| fleet.truth(lost - SCRAPE, lost)),
            }
        })
        .collect()
}

/// What of a series the scrapes of a window can have missed beside the window's ends.
struct Life {
    /// Some series come with their first event: what they had counted at their first scrape, nobody saw grow.
    unborn: f64,
    /// The fewer scrapes saw it, the more their spacing is of what they saw.
    stretch: f64,
}

/// A series that counted nothing while the lost process was away may be that process's: it ended with it, and came again
/// with the first event of the new one.
fn life(fleet: &Fleet, from: f64, to: f64, count: &dyn Fn(&Truth) -> f64) -> Life {
    let counted = |from: f64, to: f64| count(&fleet.truth(from, to.max(from)));
    let lost_with_it = counted(lost(), back()) <= 0.0;
    let reborn = lost_with_it && to > back() && from > lost() - SCRAPE;
    let began = if reborn { back() } else { began() };
    // What has happened grows, so that the first scrape to see any of it is found by halving.
    let scrapes: Vec<f64> = (0..)
        .map(|scrape| from + f64::from(scrape) * SCRAPE)
        .take_while(|at| *at <= to)
        .collect();
    let first = scrapes.partition_point(|at| counted(began, *at) <= 0.0);
    let first = scrapes.get(first).copied().unwrap_or(to);
    let ended = lost_with_it && (from..to).contains(&lost()) && counted(back(), to) <= 0.0;
    let last = if ended { lost() - SCRAPE } else { to };
    Life {
        unborn: if first > from { counted(began, first) } else { 0.0 },
        stretch: (last - first + SCRAPE / 2.0) / (last - first - SCRAPE).max(SCRAPE),
    }
}

/// When a replica was lost.
fn lost() -> f64 {
    began() + 4.0 * 3600.0
}

/// When it had begun again.
fn back() -> f64 {
    lost() + 600.0
}

/// When the simulation did.
fn began() -> f64 {
    sim::RANGE.0 as f64 - 900.0
}

#[derive(Default)]
struct Tally {
    faults: Vec<String>,
    compared: usize,
    many: usize,
    panels: BTreeMap<&'static str, usize>,
}

impl Tally {
    /// One more number; `many`: of many events.
    fn met(&mut self, panel: &'static str, many: bool) {
        self.compared += 1;
        self.many += usize::from(many);
        *self.panels.entry(panel).or_default() += 1;
    }
}

/// The bucket in which a value lies.
fn bucket(bounds: &[f64], value: f64) -> (f64, f64) {
    let at = bounds.partition_point(|bound| *bound < value - 1e-9 * value);
    let lower = at.checked_sub(1).map_or(0.0, |below| bounds[below]);
    (lower, bounds.get(at).copied().unwrap_or(f64::INFINITY))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn panels_show_the_events_that_happened() -> Result<()> {
    for generation in [Generation::Two, Generation::Three] {
        let server = Server::start(&store(generation, &[&FLEET.0]).await?, catalogue(), "30s").await?;
        let panels: Vec<&str> = reasons::compared().into_keys().collect();
        let mut tally = Tally::default();
        // Windows of two hours hold many events, those of a few minutes the incidents.
        for width in [2, 30] {
            let answers = server.ask(&panels, &Range::new(sim::RANGE, width)).await?;
            let fleet = FLEET.1.lock().expect("nobody panics while holding it");
            let mut windows = Windows::new(&fleet);
            rates::rates(&answers, &mut windows, &mut tally);
            distributions::distributions(&answers, &mut windows, &mut tally);
            shares::shares(&answers, &mut windows, &mut tally);
            runs::runs(&fleet, &answers, &mut tally);
        }
        // An instant for each scrape.
        let range = Range::new(sim::RANGE, 2_000);
        let answers = server.ask(&panels, &range).await?;
        {
            let fleet = FLEET.1.lock().expect("nobody panics while holding it");
            let look = look(&FLEET.0, &range, 30, generation);
            totals::totals(&fleet, &answers, &look, &mut tally);
            means::means(&fleet, &answers, &mut tally);
            instants::instants(&fleet, &answers, &mut tally);
            runs::runs(&fleet, &answers, &mut tally);
        }
        server.stop().await;
        println!(
            "{generation:?}: {} numbers, {} of many events: {:?}",
            tally.compared, tally.many, tally.panels
        );
        let dark: Vec<_> = panels
            .iter()
            .filter(|panel| !tally.panels.contains_key(**panel))
            .collect();
        assert!(dark.is_empty(), "nothing happened for {dark:?}");
        assert!(tally.many > 10, "only {} numbers of many events", tally.many);
        assert!(
            tally.faults.is_empty(),
            "{} of {} are wrong:\n{}",
            tally.faults.len(),
            tally.compared,
            tally.faults.join("\n")
        );
    }
    Ok(())
}
