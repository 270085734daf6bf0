//! The work that is done most often, each piece by itself, so that `cargo xtask bench` can count its instructions.
//!
//! Only a window on what the server does: nothing here is used by it.

use std::sync::Arc;

use server_api::Frame;

use crate::{
    config::AnswerLimits,
    identity::CallerKey,
    query::{Days, Line, Sheet, Way, decode, decode::Columns, missing},
};

const HOUR: i64 = 3600;

/// A grid of 600 instants.
const GRID: Columns = Columns {
    start: 1_763_769_600,
    step: 60,
    len: 600,
};

const LIMITS: AnswerLimits = AnswerLimits {
    bytes: 32 << 20,
    series: 5000,
    points: 11_000,
    values: 2_000_000,
};

/// The store's answer for [`decode`]: as many series of 600 samples each.
#[must_use]
pub fn answer(series: usize) -> Vec<u8> {
    let one = |series: usize| {
        let values: Vec<String> = (0..600)
            .map(|index| {
                let value = 0.1 + f64::from(index) * 0.000_123_456_7;
                format!("[{},\"{value}\"]", GRID.start + i64::from(index) * i64::from(GRID.step))
            })
            .collect();
        format!(
            "{{\"metric\":{{\"namespace\":\"llm\",\"pod\":\"pod-{series}\"}},\"values\":[{}]}}",
            values.join(",")
        )
    };
    let all: Vec<String> = (0..series).map(one).collect();
    let data = format!("{{\"resultType\":\"matrix\",\"result\":[{}]}}", all.join(","));
    format!("{{\"status\":\"success\",\"data\":{data}}}").into_bytes()
}

/// From the store's JSON to columns; gives the number of series.
#[must_use]
pub fn decode(body: &[u8]) -> usize {
    decode::matrix(body, 0, GRID, LIMITS).map_or(0, |decoded| decoded.data.len())
}

/// What is kept of one caller's range, ready to be found.
pub struct Kept {
    days: Days,
    line: Line,
}

impl Kept {
    /// # Errors
    /// When what `answer` made cannot be decoded.
    pub fn new(series: usize) -> Result<Kept, String> {
        let days = Days::new(64 << 20);
        let line = Line {
            eyes: (CallerKey::of_nobody(), Way::Cluster),
            expr: Arc::from("rig_load"),
            step: GRID.step,
        };
        let decoded = decode::matrix(&answer(series), 0, GRID, LIMITS).map_err(|fault| fault.to_string())?;
        days.keep(&line, GRID, &decoded.data, GRID.start + 24 * HOUR);
        Ok(Kept { days, line })
    }

    /// A panel's frames from what is kept; none is asked of the store.
    #[must_use]
    pub fn hit(&self) -> Vec<Frame> {
        let parts = self.days.find(&self.line, GRID);
        if !missing(GRID, &parts).is_empty() {
            return Vec::new();
        }
        let mut sheet = Sheet::new(GRID);
        for part in &parts {
            sheet.put(&part.frames);
        }
        sheet.frames(0)
    }
}
