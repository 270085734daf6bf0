//! Queries made from a tape of bytes: whoever turns the tape reaches every kind of node, and knows every selector.
//!
//! A tape is what proptest shrinks and what a fuzzer mutates. Where it ends, the shortest choice is taken.

use std::collections::BTreeSet;

use super::{oracle::Selector, words::Words};

/// A query and what is true of it.
#[derive(Debug, Default)]
pub struct Made {
    pub text: String,
    /// In the order of the text.
    pub selectors: Vec<Selector>,
    /// The kinds of node that were written.
    pub kinds: BTreeSet<&'static str>,
}

/// Every kind that the generator can write; [`Made::kinds`] holds some of these.
pub const KINDS: [&str; 41] = [
    "@ end",
    "@ start",
    "@ time",
    "aggregate",
    "aggregate by",
    "aggregate parameter",
    "aggregate string",
    "aggregate without",
    "backticks",
    "binary",
    "binary bool",
    "binary comparison",
    "binary group_left",
    "binary group_right",
    "binary ignoring",
    "binary on",
    "binary scalars",
    "binary set",
    "binary with scalar",
    "call",
    "call scalar",
    "call string",
    "comment",
    "double quotes",
    "matrix",
    "nameless",
    "number",
    "offset",
    "offset negative",
    "paren",
    "paren scalar",
    "quoted label",
    "quoted name",
    "selector",
    "single quotes",
    "subquery",
    "subquery step",
    "time",
    "unary",
    "unary scalar",
    "vector",
];

pub fn query(tape: &[u8], words: &Words) -> Made {
    let mut writer = Writer {
        tape,
        words: *words,
        made: Made::default(),
    };
    if writer.pick(8) == 7 {
        writer.scalar(5);
    } else {
        writer.vector(5);
    }
    writer.made
}

struct Writer<'a> {
    tape: &'a [u8],
    words: Words,
    made: Made,
}

impl Writer<'_> {
    /// One of `0..below`; 0 where the tape has ended.
    fn pick(&mut self, below: usize) -> usize {
        let Some((first, rest)) = self.tape.split_first() else {
            return 0;
        };
        self.tape = rest;
        usize::from(*first) % below
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.pick(of.len())]
    }

    fn put(&mut self, text: &str) {
        self.made.text.push_str(text);
    }

    fn kind(&mut self, kind: &'static str) {
        self.made.kinds.insert(kind);
    }

    fn gap(&mut self) {
        match self.pick(12) {
            9 => {
                self.kind("comment");
                self.put(" # up{\"'`(\n");
            }
            10 => self.put("\n\t "),
            _ => self.put(" "),
        }
    }

    fn inner(&mut self, open: &str, depth: usize) {
        self.put(open);
        self.vector(depth);
        self.put(")");
    }

    fn vector(&mut self, depth: usize) {
        if depth == 0 {
            return self.selector();
        }
        let depth = depth - 1;
        match self.pick(12) {
            1 => {
                self.kind("call");
                let name = self.one(&[
                    "rate",
                    "increase",
                    "max_over_time",
                    "quantile_over_time",
                    "absent_over_time",
                    "predict_linear",
                ]);
                self.put(&format!("{name}("));
                if name == "quantile_over_time" {
                    self.scalar(depth);
                    self.put(", ");
                }
                self.matrix(depth);
                if name == "predict_linear" {
                    self.put(",");
                    self.scalar(depth);
                }
                self.put(")");
            }
            2 => {
                self.kind("call");
                let name = self.one(&[
                    "abs",
                    "absent",
                    "sort_desc",
                    "timestamp",
                    "histogram_count",
                    "clamp_min",
                    "histogram_quantile",
                ]);
                self.put(&format!("{name}("));
                if name == "histogram_quantile" {
                    self.scalar(depth);
                    self.put(",");
                }
                self.vector(depth);
                if name == "clamp_min" {
                    self.put(", ");
                    self.scalar(depth);
                }
                self.put(")");
            }
            3 => {
                self.kind("call string");
                self.inner_list("label_replace(", depth);
                let texts = self.one(&[
                    ["namespace", "$1", "a", "(.*)"],
                    ["x", "$1", "namespace", "(.*)"],
                    ["namespace", "b", "", ""],
                ]);
                for text in texts {
                    self.put(", ");
                    self.text(text);
                }
                self.put(")");
            }
            4 => self.aggregate(depth),
            5 => {
                self.kind("unary");
                let sign = self.one(&["-", "- "]);
                self.inner(&format!("{sign}("), depth);
            }
            6 | 7 => self.binary(depth),
            8 => {
                self.kind("paren");
                self.inner("(", depth);
            }
            9 => {
                self.kind("vector");
                self.put("vector(");
                self.scalar(depth);
                self.put(")");
            }
            10 => {
                self.kind("binary with scalar");
                self.inner("(", depth);
                let sign = self.one(&[" * ", "/", " > bool ", " ^ ", "%"]);
                self.put(sign);
                self.put("(");
                self.scalar(depth);
                self.put(")");
            }
            _ => self.selector(),
        }
    }

    fn inner_list(&mut self, open: &str, depth: usize) {
        self.put(open);
        self.vector(depth);
    }

    fn aggregate(&mut self, depth: usize) {
        let name = self.one(&[
            "sum",
            "max",
            "MIN",
            "count",
            "group",
            "stddev",
            "topk",
            "bottomk",
            "quantile",
            "limitk",
            "count_values",
        ]);
        self.put(name);
        match self.pick(4) {
            1 => {
                self.kind("aggregate by");
                let list = self.one(&[" by (pod, namespace) ", " by(on) ", " by () ", " BY (\"a b\", c,) "]);
                self.put(list);
            }
            2 => {
                self.kind("aggregate without");
                self.put(" without (namespace) ");
            }
            _ => self.kind("aggregate"),
        }
        self.put("(");
        if name == "count_values" {
            self.kind("aggregate string");
            self.text("namespace");
            self.put(", ");
        } else if ["topk", "bottomk", "quantile", "limitk"].contains(&name) {
            self.kind("aggregate parameter");
            self.scalar(depth);
            self.put(",");
        }
        self.vector(depth);
        self.put(")");
    }

    fn binary(&mut self, depth: usize) {
        self.inner("(", depth);
        self.gap();
        let set = self.pick(4) == 3;
        if set {
            self.kind("binary set");
            let word = self.one(&["and", "or", "unless", "OR"]);
            self.put(word);
        } else {
            let sign = self.one(&["+", "-", "/", "atan2", "==", "!=", "<="]);
            self.put(sign);
            let compares = ["==", "!=", "<="].contains(&sign);
            self.kind(if compares { "binary comparison" } else { "binary" });
            if compares && self.pick(2) == 1 {
                self.kind("binary bool");
                self.put(" bool");
            }
        }
        match self.pick(3) {
            1 => {
                self.kind("binary on");
                self.put(" on (pod, namespace)");
                self.group(set);
            }
            2 => {
                self.kind("binary ignoring");
                self.put(" ignoring(instance)");
                self.group(set);
            }
            _ => {}
        }
        self.gap();
        self.inner("(", depth);
    }

    fn group(&mut self, set: bool) {
        match self.pick(3) {
            1 if !set => {
                self.kind("binary group_left");
                self.put(" group_left (node)");
            }
            2 if !set => {
                self.kind("binary group_right");
                self.put(" group_right ()");
            }
            _ => {}
        }
    }

    fn matrix(&mut self, depth: usize) {
        if depth == 0 || self.pick(3) != 2 {
            self.kind("matrix");
            self.bare_selector();
            let range = self.one(&["[5m]", "[1h30m]", "[ 90 ]"]);
            self.put(range);
        } else {
            self.kind("subquery");
            self.inner("(", depth - 1);
            if self.pick(2) == 1 {
                self.kind("subquery step");
                self.put("[1h:1m]");
            } else {
                self.put("[1h:]");
            }
        }
        self.time();
    }

    fn scalar(&mut self, depth: usize) {
        if depth == 0 {
            self.kind("number");
            let number = self.one(&["1", "0.5", "1e3", "0x1F", "Inf", "5m"]);
            return self.put(number);
        }
        let depth = depth - 1;
        match self.pick(6) {
            1 => {
                self.kind("call scalar");
                self.inner("scalar(", depth);
            }
            2 => {
                self.kind("time");
                self.put("time()");
            }
            3 => {
                self.kind("binary scalars");
                self.scalar(depth);
                let sign = self.one(&[" + ", " == bool ", "*"]);
                self.put(sign);
                self.scalar(depth);
            }
            4 => {
                self.kind("unary scalar");
                self.put("-");
                self.scalar(depth);
            }
            5 => {
                self.kind("paren scalar");
                self.put("(");
                self.scalar(depth);
                self.put(")");
            }
            _ => self.scalar(0),
        }
    }

    fn selector(&mut self) {
        self.kind("selector");
        self.bare_selector();
        self.time();
    }

    fn time(&mut self) {
        match self.pick(8) {
            1 => {
                self.kind("offset");
                self.put(" offset 5m");
            }
            2 => {
                self.kind("offset negative");
                self.put(" OFFSET -1h30m");
            }
            3 => {
                self.kind("@ time");
                self.put(" @ 1763796000.5");
            }
            4 => {
                self.kind("@ start");
                self.put(" @ start()");
            }
            5 => {
                self.kind("@ end");
                self.put(" @ end() offset 10s");
            }
            _ => {}
        }
    }

    /// A selector without time modifiers, and its entry in the list.
    fn bare_selector(&mut self) {
        let mut selector = Selector::default();
        let number = self.made.selectors.len();
        let mut open = false;
        match self.pick(6) {
            1 => {
                self.kind("nameless");
                let names = self.words.names;
                self.put(&format!("{{__name__=~\"{names}\""));
                selector
                    .matchers
                    .push(("__name__".to_owned(), "=~".to_owned(), names.to_owned()));
                open = true;
            }
            2 => {
                self.kind("quoted name");
                self.put(&format!("{{\"m {number}\""));
                selector
                    .matchers
                    .push(("__name__".to_owned(), "=".to_owned(), format!("m {number}")));
                open = true;
            }
            3 => {
                // A name that is a keyword elsewhere.
                selector.name = "sum".to_owned();
                self.put("sum");
            }
            _ => {
                selector.name = match self.words.metrics {
                    [] => format!("m{number}:x"),
                    metrics => self.one(metrics).to_owned(),
                };
                let name = selector.name.clone();
                self.put(&name);
            }
        }
        for _ in 0..self.pick(4) {
            self.put(if open { "," } else { "{" });
            open = true;
            let label = self.one(self.words.labels);
            let operator = self.one(&["=", "!=", "=~", "!~"]);
            if label.contains(' ') || self.pick(5) == 4 {
                self.kind("quoted label");
                self.put(&format!("\"{label}\""));
            } else {
                self.put(label);
            }
            self.put(operator);
            let value = if operator.ends_with('~') {
                self.one(self.words.patterns)
            } else {
                self.one(self.words.values)
            };
            self.text(value);
            selector
                .matchers
                .push((label.to_owned(), operator.to_owned(), value.to_owned()));
        }
        if open {
            self.put("}");
        }
        self.made.selectors.push(selector);
    }

    fn text(&mut self, text: &str) {
        let quote = match self.pick(3) {
            1 => '\'',
            2 if !text.contains(['`', '\\']) => '`',
            _ => '"',
        };
        self.kind(match quote {
            '"' => "double quotes",
            '`' => "backticks",
            _ => "single quotes",
        });
        let mut quoted = String::from(quote);
        for c in text.chars() {
            match c {
                _ if quote == '`' => quoted.push(c),
                '\n' => quoted.push_str("\\n"),
                '\\' => quoted.push_str("\\\\"),
                _ if c == quote => quoted.extend(['\\', c]),
                _ => quoted.push(c),
            }
        }
        quoted.push(quote);
        self.put(&quoted);
    }
}
