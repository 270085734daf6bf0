//! Proposals for texts in flow style: `{a: 1, b: {c: 2}}`, as a whole or below a key.

pub fn set(text: &str, path: &[&str], value: &str) -> Vec<String> {
    let mut out = Vec::new();
    let Some(last) = path.last() else { return out };
    // The value where the key is there.
    for (_, start, end) in entries(text, last) {
        out.push(spliced(text, start, end, &format!(" {value}")));
    }
    // The key, as the first of some braces; with as much of the path as those braces lack.
    for (brace, _) in text.match_indices('{') {
        let at = brace + 1;
        for depth in 0..path.len() {
            let entry = nested(path.get(depth..).unwrap_or_default(), value);
            let empty = text.get(at..).is_some_and(|rest| rest.trim_start().starts_with('}'));
            let comma = if empty { "" } else { ", " };
            out.push(spliced(text, at, at, &format!("{entry}{comma}")));
        }
    }
    out
}

pub fn unset(text: &str, path: &[&str]) -> Vec<String> {
    let mut out = Vec::new();
    let Some(last) = path.last() else { return out };
    for (start, _, end) in entries(text, last) {
        let after = text.get(end..).unwrap_or_default();
        let comma = after.trim_start_matches([' ', '\t']);
        if comma.starts_with(',') {
            let blanks = comma.get(1..).unwrap_or_default();
            let rest = blanks.strip_prefix(' ').unwrap_or(blanks);
            out.push(spliced(text, start, text.len() - rest.len(), ""));
        }
        let before = text.get(..start).unwrap_or_default().trim_end();
        if before.ends_with(',') {
            out.push(spliced(text, before.len() - 1, end, ""));
        }
        out.push(spliced(text, start, end, ""));
    }
    out
}

/// Where `key` stands as an entry of braces: its start, the start of its value (behind the colon), and its end.
fn entries(text: &str, key: &str) -> Vec<(usize, usize, usize)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(key) {
        let (mut start, mut end) = (at, at + key.len());
        for quote in ['"', '\''] {
            let opened = text.get(..at).is_some_and(|before| before.ends_with(quote));
            if opened && text.get(end..).is_some_and(|after| after.starts_with(quote)) {
                (start, end) = (at - 1, end + 1);
            }
        }
        let before = text.get(..start).unwrap_or_default().trim_end();
        let Some(colon) = text.get(end..).unwrap_or_default().strip_prefix(':') else {
            continue;
        };
        if !before.ends_with(['{', ',']) {
            continue;
        }
        let value = text.len() - colon.len();
        found.push((start, value, value + entry_len(colon)));
    }
    found
}

/// Up to the comma or brace that ends the value, which may hold braces and quotes of its own.
fn entry_len(text: &str) -> usize {
    let (mut depth, mut quote) = (0_usize, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']' | ',') if depth == 0 => {
                return text.get(..at).unwrap_or_default().trim_end().len();
            }
            (None, '}' | ']') => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

fn nested(path: &[&str], value: &str) -> String {
    match path.split_first() {
        None => value.to_owned(),
        Some((key, [])) => format!("{key}: {value}"),
        Some((key, rest)) => format!("{key}: {{{}}}", nested(rest, value)),
    }
}

fn spliced(text: &str, start: usize, end: usize, new: &str) -> String {
    let before = text.get(..start).unwrap_or_default();
    format!("{before}{new}{}", text.get(end..).unwrap_or_default())
}
