//! Reads PromQL's selectors by Prometheus's rules for words, strings and brackets, without the parser.
//!
//! It knows no grammar: a name that is no keyword and calls nothing is a selector, and so is every pair of braces.

/// One selector: its name and its matchers as (label, operator, value).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selector {
    pub name: String,
    pub matchers: Vec<(String, String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Number,
    Text(String),
    Sign(char),
}

const LISTS: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];
const BETWEEN: [&str; 8] = ["and", "or", "unless", "atan2", "bool", "offset", "inf", "nan"];

/// All selectors in the order of the text.
pub fn selectors(text: &str) -> Result<Vec<Selector>, String> {
    let tokens = tokens(text)?;
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let next = tokens.get(at + 1);
        match token {
            Token::Word(name) if next == Some(&Token::Sign('{')) && !is_between(name) => {
                let (matchers, after) = matchers(&tokens, at + 2)?;
                found.push(Selector {
                    name: name.clone(),
                    matchers,
                });
                at = after;
            }
            Token::Sign('{') => {
                let (matchers, after) = matchers(&tokens, at + 1)?;
                found.push(Selector {
                    name: String::new(),
                    matchers,
                });
                at = after;
            }
            Token::Sign('[') => at = after(&tokens, at, ']')?,
            Token::Word(word) => {
                let word = word.to_ascii_lowercase();
                let opens = next == Some(&Token::Sign('('));
                let grouped = matches!(next, Some(Token::Word(next)) if ["by", "without"].contains(&next.as_str()));
                if LISTS.contains(&word.as_str()) {
                    at = if opens { after(&tokens, at, ')')? } else { at + 1 };
                } else {
                    if !opens && !grouped && !is_between(&word) {
                        found.push(Selector {
                            name: word,
                            matchers: Vec::new(),
                        });
                    }
                    at += 1;
                }
            }
            Token::Number | Token::Text(_) | Token::Sign(_) => at += 1,
        }
    }
    Ok(found)
}

/// A word that never names a metric in what the generator writes.
fn is_between(word: &str) -> bool {
    BETWEEN.contains(&word.to_ascii_lowercase().as_str())
}

fn after(tokens: &[Token], from: usize, sign: char) -> Result<usize, String> {
    let ahead = tokens[from..].iter().position(|token| *token == Token::Sign(sign));
    ahead.map(|ahead| from + ahead + 1).ok_or_else(|| format!("no {sign}"))
}

type Matchers = Vec<(String, String, String)>;

fn matchers(tokens: &[Token], mut at: usize) -> Result<(Matchers, usize), String> {
    let mut found = Vec::new();
    loop {
        let label = match tokens.get(at) {
            Some(Token::Sign('}')) => return Ok((found, at + 1)),
            Some(Token::Word(label) | Token::Text(label)) => label.clone(),
            other => return Err(format!("{other:?} instead of a label")),
        };
        at += 1;
        let mut sign = String::new();
        while let Some(Token::Sign(part @ ('=' | '!' | '~'))) = tokens.get(at) {
            sign.push(*part);
            at += 1;
        }
        let Some(Token::Text(value)) = tokens.get(at) else {
            return Err(format!("no value after {label}"));
        };
        if !["=", "!=", "=~", "!~"].contains(&sign.as_str()) {
            return Err(format!("the operator {sign:?}"));
        }
        found.push((label, sign, value.clone()));
        at += 1;
        match tokens.get(at) {
            Some(Token::Sign(',')) => at += 1,
            Some(Token::Sign('}')) => {}
            other => return Err(format!("{other:?} after a matcher")),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut chars = text.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\n' | '\r' => {}
            '#' => while chars.next_if(|c| !matches!(c, '\n' | '\r')).is_some() {},
            '"' | '\'' | '`' => tokens.push(Token::Text(quoted(c, &mut chars)?)),
            '0'..='9' => {
                while chars.next_if(|c| c.is_ascii_alphanumeric() || *c == '.').is_some() {}
                tokens.push(Token::Number);
            }
            _ if word(c) => {
                let mut name = String::from(c);
                name.extend(std::iter::from_fn(|| chars.next_if(|c| word(*c) || c.is_ascii_digit())));
                tokens.push(Token::Word(name));
            }
            _ if c.is_ascii_punctuation() => tokens.push(Token::Sign(c)),
            _ => return Err(format!("the character {c:?}")),
        }
    }
    Ok(tokens)
}

fn word(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || c == ':'
}

/// Go's escapes; in backticks there are none.
fn quoted(quote: char, chars: &mut impl Iterator<Item = char>) -> Result<String, String> {
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match c {
            _ if c == quote => return Ok(text),
            '\n' if quote != '`' => return Err("a line end within quotes".to_owned()),
            '\\' if quote != '`' => text.push(match chars.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some(c) if c == '\\' || c == quote => c,
                other => return Err(format!("the escape {other:?}")),
            }),
            _ => text.push(c),
        }
    }
    Err("an open string".to_owned())
}

#[test]
fn the_oracle_itself_sees_bare_names_and_reads_values_back() {
    let found = selectors(
        "sum by (pod) (m{a=\"x\\\"}\"}[5m] offset 5m) / on (a) group_left (b) bare + Inf > bool {b!~'\\n'} @ start()",
    );
    let names: Vec<String> = found
        .unwrap()
        .iter()
        .map(|selector| format!("{} {:?}", selector.name, selector.matchers))
        .collect();
    insta::assert_snapshot!(names.join("\n"), @r#"
    m [("a", "=", "x\"}")]
    bare []
     [("b", "!~", "\n")]
    "#);
    assert!(selectors("m{a=\"x\" or b=\"y\"}").is_err());
    assert!(selectors("m{a=\"x\ny\"}").is_err());
}
