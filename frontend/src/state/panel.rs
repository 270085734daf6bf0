//! What one panel shows, and how that changes while answers come and go.

use std::sync::Arc;

use server_api::{ApiError, PanelAnswer, PanelEntry, PanelState, Source, WaitsFor};

use super::plot::Plot;
use crate::words::{counted, forms, t, t_with};

/// An answer, made ready to draw.
#[derive(Debug)]
pub struct Shown {
    pub look: Look,
    pub plot: Plot,
    pub window_s: Option<u32>,
    /// Seconds between two samples, where the window had to be widened for it.
    pub sparse_s: Option<u32>,
    /// What became of limits that the histogram cannot tell.
    pub limits: Vec<String>,
    pub sources: Vec<Source>,
    pub warnings: Vec<String>,
    /// Which pods and models use the device of each line, for the details.
    pub joined: Vec<String>,
    /// Of an empty chart whose exporter is there: the event that its metric waits for.
    pub waits_for: Option<WaitsFor>,
    /// Why there is nothing to show, where more is known than that.
    pub notes: Vec<String>,
    pub error: Option<ApiError>,
}

impl Shown {
    /// `from` and `to` are the bounds that were asked for, Unix seconds.
    pub fn new(entry: &PanelEntry, answer: PanelAnswer, from: i64, to: i64) -> Self {
        let mut plot = Plot::new(entry, answer.frames, answer.begins.unwrap_or(from), to);
        plot.hold(&answer.limits);
        let limits = plot.say_limits(&answer.limits);
        let mut joined = Vec::new();
        for join in &answer.joined {
            for line in plot.lines.iter_mut().filter(|line| line.color == join.frame) {
                joined.push(format!("{}: {}", line.name, join.long()));
                line.name = format!("{} → {}", line.name, join.short());
            }
        }
        Self {
            look: match answer.state {
                // A server that says "ok" and sends nothing to draw has no samples for us.
                PanelState::Ok if plot.is_empty() => Look::NoSamples,
                PanelState::Ok => Look::Picture,
                PanelState::NoSamples => Look::NoSamples,
                PanelState::NoTraffic => Look::NoTraffic,
                PanelState::Denied => Look::Denied,
                PanelState::Unknown => Look::Unknown,
                PanelState::Error => Look::Error,
            },
            plot,
            window_s: answer.window_s,
            sparse_s: answer.spacing_s.filter(|_| answer.widened),
            limits,
            sources: answer.sources,
            warnings: answer.warnings,
            joined,
            waits_for: answer.waits_for,
            notes: answer.notes,
            error: answer.error,
        }
    }

    /// What must be known to read the picture right: one sentence each.
    pub fn notes(&self) -> Vec<String> {
        let window = self.window_s.zip(self.sparse_s).map(|(window, sparse)| {
            let [window, sparse] = [window, sparse].map(span);
            t_with(
                "Samples are {{sparse}} apart, so each point is made from {{window}}.",
                &[("sparse", &sparse), ("window", &window)],
            )
        });
        let both = [self.plot.beyond(), self.plot.infinite()];
        let both = both.into_iter().flatten().map(t);
        let limits = self.limits.iter().cloned();
        both.chain(self.plot.faint()).chain(window).chain(limits).collect()
    }

    fn failed(look: Look, error: ApiError) -> Self {
        Self {
            look,
            plot: Plot::default(),
            window_s: None,
            sparse_s: None,
            limits: Vec::new(),
            sources: Vec::new(),
            warnings: Vec::new(),
            joined: Vec::new(),
            waits_for: None,
            notes: Vec::new(),
            error: Some(error),
        }
    }
}

/// `120` to `2 minutes`.
pub fn span(seconds: u32) -> String {
    let said = |forms, count: u32| counted(forms, usize::try_from(count).unwrap_or_default(), &[]);
    match seconds {
        s if s >= 7200 && s.is_multiple_of(3600) => said(forms("{{count}} hour", "{{count}} hours"), s / 3600),
        s if s >= 120 && s.is_multiple_of(60) => said(forms("{{count}} minute", "{{count}} minutes"), s / 60),
        s => said(forms("{{count}} second", "{{count}} seconds"), s),
    }
}

/// The looks of a panel; each has its own picture, sentence and next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Loading,
    Picture,
    NoSamples,
    NoTraffic,
    Denied,
    Unknown,
    Error,
    /// The whole answer failed, and the page's banner says why: once is enough.
    NotLoaded,
}

impl Look {
    /// In the page's markup (`data-state`): the wire's word where there is one.
    pub fn name(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Picture => "ok",
            Self::NoSamples => "no_samples",
            Self::NoTraffic => "no_traffic",
            Self::Denied => "denied",
            Self::Unknown => "unknown",
            Self::Error | Self::NotLoaded => "error",
        }
    }
}

#[derive(Debug, Clone, Default)]
pub struct PanelView {
    pub shown: Option<Arc<Shown>>,
    /// An answer is on its way.
    pub waiting: bool,
    /// What is shown belongs to another choice of namespace, model or range.
    pub stale: bool,
}

impl PanelView {
    /// The person chose another namespace, model or range.
    pub fn outdated(&mut self) {
        self.waiting = false;
        self.stale = self.shown.is_some();
    }

    /// A question went out. The old picture stays until the new one is there.
    pub fn asked(&mut self) {
        self.waiting = true;
    }

    pub fn answered(&mut self, shown: Shown) {
        *self = Self {
            shown: Some(Arc::new(shown)),
            waiting: false,
            stale: false,
        };
    }

    /// The whole answer ended and this panel was not in it. An older picture of the same question is better than
    /// none, and the page's banner says what happened; a picture of another question would be a lie.
    pub fn left_out(&mut self, look: Look, error: &ApiError) {
        if !self.waiting {
            return;
        }
        self.waiting = false;
        if self.stale || self.shown.is_none() {
            self.answered(Shown::failed(look, error.clone()));
        }
    }

    /// The answer is there, and none of the names that could feed the panel exists in this scope and range, and nobody
    /// knows what could be done about it.
    pub fn has_no_source(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| {
            shown.look == Look::NoSamples
                && shown.sources.is_empty()
                && shown.waits_for.is_none()
                && shown.notes.is_empty()
        })
    }

    pub fn look(&self) -> Look {
        self.shown.as_ref().map_or(Look::Loading, |shown| shown.look)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> PanelEntry {
        serde_json::from_str(
            r#"{"id":"vllm.ttft","title":"Time to first token","tells":"","when_bad":"","unit":"seconds","kind":"line",
                "covers":[],"queries":[{"expr":"","legend":"p95"}],"thresholds":[]}"#,
        )
        .unwrap()
    }

    fn shown(state: &str, frames: &str) -> Shown {
        let answer = format!(
            r#"{{"panel":"vllm.ttft","state":"{state}","window_s":120,"sources":[],"frames":[{frames}],"warnings":[],"error":null}}"#
        );
        Shown::new(&entry(), serde_json::from_str(&answer).unwrap(), 0, 120)
    }

    const FRAME: &str = r#"{"query":0,"labels":{},"start":0,"step":60,"values":[1,2]}"#;

    fn error() -> ApiError {
        crate::api::fault_of(503, "")
    }

    #[test]
    fn a_window_is_said_in_its_largest_whole_unit() {
        for (seconds, expect) in [
            (30, "30 seconds"),
            (60, "60 seconds"),
            (120, "2 minutes"),
            (150, "150 seconds"),
            (7200, "2 hours"),
        ] {
            assert_eq!(span(seconds), expect);
        }
    }

    #[test]
    fn a_widened_window_and_values_of_few_requests_are_said_below_the_picture() {
        let answer = r#"{"panel":"vllm.ttft","state":"ok","window_s":1200,"spacing_s":300,"widened":true,"begins":60,"sources":[],
            "frames":[{"query":0,"labels":{},"start":60,"step":60,"values":[1,2],"few":{"under":20,"runs":[[1,2]]}}],
            "warnings":[],"error":null}"#;
        let shown = Shown::new(&entry(), serde_json::from_str(answer).unwrap(), 0, 120);
        assert_eq!(
            shown.notes(),
            [
                "Faint: fewer than 20 measurements in the window, too few to mean much.",
                "Samples are 5 minutes apart, so each point is made from 20 minutes."
            ]
        );
        assert_eq!(
            (shown.plot.from, shown.plot.to),
            (60, 120),
            "the axis begins with the data"
        );
        let line = &shown.plot.lines[0];
        assert_eq!(
            [None, Some(60), Some(120)].map(|at| line.is_few(at)),
            [true, false, true]
        );
    }

    #[test]
    fn every_state_on_the_wire_has_its_own_look() {
        for (state, frames, look) in [
            ("ok", FRAME, Look::Picture),
            ("ok", "", Look::NoSamples),
            ("no_samples", "", Look::NoSamples),
            ("no_traffic", "", Look::NoTraffic),
            ("denied", "", Look::Denied),
            ("unknown", "", Look::Unknown),
            ("error", "", Look::Error),
        ] {
            assert_eq!(shown(state, frames).look, look, "{state}");
        }
    }

    #[test]
    fn the_old_picture_stays_until_the_new_one_is_there() {
        let mut view = PanelView::default();
        view.asked();
        assert_eq!((view.look(), view.waiting, view.stale), (Look::Loading, true, false));
        view.answered(shown("ok", FRAME));
        view.asked();
        assert_eq!((view.look(), view.waiting, view.stale), (Look::Picture, true, false));
        view.outdated();
        view.asked();
        view.asked();
        assert_eq!(
            (view.look(), view.waiting, view.stale),
            (Look::Picture, true, true),
            "still the other selection's"
        );
        view.answered(shown("no_traffic", ""));
        assert_eq!((view.look(), view.waiting, view.stale), (Look::NoTraffic, false, false));
    }

    #[test]
    fn a_panel_left_out_keeps_only_a_picture_of_the_same_question() {
        let mut fresh = PanelView::default();
        fresh.asked();
        fresh.left_out(Look::NotLoaded, &error());
        assert_eq!((fresh.look(), fresh.waiting), (Look::NotLoaded, false));

        let mut refreshed = PanelView::default();
        refreshed.answered(shown("ok", FRAME));
        refreshed.asked();
        refreshed.left_out(Look::NotLoaded, &error());
        assert_eq!((refreshed.look(), refreshed.waiting), (Look::Picture, false));

        let mut other = PanelView::default();
        other.answered(shown("ok", FRAME));
        other.outdated();
        other.asked();
        other.left_out(Look::NotLoaded, &error());
        assert_eq!(other.look(), Look::NotLoaded);
        other.left_out(Look::NotLoaded, &error());
        assert_eq!(other.look(), Look::NotLoaded, "nothing was asked, nothing changes");
    }
}
