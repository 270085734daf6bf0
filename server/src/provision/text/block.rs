//! Proposals for texts in block style: a line of its own for each key.

use super::line::{Line, lines, newline, value_len};

/// Lines `start..end` of the text that hold one mapping, and how far its keys are indented.
#[derive(Clone, Copy)]
struct Region {
    start: usize,
    end: usize,
    indent: usize,
}

pub fn set(text: &str, path: &[&str], value: &str) -> Vec<String> {
    let lines = lines(text);
    let mut out = Vec::new();
    place(&lines, whole(&lines), path, value, newline(text), &mut out);
    out
}

/// Every line that holds the key, taken out with all that is below it.
pub fn unset(text: &str, path: &[&str]) -> Vec<String> {
    let lines = lines(text);
    let mut regions = vec![whole(&lines)];
    let Some((last, above)) = path.split_last() else {
        return Vec::new();
    };
    for key in above {
        regions = regions
            .into_iter()
            .flat_map(|region| keys(&lines, region, key).into_iter().map(move |at| (region, at)))
            .filter_map(|(region, at)| below(&lines, region, at))
            .collect();
    }
    let mut out = Vec::new();
    for region in regions {
        for at in keys(&lines, region, last) {
            let end = below(&lines, region, at)
                .and_then(|inner| last_content(&lines, inner))
                .map_or(at + 1, |last| last + 1);
            let kept = lines.iter().enumerate().filter(|(n, _)| *n < at || *n >= end);
            out.push(kept.map(|(_, line)| line.text).collect());
        }
    }
    out
}

fn place(lines: &[Line<'_>], region: Region, path: &[&str], value: &str, newline: &str, out: &mut Vec<String>) {
    let Some((key, rest)) = path.split_first() else { return };
    let found = keys(lines, region, key);
    for &at in &found {
        let Some((offset, tail)) = lines.get(at).and_then(|line| line.after_key(key)) else {
            continue;
        };
        if rest.is_empty() {
            out.push(replaced(lines, at, offset, tail, value));
            continue;
        }
        match below(lines, region, at) {
            Some(inner) => place(lines, inner, rest, value, newline, out),
            // Nothing is below the key: it holds null, said or unsaid.
            None => {
                let child = written(rest, value, region.indent + 2, newline);
                out.push(inserted(lines, at + 1, &child, newline));
                let bare = replaced(lines, at, offset, tail, "");
                out.push(inserted(&super::line::lines(&bare), at + 1, &child, newline));
            }
        }
    }
    if found.is_empty() {
        let new = written(path, value, region.indent, newline);
        let end = last_content(lines, region).map_or(region.end, |at| at + 1);
        // Behind the last key; behind all comments, where a text has nothing but comments; before the first key.
        for at in [end, region.end, region.start] {
            out.push(inserted(lines, at, &new, newline));
        }
    }
}

/// All lines between the marks of the document.
fn whole(lines: &[Line<'_>]) -> Region {
    let start = lines
        .iter()
        .rposition(|line| line.is_mark() && line.text.trim_end() != "...")
        .map_or(0, |at| at + 1);
    let end = lines.iter().skip(start).position(|line| line.is_mark());
    let end = end.map_or(lines.len(), |at| start + at);
    let first = lines.iter().take(end).skip(start).find(|line| line.is_content());
    Region {
        start,
        end,
        indent: first.map_or(0, |line| line.indent),
    }
}

fn keys(lines: &[Line<'_>], region: Region, key: &str) -> Vec<usize> {
    let inside = (region.start..region.end).filter_map(|at| Some((at, lines.get(at)?)));
    let found = inside.filter(|(_, line)| line.indent == region.indent && line.after_key(key).is_some());
    found.map(|(at, _)| at).collect()
}

/// The mapping below the key on line `at`.
fn below(lines: &[Line<'_>], region: Region, at: usize) -> Option<Region> {
    let start = at + 1;
    let ends = |line: &Line<'_>| line.is_content() && line.indent <= region.indent;
    let end = (start..region.end).find(|at| lines.get(*at).is_some_and(ends));
    let end = end.unwrap_or(region.end);
    let mut inside = (start..end).filter_map(|at| lines.get(at));
    let first = inside.find(|line| line.is_content())?;
    Some(Region {
        start,
        end,
        indent: first.indent,
    })
}

/// Comments behind the last key belong to what follows.
fn last_content(lines: &[Line<'_>], region: Region) -> Option<usize> {
    let mut inside = (region.start..region.end).rev();
    inside.find(|at| lines.get(*at).is_some_and(|line| line.is_content()))
}

fn written(path: &[&str], value: &str, indent: usize, newline: &str) -> String {
    let mut out = String::new();
    for (depth, key) in path.iter().enumerate() {
        out += &" ".repeat(indent + 2 * depth);
        out += key;
        out += ":";
        if depth + 1 == path.len() {
            out += " ";
            out += value;
        }
        out += newline;
    }
    out
}

fn inserted(lines: &[Line<'_>], at: usize, new: &str, newline: &str) -> String {
    let mut out: String = lines.iter().take(at).map(|line| line.text).collect();
    let unfinished = !out.is_empty() && !out.ends_with('\n');
    if unfinished {
        out += newline;
    }
    // A text without an end of line stays without one.
    out += if unfinished && at >= lines.len() {
        new.trim_end()
    } else {
        new
    };
    out.extend(lines.iter().skip(at).map(|line| line.text));
    out
}

fn replaced(lines: &[Line<'_>], at: usize, offset: usize, tail: &str, value: &str) -> String {
    let old = value_len(tail);
    let mut out = String::new();
    for (n, line) in lines.iter().enumerate() {
        if n == at {
            out += line.text.get(..offset).unwrap_or_default();
            if !value.is_empty() {
                out += " ";
                out += value;
            }
            out += tail.get(old..).unwrap_or_default();
        } else {
            out += line.text;
        }
    }
    out
}
