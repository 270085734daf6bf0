//! Reading a template. Knows just enough of PromQL to find strings, calls and names; whether the rest is PromQL is
//! for Prometheus's own parser to say, in the tests.

use super::template::{Over, Piece, Placeholder, Span, TemplateError};
use super::{LabelValue, Matcher, Op, is_label_name};
use crate::model::Part;

/// After these a parenthesis holds label names.
const LABEL_LISTS: &[&str] = &["by", "without", "on", "ignoring", "group_left", "group_right"];
/// What `[$step]` may stand in: they say of one sample what it is, so that a step of one scrape needs no call.
const OF_STEPS: &[&str] = &["avg_over_time", "max_over_time", "min_over_time"];
/// Tells when a sample was taken, and of anything but a selector the time of the question.
const OF_SAMPLES: &str = "timestamp";
/// Words that may stand without a parenthesis after them.
const WORDS: &[&str] = &[
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "and",
    "or",
    "unless",
    "bool",
    "offset",
    "inf",
    "nan",
    "sum",
    "min",
    "max",
    "avg",
    "count",
    "group",
    "stddev",
    "stdvar",
    "topk",
    "bottomk",
    "count_values",
    "quantile",
];

pub(super) fn pieces(text: &str) -> Result<Vec<Piece>, TemplateError> {
    let mut scanner = Scanner {
        rest: text,
        buffer: String::new(),
        pieces: Vec::new(),
        open: Vec::new(),
        call: None,
    };
    while let Some(c) = scanner.rest.chars().next() {
        scanner.next(c)?;
    }
    scanner.finish()
}

struct Scanner<'a> {
    rest: &'a str,
    /// Text that belongs to no piece yet.
    buffer: String,
    pieces: Vec<Piece>,
    open: Vec<Open>,
    call: Option<Call>,
}

struct Open {
    /// Where in `buffer` the parenthesis stands, while there are as many pieces as now.
    at: usize,
    pieces: usize,
    is_label_list: bool,
}

/// A call whose range has been read and whose closing parenthesis has not.
struct Call {
    function: String,
    head: String,
    placeholder: Placeholder,
    span: Span,
    /// How many parentheses are open outside of it.
    depth: usize,
}

impl<'a> Scanner<'a> {
    fn next(&mut self, c: char) -> Result<(), TemplateError> {
        if self.rest.starts_with("{{") {
            return self.placeholder();
        }
        match c {
            '{' | '}' => return Err(TemplateError::SingleBrace),
            '"' | '\'' | '`' => {
                let literal = take_string(&mut self.rest)?;
                self.buffer.push_str(literal);
            }
            '(' => {
                let is_label_list = LABEL_LISTS.contains(&last_word(&self.buffer));
                self.open.push(Open {
                    at: self.buffer.len(),
                    pieces: self.pieces.len(),
                    is_label_list,
                });
                self.push(c);
            }
            ')' => {
                self.push(c);
                self.open.pop().ok_or(TemplateError::Unopened(')'))?;
                self.close_call()?;
            }
            '[' => {
                let span = self.rest.split_once(']').map_or(self.rest, |(span, _)| span);
                return Err(TemplateError::BadSpan(span.trim_start_matches('[').to_owned()));
            }
            ']' => return Err(TemplateError::Unopened(']')),
            '$' => {
                let name = self
                    .rest
                    .chars()
                    .skip(1)
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                return Err(TemplateError::StrayVariable(name));
            }
            c if c.is_ascii_digit() => {
                let number = take_while(&mut self.rest, |c| c.is_ascii_alphanumeric() || c == '.' || c == '_');
                self.buffer.push_str(number);
            }
            c if c.is_ascii_alphabetic() || c == '_' || c == ':' => {
                let word = take_while(&mut self.rest, |c| c.is_ascii_alphanumeric() || c == '_' || c == ':');
                let is_call = self.rest.trim_start().starts_with('(');
                let is_label = self.open.last().is_some_and(|open| open.is_label_list);
                if !is_call && !is_label && !WORDS.contains(&word.to_ascii_lowercase().as_str()) {
                    return Err(TemplateError::RawName(word.to_owned()));
                }
                self.buffer.push_str(word);
            }
            c => self.push(c),
        }
        Ok(())
    }

    fn push(&mut self, c: char) {
        self.buffer.push(c);
        self.rest = self.rest.get(c.len_utf8()..).unwrap_or_default();
    }

    fn placeholder(&mut self) -> Result<(), TemplateError> {
        self.rest = self.rest.get(2..).unwrap_or_default();
        let inside = take_inside(&mut self.rest)?;
        let placeholder = placeholder(inside)?;
        if self.call.is_some() {
            return Err(TemplateError::NotInCall(placeholder.concept));
        }
        let Some(after) = self.rest.strip_prefix('[') else {
            if last_word(self.buffer.strip_suffix('(').unwrap_or_default()) == OF_SAMPLES {
                return self.begin_call(placeholder, Span::Sample);
            }
            self.flush();
            self.pieces.push(Piece::Instant(placeholder));
            return Ok(());
        };
        let (span, rest) = after.split_once(']').ok_or(TemplateError::Unclosed("["))?;
        let span = match span {
            "$window" => Span::Window,
            "$range" => Span::Range,
            "$step" => Span::Step,
            other => return Err(TemplateError::BadSpan(other.to_owned())),
        };
        self.rest = rest;
        self.begin_call(placeholder, span)
    }

    fn begin_call(&mut self, placeholder: Placeholder, span: Span) -> Result<(), TemplateError> {
        let outside = || TemplateError::NotInCall(placeholder.concept.clone());
        let open = self
            .open
            .last()
            .filter(|open| open.pieces == self.pieces.len())
            .ok_or_else(outside)?;
        let function = last_word(self.buffer.get(..open.at).unwrap_or_default()).to_owned();
        if function.is_empty() || WORDS.contains(&function.as_str()) {
            return Err(outside());
        }
        let head = self.buffer.split_off(open.at - function.len());
        let depth = self.open.len() - 1;
        self.flush();
        self.call = Some(Call {
            function,
            head,
            placeholder,
            span,
            depth,
        });
        Ok(())
    }

    fn close_call(&mut self) -> Result<(), TemplateError> {
        if let Some(call) = self.call.take_if(|call| call.depth == self.open.len()) {
            let Call {
                function,
                head,
                placeholder,
                span,
                ..
            } = call;
            let tail = std::mem::take(&mut self.buffer);
            let plain = tail == ")" && head.strip_prefix(function.as_str()) == Some("(");
            if span == Span::Step && !(plain && OF_STEPS.contains(&function.as_str())) {
                return Err(TemplateError::NotOfSteps(placeholder.concept));
            }
            if span == Span::Sample && !plain {
                return Err(TemplateError::NotInCall(placeholder.concept));
            }
            self.pieces.push(Piece::Over(Over {
                function,
                head,
                placeholder,
                span,
                tail,
            }));
        }
        Ok(())
    }

    fn flush(&mut self) {
        if !self.buffer.is_empty() {
            self.pieces.push(Piece::Text(std::mem::take(&mut self.buffer)));
        }
    }

    fn finish(mut self) -> Result<Vec<Piece>, TemplateError> {
        if !self.open.is_empty() {
            return Err(TemplateError::Unclosed("("));
        }
        self.flush();
        if self.pieces.iter().all(|piece| matches!(piece, Piece::Text(_))) {
            return Err(TemplateError::NoConcept);
        }
        Ok(self.pieces)
    }
}

/// The word that the text ends with, blanks after it allowed; empty where it ends otherwise.
fn last_word(text: &str) -> &str {
    let text = text.trim_end();
    let start = text
        .rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .map_or(0, |at| {
            at + text
                .get(at..)
                .and_then(|rest| rest.chars().next())
                .map_or(1, char::len_utf8)
        });
    text.get(start..).unwrap_or_default()
}

fn take_while<'a>(rest: &mut &'a str, keep: impl Fn(char) -> bool) -> &'a str {
    let end = rest.find(|c| !keep(c)).unwrap_or(rest.len());
    let (taken, left) = rest.split_at(end);
    *rest = left;
    taken
}

/// A string literal, quotes included.
fn take_string<'a>(rest: &mut &'a str) -> Result<&'a str, TemplateError> {
    let mut chars = rest.char_indices();
    let quote = chars.next().map_or('"', |(_, quote)| quote);
    while let Some((at, c)) = chars.next() {
        if c == quote {
            let (literal, left) = rest.split_at(at + c.len_utf8());
            *rest = left;
            return Ok(literal);
        }
        if c == '\\' && quote != '`' {
            chars.next();
        }
    }
    Err(TemplateError::Unclosed("\""))
}

/// Up to the closing double braces, which are taken too.
fn take_inside<'a>(rest: &mut &'a str) -> Result<&'a str, TemplateError> {
    let whole = *rest;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("}}") {
            let inside = whole.get(..whole.len() - rest.len()).unwrap_or_default();
            *rest = rest.get(2..).unwrap_or_default();
            return Ok(inside);
        }
        match c {
            '"' => {
                take_string(rest)?;
            }
            '{' | '}' => return Err(TemplateError::SingleBrace),
            c => *rest = rest.get(c.len_utf8()..).unwrap_or_default(),
        }
    }
    Err(TemplateError::Unclosed("{{"))
}

pub(super) fn placeholder(inside: &str) -> Result<Placeholder, TemplateError> {
    let bad = || TemplateError::BadPlaceholder(inside.to_owned());
    let mut rest = inside.trim();
    let name = take_while(&mut rest, |c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
    let (concept, part) = match name.split_once('.') {
        None => (name, None),
        Some((concept, part)) => (concept, Some(Part::parse(part).ok_or_else(bad)?)),
    };
    if concept.is_empty() {
        return Err(bad());
    }
    Ok(Placeholder {
        concept: concept.to_owned(),
        part,
        matchers: matcher_list(rest).ok_or_else(bad)?,
    })
}

/// Matchers with commas between them, e.g. `pod!="",container=~"a|b"`; `None` where the text is something else.
#[cfg(feature = "parse")]
pub(crate) fn matchers(text: &str) -> Option<Vec<Matcher>> {
    matcher_list(&format!(",{text}"))
}

/// `rest` is empty or begins with a comma.
fn matcher_list(mut rest: &str) -> Option<Vec<Matcher>> {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Some(found);
        }
        rest = rest.strip_prefix(',')?.trim_start();
        let label = take_while(&mut rest, |c| c.is_ascii_alphanumeric() || c == '_');
        rest = rest.trim_start();
        let op = [Op::Match, Op::NotMatch, Op::NotEqual, Op::Equal]
            .into_iter()
            .find(|op| rest.starts_with(op.as_str()));
        let op = op.filter(|_| is_label_name(label))?;
        rest = rest.get(op.as_str().len()..).unwrap_or_default().trim_start();
        if !rest.starts_with('"') {
            return None;
        }
        let value = LabelValue::new(unescaped(take_string(&mut rest).ok()?)?);
        found.push(Matcher::fixed(label, op, &value));
    }
}

/// The value of a double-quoted literal; of escapes only `\\`, `\"` and `\n` are taken.
fn unescaped(literal: &str) -> Option<String> {
    let mut chars = literal.strip_prefix('"')?.strip_suffix('"')?.chars();
    let mut value = String::new();
    while let Some(c) = chars.next() {
        value.push(match c {
            '\\' => match chars.next()? {
                'n' => '\n',
                c @ ('\\' | '"') => c,
                _ => return None,
            },
            c => c,
        });
    }
    Some(value)
}
