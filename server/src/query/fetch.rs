//! One question, from its text to its decoded answer: from what is kept, else from the upstream.

use std::sync::Arc;

use futures_util::future::try_join_all;
use server_api::Frame;

use super::{
    Author, Eyes,
    decode::{self, Columns, Decoded, Holds},
    kept::{Answer, Fresh, Line, Question, Sheet, Weigh, end, last_settled, missing},
    panel::Asking,
};
use crate::{
    app::App,
    config::UpstreamKind,
    error::Fault,
    upstream::{Api, LabelName, Params, SHORT, too_large},
};

/// What is decoded of a short answer, and of which nobody keeps count.
const LITTLE: usize = 4 * SHORT;

/// Asks one door and decodes a good answer. A place at the gate, and room for what is long, are held until then.
pub async fn ask<T: Send + 'static>(
    app: &App,
    eyes: &Eyes,
    api: &Api,
    params: Params,
    holds: Holds,
    decode: impl FnOnce(&[u8]) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let _pass = app.gate.enter(eyes.caller().key()).await?;
    let params = match app.upstream.kind() {
        UpstreamKind::Prometheus => params,
        // Replicas counted once, and a dead store gives a warning instead of no answer; said, because a querier's
        // flags can change what it does unasked.
        UpstreamKind::Thanos => params.with("dedup", "true").with("partial_response", "true"),
    };
    let reply = eyes.ask(app, api, params, Author::Own).await?;
    let longest = app.limits.answers.bytes;
    let (body, mut text) = reply.bytes_in(async || app.room.text(longest).await).await?;
    if let Some(text) = &mut text {
        text.keep(body.len());
    }
    let (body, becomes) = aside(text.is_some(), move || {
        let becomes = holds.decoded(&body);
        (body, becomes)
    })
    .await?;
    let decoded = match becomes {
        ..=LITTLE => None,
        _ if becomes > app.room.most() => return Err(too_large(app.room.most())),
        _ => Some(app.room.decoded(becomes).await?),
    };
    // The room goes with the work, which goes on when nobody waits for it any more.
    aside(text.is_some(), move || {
        let _room = (text, decoded);
        decode(&body)
    })
    .await?
}

/// What takes long has a thread of its own, so that other requests are not kept waiting.
async fn aside<T: Send + 'static>(long: bool, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    if !long {
        return Ok(work());
    }
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|cause| Fault::Internal(format!("decoding: {cause}")))
}

/// An answer that is kept, or the store's; one turn and one place at the gate for each question that is really sent.
pub async fn answer<T: Weigh + Send + Sync + 'static>(
    asking: &Asking,
    kept: &Fresh<T>,
    api: &Api,
    params: Params,
    holds: Holds,
    decode: impl FnOnce(&[u8]) -> Result<Decoded<T>, Fault> + Send + 'static,
) -> Result<Answer<T>, Fault> {
    let eyes = asking.eyes()?;
    let question = Question::new(eyes, api, &params);
    let sent = async {
        let _turn = asking.turn().await?;
        ask(&asking.app, eyes, api, params, holds, decode).await
    };
    kept.get(question, sent).await
}

/// A range query on the grid: from what is kept of its days, and the rest from the store.
pub async fn range(
    asking: &Asking,
    expr: String,
    query: usize,
    columns: Columns,
) -> Result<Decoded<Vec<Frame>>, Fault> {
    let eyes = asking.eyes()?;
    let kept = &asking.app.kept;
    let line = Line {
        eyes: eyes.key(),
        expr: expr.into(),
        step: columns.step,
    };
    let parts = kept.days.find(&line, columns);
    let mut runs = missing(columns, &parts);
    if runs.is_empty() && !kept.is_vouched(&line.eyes) {
        // All is known; whether the caller may still see it is not.
        runs.push(Columns {
            start: end(columns),
            step: columns.step,
            len: 1,
        });
    }
    let answers = try_join_all(runs.into_iter().map(|run| part(asking, &line, run))).await?;
    let mut warnings = Vec::new();
    let mut sheet = Sheet::new(columns);
    for known in &parts {
        sheet.put(&known.frames);
    }
    for answer in &answers {
        sheet.put(&answer.decoded.data);
        warnings.extend(answer.decoded.warnings.iter().cloned());
    }
    Ok(Decoded {
        data: sheet.frames(query),
        warnings,
    })
}

/// Asks for a run of instants and keeps what of it is settled.
async fn part(asking: &Asking, line: &Line, run: Columns) -> Result<Answer<Vec<Frame>>, Fault> {
    let params = |run: Columns| range_params(&line.expr, run);
    let kept = &asking.app.kept;
    let limits = asking.app.limits.answers;
    let holds = Holds::Values(run);
    let answer = answer(
        asking,
        &kept.frames,
        &Api::QueryRange,
        params(run),
        holds,
        move |body| decode::matrix(body, 0, run, limits),
    )
    .await?;
    let Decoded { data, warnings } = &*answer.decoded;
    let on_grid = run.start.rem_euclid(i64::from(run.step.max(1))) == 0;
    if !warnings.is_empty() || !on_grid {
        return Ok(answer);
    }
    let now = asking.app.now();
    // Whoever looks again asks for the rest alone: it was seen just now, and is there before the days that lead to it.
    if let Some(left) = last_settled(run, data, now).and_then(|last| after(run, last)) {
        let mut sheet = Sheet::new(left);
        sheet.put(data);
        let rest = Answer {
            decoded: Arc::new(Decoded {
                data: sheet.frames(0),
                warnings: Vec::new(),
            }),
            asked: answer.asked,
        };
        let question = Question::new(asking.eyes()?, &Api::QueryRange, &params(left));
        kept.frames.put(question, rest).await;
    }
    kept.days.keep(line, run, data, now);
    Ok(answer)
}

/// The instants of a run that come after `last`, if there are any.
fn after(run: Columns, last: i64) -> Option<Columns> {
    let start = last.saturating_add(i64::from(run.step));
    let before = (start - run.start).div_euclid(i64::from(run.step.max(1)));
    let len = run.len.checked_sub(usize::try_from(before).ok()?)?;
    (len > 0).then_some(Columns { start, len, ..run })
}

fn range_params(expr: &str, columns: Columns) -> Params {
    Params::default()
        .with("query", expr)
        .with("start", columns.start.to_string())
        .with("end", end(columns).to_string())
        .with("step", columns.step.to_string())
}

/// A range query whose instants lie on a grid of their own, or of one instant: kept as a whole.
pub async fn instants(
    asking: &Asking,
    expr: &str,
    query: usize,
    columns: Columns,
) -> Result<Decoded<Vec<Frame>>, Fault> {
    let params = range_params(expr, columns);
    let frames = &asking.app.kept.frames;
    let limits = asking.app.limits.answers;
    let holds = Holds::Values(columns);
    let answer = answer(asking, frames, &Api::QueryRange, params, holds, move |body| {
        decode::matrix(body, 0, columns, limits)
    });
    Ok(copy(&answer.await?, query))
}

/// The distribution over a whole range, asked at its end.
pub async fn distribution(
    asking: &Asking,
    expr: String,
    query: usize,
    at: Columns,
) -> Result<Decoded<Vec<Frame>>, Fault> {
    let params = Params::default().with("query", expr).with("time", at.start.to_string());
    let frames = &asking.app.kept.frames;
    let answer = answer(asking, frames, &Api::Query, params, Holds::Series, move |body| {
        decode::buckets(body, 0, at)
    });
    Ok(copy(&answer.await?, query))
}

fn copy(answer: &Answer<Vec<Frame>>, query: usize) -> Decoded<Vec<Frame>> {
    let mut decoded = Decoded::clone(&answer.decoded);
    decoded.data.iter_mut().for_each(|frame| frame.query = query);
    decoded
}

/// Whether the store shows any scrape between two instants; when it cannot be asked, it shows none.
pub async fn any_scrape(asking: &Asking, start: i64, end: i64) -> bool {
    let Some(job) = LabelName::new("job") else {
        return false;
    };
    let params = Params::default()
        .with("match[]", "up")
        .with("start", start.to_string())
        .with("end", end.to_string())
        .with("limit", "1");
    answer(
        asking,
        &asking.app.kept.strings,
        &Api::LabelValues(job),
        params,
        Holds::Strings,
        decode::strings,
    )
    .await
    .is_ok_and(|jobs| !jobs.decoded.data.is_empty())
}
