//! Splits Rust into what the compiler runs and what it carries as text: enough to look for a word in the right one.

/// One file, line by line (line 0 is the first).
pub struct Lexed {
    /// The code with comments and the contents of literals blanked.
    pub code: Vec<String>,
    /// The contents of string literals, with the line that each begins on.
    pub strings: Vec<(usize, String)>,
    /// Whether a line belongs to an inline `#[cfg(test)] mod`.
    pub in_tests: Vec<bool>,
}

enum State {
    Code,
    Line,
    Block(usize),
    Text { raw: Option<usize>, from: usize },
}

/// Reads one file. Never fails: what it does not understand stays code.
pub fn lex(text: &str) -> Lexed {
    let chars: Vec<char> = text.chars().collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or('\0');
    let (mut code, mut strings, mut held) = (String::new(), Vec::new(), String::new());
    let (mut state, mut line, mut index) = (State::Code, 0, 0);
    while index < chars.len() {
        let (now, next) = (chars[index], at(index + 1));
        if now == '\n' {
            line += 1;
            code.push('\n');
            if matches!(state, State::Line) {
                state = State::Code;
            }
            if matches!(state, State::Text { .. }) {
                held.push('\n');
            }
            index += 1;
            continue;
        }
        match &mut state {
            State::Line => index += 1,
            State::Block(depth) => match (now, next) {
                ('/', '*') => {
                    *depth += 1;
                    index += 2;
                }
                ('*', '/') if *depth == 1 => {
                    state = State::Code;
                    index += 2;
                }
                ('*', '/') => {
                    *depth -= 1;
                    index += 2;
                }
                _ => index += 1,
            },
            State::Text { raw: None, .. } if now == '\\' => {
                held.extend([now, next].iter().filter(|c| **c != '\n'));
                if next == '\n' {
                    line += 1;
                    code.push('\n');
                }
                index += 2;
            }
            State::Text { raw, from } => {
                let hashes = raw.unwrap_or(0);
                if now == '"' && (1..=hashes).all(|n| at(index + n) == '#') {
                    strings.push((*from, std::mem::take(&mut held)));
                    code.push('"');
                    state = State::Code;
                    index += 1 + hashes;
                } else {
                    held.push(now);
                    index += 1;
                }
            }
            State::Code => {
                let word = index > 0 && (at(index - 1).is_alphanumeric() || at(index - 1) == '_');
                let hashes = (index + 1..).take_while(|n| at(*n) == '#').count();
                if now == '/' && next == '/' {
                    state = State::Line;
                    index += 2;
                } else if now == '/' && next == '*' {
                    state = State::Block(1);
                    index += 2;
                } else if now == 'r' && (!word || at(index - 1) == 'b') && at(index + 1 + hashes) == '"' {
                    code.push('"');
                    state = State::Text {
                        raw: Some(hashes),
                        from: line,
                    };
                    index += 2 + hashes;
                } else if now == '"' {
                    code.push('"');
                    state = State::Text { raw: None, from: line };
                    index += 1;
                } else if now == '\'' && next == '\\' {
                    // A character with an escape: its end is the next quote after the escaped one.
                    let end = (index + 3..)
                        .find(|n| matches!(at(*n), '\'' | '\0'))
                        .unwrap_or(index + 3);
                    code.push_str("' '");
                    index = end + 1;
                } else if now == '\'' && at(index + 2) == '\'' {
                    code.push_str("' '");
                    index += 3;
                } else {
                    code.push(now);
                    index += 1;
                }
            }
        }
    }
    let code: Vec<String> = code.split('\n').map(str::to_owned).collect();
    let in_tests = test_lines(&code);
    Lexed {
        code,
        strings,
        in_tests,
    }
}

/// Lines from a `#[cfg(test)]` before a `mod … {` to the brace that closes it.
fn test_lines(code: &[String]) -> Vec<bool> {
    let mut marks = vec![false; code.len()];
    let mut line = 0;
    while line < code.len() {
        let opens = code[line].trim_start().starts_with("#[cfg(test)]")
            && code
                .iter()
                .skip(line)
                .take(3)
                .any(|l| l.contains("mod ") && l.contains('{'));
        if !opens {
            line += 1;
            continue;
        }
        let (mut depth, mut begun) = (0_i32, false);
        while line < code.len() && !(begun && depth == 0) {
            marks[line] = true;
            for c in code[line].chars() {
                depth += i32::from(c == '{') - i32::from(c == '}');
                begun |= c == '{';
            }
            line += 1;
        }
    }
    marks
}

#[test]
fn code_comments_and_texts_are_told_apart() {
    let lexed = lex(
        "let a = \"x // y\\\"z\"; // note \"no\"\nlet b = r#\"raw \"q\" \\\"#; /* /* deep */ still */ f('\"', '\\'', &'a str);\nlet c = b\"bytes\";",
    );
    assert_eq!(
        lexed.code,
        [
            "let a = \"\"; ",
            "let b = \"\";  f(' ', ' ', &'a str);",
            "let c = b\"\";"
        ]
    );
    let strings: Vec<(usize, &str)> = lexed
        .strings
        .iter()
        .map(|(line, text)| (*line, text.as_str()))
        .collect();
    assert_eq!(strings, [(0, "x // y\\\"z"), (1, "raw \"q\" \\"), (2, "bytes")]);
}

#[test]
fn an_inline_module_of_tests_ends_at_its_brace() {
    let lexed = lex(
        "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() { \"}\"; }\n}\nfn c() {}\n#[cfg(test)]\nmod far;\nfn d() {}",
    );
    assert_eq!(
        lexed.in_tests,
        [false, true, true, true, true, false, false, false, false]
    );
}
