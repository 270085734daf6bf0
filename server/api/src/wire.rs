//! The two forms of a streamed panel answer.
//!
//! * `application/x-ndjson`: one [`Record`] a line.
//! * `application/vnd.servelens.frames;v=1`: each record is `u32 length` (of what follows), `u32 head length`, the
//!   head (the record as JSON, each frame's `values` replaced by `"len"`), zero bytes up to a multiple of 8 counted
//!   from the record's first byte, then every frame's values as f64. All numbers little-endian.
//! * `application/vnd.servelens.frames;v=1;packed=1`: the same, but a frame whose head says `"distinct"` has its column as a
//!   table of that many distinct values and an index for each value ([`crate::column`]).
//!
//! [`Decoder`] takes the bytes as they come, in pieces of any size.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ApiError, Few, Frame, HeldLimit, Joined, PanelAnswer, PanelState, Record, Source, WaitsFor, column, lean};

pub const NDJSON: &str = "application/x-ndjson";
pub const FRAMES_V1: &str = "application/vnd.servelens.frames;v=1";
pub const FRAMES_V1_PACKED: &str = "application/vnd.servelens.frames;v=1;packed=1";
/// A record longer than this is refused by the decoder: no panel is near it.
pub const MAX_RECORD_BYTES: usize = 64 << 20;

/// The answer was not what this version of the codec writes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    #[error("a record of {0} bytes is longer than {MAX_RECORD_BYTES}")]
    TooLong(usize),
    #[error("a record's lengths do not add up")]
    Lengths,
    #[error("a record's head is not what version 1 writes")]
    Head,
}

/// `{"done":true}`
#[derive(Serialize, Deserialize)]
struct DoneHead {
    done: bool,
}

#[derive(Serialize, Deserialize)]
struct PanelHead {
    panel: String,
    state: PanelState,
    window_s: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spacing_s: Option<u32>,
    #[serde(default, skip_serializing_if = "crate::panels::is_false")]
    widened: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    begins: Option<i64>,
    sources: Vec<Source>,
    frames: Vec<FrameHead>,
    warnings: Vec<String>,
    error: Option<ApiError>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    joined: Vec<Joined>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    limits: Vec<HeldLimit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    waits_for: Option<WaitsFor>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct FrameHead {
    query: usize,
    labels: BTreeMap<String, String>,
    start: i64,
    step: u32,
    len: usize,
    /// Of a packed column: how many values differ.
    #[serde(default, skip_serializing_if = "is_plain")]
    distinct: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    above: Vec<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    below: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    few: Option<Few>,
}

fn is_plain(distinct: &usize) -> bool {
    *distinct == 0
}

/// One line of NDJSON, its line feed included.
pub fn encode_ndjson(record: &Record) -> Result<Vec<u8>, serde_json::Error> {
    let mut line = serde_json::to_vec(record)?;
    line.push(b'\n');
    Ok(line)
}

/// One binary record, its columns as they are.
pub fn encode_frames(record: &Record) -> Result<Vec<u8>, serde_json::Error> {
    encode(record, |values, columns| {
        for value in values {
            columns.extend_from_slice(&value.to_le_bytes());
        }
        0
    })
}

/// One binary record, each column in as few bytes as it needs.
pub fn encode_packed(record: &Record) -> Result<Vec<u8>, serde_json::Error> {
    encode(record, column::write)
}

fn encode(record: &Record, write: impl Fn(&[f64], &mut Vec<u8>) -> usize) -> Result<Vec<u8>, serde_json::Error> {
    let mut columns = Vec::new();
    let head = match record {
        Record::Done { done } => serde_json::to_vec(&DoneHead { done: *done })?,
        Record::Panel(answer) => {
            let mut head = panel_head(answer);
            for (head, frame) in head.frames.iter_mut().zip(&answer.frames) {
                head.distinct = write(&frame.values, &mut columns);
            }
            serde_json::to_vec(&head)?
        }
    };
    let columns_at = (8 + head.len()).next_multiple_of(8);
    let total = columns_at + columns.len();

    let mut out = Vec::with_capacity(total);
    out.extend_from_slice(&length(total - 4).to_le_bytes());
    out.extend_from_slice(&length(head.len()).to_le_bytes());
    out.extend_from_slice(&head);
    out.resize(columns_at, 0);
    out.extend_from_slice(&columns);
    Ok(out)
}

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

fn panel_head(answer: &PanelAnswer) -> PanelHead {
    PanelHead {
        panel: answer.panel.clone(),
        state: answer.state,
        window_s: answer.window_s,
        spacing_s: answer.spacing_s,
        widened: answer.widened,
        begins: answer.begins,
        sources: answer.sources.clone(),
        frames: answer
            .frames
            .iter()
            .map(|frame| FrameHead {
                query: frame.query,
                labels: frame.labels.clone(),
                start: frame.start,
                step: frame.step,
                len: frame.values.len(),
                distinct: 0,
                above: frame.above.clone(),
                below: frame.below,
                few: frame.few.clone(),
            })
            .collect(),
        warnings: answer.warnings.clone(),
        error: answer.error.clone(),
        joined: answer.joined.clone(),
        limits: answer.limits.clone(),
        waits_for: answer.waits_for,
        notes: answer.notes.clone(),
    }
}

/// Puts binary records together again from pieces of any size.
#[derive(Debug, Default)]
pub struct Decoder {
    held: Vec<u8>,
}

impl Decoder {
    /// Adds a piece and returns every record that is now whole.
    pub fn push(&mut self, piece: &[u8]) -> Result<Vec<Record>, WireError> {
        self.held.extend_from_slice(piece);
        let mut records = Vec::new();
        let mut read = 0;
        while let Some((record, size)) = first_record(self.held.get(read..).unwrap_or_default())? {
            records.push(record);
            read += size;
        }
        self.held.drain(..read);
        Ok(records)
    }

    /// Whether bytes are left that make no whole record: the answer was cut short.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }
}

fn first_record(bytes: &[u8]) -> Result<Option<(Record, usize)>, WireError> {
    let Some(length) = u32_at(bytes, 0) else {
        return Ok(None);
    };
    if length > MAX_RECORD_BYTES {
        return Err(WireError::TooLong(length));
    }
    let size = 4 + length;
    let Some(record) = bytes.get(..size) else {
        return Ok(None);
    };
    let head_len = u32_at(record, 4).ok_or(WireError::Lengths)?;
    let head = record.get(8..8 + head_len).ok_or(WireError::Lengths)?;
    let columns = record.get((8 + head_len).next_multiple_of(8)..).unwrap_or_default();
    Ok(Some((read(head, columns)?, size)))
}

/// One after the other and not as an untagged enum, which asks what comes next: [`lean`] is told that.
fn read(head: &[u8], columns: &[u8]) -> Result<Record, WireError> {
    match lean::from_slice::<PanelHead>(head) {
        Ok(head) => assemble(head, columns),
        Err(_) => match lean::from_slice(head) {
            Ok(DoneHead { done }) => Ok(Record::Done { done }),
            Err(_) => Err(WireError::Head),
        },
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(u32::from_le_bytes(four) as usize)
}

fn assemble(head: PanelHead, mut columns: &[u8]) -> Result<Record, WireError> {
    // A column of one value takes eight bytes, however long it is.
    let wanted = head
        .frames
        .iter()
        .try_fold(0_usize, |sum, frame| sum.checked_add(frame.len));
    if wanted.is_none_or(|wanted| wanted > MAX_RECORD_BYTES / 8) {
        return Err(WireError::Lengths);
    }
    let frame = |frame: FrameHead| {
        let values = column::read(&mut columns, frame.len, frame.distinct).ok_or(WireError::Lengths)?;
        Ok(Frame {
            query: frame.query,
            labels: frame.labels,
            start: frame.start,
            step: frame.step,
            values,
            above: frame.above,
            below: frame.below,
            few: frame.few,
        })
    };
    let frames = head.frames.into_iter().map(frame).collect::<Result<_, _>>()?;
    if !columns.is_empty() {
        return Err(WireError::Lengths);
    }
    Ok(Record::Panel(PanelAnswer {
        panel: head.panel,
        state: head.state,
        window_s: head.window_s,
        spacing_s: head.spacing_s,
        widened: head.widened,
        begins: head.begins,
        sources: head.sources,
        frames,
        warnings: head.warnings,
        error: head.error,
        joined: head.joined,
        limits: head.limits,
        waits_for: head.waits_for,
        notes: head.notes,
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ABSENT;

    fn answer(values: Vec<Vec<f64>>) -> Record {
        Record::Panel(PanelAnswer {
            panel: "vllm.ttft".to_owned(),
            state: PanelState::Ok,
            window_s: Some(120),
            spacing_s: None,
            widened: false,
            begins: None,
            sources: vec![Source {
                concept: "ttft".into(),
                metric: "vllm:ttft".into(),
                versions: String::new(),
                workloads: 2,
                monitors: Vec::new(),
                pods: Vec::new(),
            }],
            frames: values
                .into_iter()
                .enumerate()
                .map(|(query, values)| Frame {
                    query,
                    labels: [("pod".to_owned(), format!("p\u{e9}-{query}"))].into(),
                    start: 1_763_796_000,
                    step: 60,
                    values,
                    above: if query == 1 { vec![10.0, 2560.0] } else { Vec::new() },
                    below: (query == 1).then_some(0.001),
                    few: (query == 2).then(|| Few {
                        under: 20,
                        runs: vec![(0, 3), (7, 8)],
                    }),
                })
                .collect(),
            warnings: vec!["partial".to_owned()],
            error: None,
            joined: Vec::new(),
            limits: Vec::new(),
            waits_for: None,
            notes: Vec::new(),
        })
    }

    #[test]
    fn the_door_s_example_is_what_ndjson_writes() {
        let line = String::from_utf8(encode_ndjson(&answer(vec![vec![0.4, ABSENT, f64::INFINITY]])).unwrap()).unwrap();
        insta::assert_snapshot!(line.trim_end(), @r#"{"panel":"vllm.ttft","state":"ok","window_s":120,"sources":[{"concept":"ttft","metric":"vllm:ttft","workloads":2}],"frames":[{"query":0,"labels":{"pod":"pé-0"},"start":1763796000,"step":60,"values":[0.4,null,"+Inf"]}],"warnings":["partial"],"error":null}"#);
        assert_eq!(
            encode_ndjson(&Record::Done { done: true }).unwrap(),
            b"{\"done\":true}\n"
        );
    }

    #[test]
    fn a_cut_record_is_held_back_and_a_lying_one_is_refused() {
        let bytes = encode_frames(&answer(vec![vec![1.0, 2.0]])).unwrap();
        let mut decoder = Decoder::default();
        assert_eq!(decoder.push(&bytes[..bytes.len() - 1]).unwrap(), vec![]);
        assert!(!decoder.is_empty());

        let mut short = bytes.clone();
        short.truncate(bytes.len() - 8);
        let lied = u32::try_from(short.len() - 4).unwrap().to_le_bytes();
        short[..4].copy_from_slice(&lied);
        assert_eq!(Decoder::default().push(&short), Err(WireError::Lengths));
        assert_eq!(
            Decoder::default().push(&[0xff; 8]),
            Err(WireError::TooLong(0xffff_ffff))
        );
    }

    #[test]
    fn a_packed_record_is_shorter_where_values_repeat_and_one_that_claims_too_much_is_refused() {
        let record = answer(vec![
            vec![7.0; 600],
            (0..600).map(|index| f64::from(index % 5)).collect(),
        ]);
        let (plain, packed) = (encode_frames(&record).unwrap(), encode_packed(&record).unwrap());
        assert!(
            packed.len() + 8000 < plain.len(),
            "{} and {}",
            packed.len(),
            plain.len()
        );
        let text = String::from_utf8_lossy(&packed).into_owned();
        assert!(text.contains(r#""len":600,"distinct":1"#) && text.contains(r#""len":600,"distinct":5"#));
        // The same record, and in it a line of ten million times one value.
        let head = text.find(r#""len":600"#).unwrap();
        let mut lying = packed.clone();
        lying.splice(head..head + 9, br#""len":99999999"#.iter().copied());
        let longer = 5;
        for (at, by) in [(0, longer), (4, longer)] {
            let old = u32::from_le_bytes(lying[at..at + 4].try_into().unwrap());
            lying[at..at + 4].copy_from_slice(&(old + by).to_le_bytes());
        }
        assert_eq!(Decoder::default().push(&lying), Err(WireError::Lengths));
    }

    proptest! {
        #[test]
        fn binary_records_survive_any_values_in_any_pieces(
            values in proptest::collection::vec(proptest::collection::vec(any::<u64>().prop_map(f64::from_bits), 0..40), 0..5),
            cut in 1_usize..64,
        ) {
            let sent = vec![answer(values), Record::Done { done: true }];
            for encode in [encode_frames, encode_packed] {
                let bytes: Vec<u8> = sent.iter().flat_map(|record| encode(record).unwrap()).collect();
                let mut decoder = Decoder::default();
                let mut got = Vec::new();
                for piece in bytes.chunks(cut) {
                    got.extend(decoder.push(piece).unwrap());
                }
                prop_assert!(decoder.is_empty());
                prop_assert_eq!(&got, &sent);
            }
        }
    }
}
