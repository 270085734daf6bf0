//! A sentence of the server, found again in the pattern that it was made from: `there is no Service {{1}} in {{2}}`.
//!
//! The server says in English what it found, with names filled in. A pattern whose words stand in a sentence gives back what
//! was filled in, which may be a sentence itself. It must not take a name for a sentence: a name has no blank.

use std::collections::BTreeMap;

use super::fill;

type Words = BTreeMap<String, String>;

/// Sentences within sentences: the server's go so deep, and what it quotes must not keep a page busy.
const DEEPEST: usize = 6;
const PLACE: &str = "{{1}}";
const PLACES: [&str; 9] = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// The keys with places.
pub fn patterns(words: &Words) -> Vec<String> {
    words.keys().filter(|key| key.contains(PLACE)).cloned().collect()
}

/// The sentence in the language of `words`, whose patterns these are; `None` where it has no words for it.
pub fn said(words: &Words, patterns: &[String], english: &str) -> Option<String> {
    read(words, patterns, english, DEEPEST).map(|reading| reading.text)
}

/// One way to understand a sentence.
struct Reading {
    text: String,
    /// How much of it there are words for: of two readings the one that knows more is meant.
    known: usize,
}

fn read(words: &Words, patterns: &[String], english: &str, depth: usize) -> Option<Reading> {
    if depth == 0 || !english.contains(' ') {
        return None;
    }
    if let Some(text) = words.get(english) {
        return Some(Reading {
            text: text.clone(),
            known: english.len(),
        });
    }
    let mut best: Option<Reading> = None;
    for pattern in patterns {
        let Some(parts) = parts(pattern, english) else { continue };
        // What only joins two texts says nothing itself: one of them must be known.
        let mut says = pattern.contains(|c: char| c.is_ascii_alphabetic());
        let mut known = match says {
            true => pattern.len().saturating_sub(parts.len() * PLACE.len()),
            false => 0,
        };
        let mut values = Vec::new();
        for part in parts {
            let own = read(words, patterns, part, depth - 1);
            says |= own.is_some();
            known += own.as_ref().map_or(0, |own| own.known);
            values.push(own.map_or_else(|| part.to_owned(), |own| own.text));
        }
        if says && best.as_ref().is_none_or(|best| best.known < known) {
            let values: Vec<(&str, &str)> = PLACES.into_iter().zip(values.iter().map(String::as_str)).collect();
            best = words.get(pattern).map(|text| Reading {
                text: fill(text, &values),
                known,
            });
        }
    }
    best
}

/// What stands at the places of `pattern` in `sentence`; `None` where its words do not stand there.
fn parts<'a>(pattern: &str, sentence: &'a str) -> Option<Vec<&'a str>> {
    let (first, mut after) = literal(pattern);
    let mut rest = sentence.strip_prefix(first)?;
    let mut found = Vec::new();
    while let Some(pattern) = after {
        let (words, next) = literal(pattern);
        // The last words end the sentence; what stands before others is as short as can be.
        let (part, tail) = match next {
            None => (rest.strip_suffix(words)?, ""),
            Some(_) => rest.split_once(words)?,
        };
        found.push(part);
        (rest, after) = (tail, next);
    }
    rest.is_empty().then_some(found)
}

/// The words up to the next place of a pattern, and what comes after that place.
fn literal(pattern: &str) -> (&str, Option<&str>) {
    match pattern.split_once("{{") {
        Some((words, place)) => (words, place.split_once("}}").map(|(_, after)| after)),
        None => (pattern, None),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn words(of: &[(&str, &str)]) -> Words {
        of.iter()
            .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[track_caller]
    fn check(words: &Words, english: &str, expect: Option<&str>) {
        assert_eq!(said(words, &patterns(words), english).as_deref(), expect, "{english:?}");
    }

    #[test]
    fn the_reading_that_knows_most_has_the_sentence_and_places_may_change_their_order() {
        let words = words(&[
            ("you may not see {{1}}", "A voir: {{1}}"),
            ("you may not see Grafana {{1}}", "B Grafana {{1}}"),
            ("there is no {{1}} in {{2}}", "C {{2}}: {{1}}"),
            ("all is well", "D"),
        ]);
        check(&words, "you may not see Grafana a/b", Some("B Grafana a/b"));
        check(&words, "you may not see pods", Some("A voir: pods"));
        check(&words, "there is no x in y", Some("C y: x"));
        check(&words, "all is well", Some("D"));
        for unknown in [
            "all is well now",
            "there is no x",
            "you may not",
            "not see pods",
            "",
            " ",
        ] {
            check(&words, unknown, None);
        }
    }

    #[test]
    fn what_is_filled_in_stays_as_it_is_whatever_it_holds() {
        let words = words(&[
            ("there is no {{1}} in {{2}}", "C {{2}}: {{1}}"),
            ("{{1}}: {{2}} of {{3}} targets up", "{{1}}: {{3}}/{{2}}"),
            ("models in {{1}} more: {{2}}{{3}}", "{{1}} {{2}}{{3}}"),
            ("Loading", "Chargement"),
        ]);
        check(&words, "there is no {{2}} in {{1}}", Some("C {{1}}: {{2}}"));
        check(&words, "there is no {{ in }}", Some("C }}: {{"));
        check(&words, "there is no  in ", Some("C : "));
        check(&words, "there is no 日本 in é\u{301}", Some("C é\u{301}: 日本"));
        check(&words, "there is no a in b in c", Some("C b in c: a"));
        check(&words, "there is no there is no a in b", Some("C b: there is no a"));
        check(&words, "a: 1 of 2 of 3 targets up", Some("a: 2 of 3/1"));
        check(&words, "models in 7 more: a, b, …", Some("7 a, b, …"));
        // A namespace may be called as one of the page's words.
        check(&words, "there is no Loading in Loading", Some("C Loading: Loading"));
    }

    #[test]
    fn sentences_within_sentences_are_said_too_and_marks_alone_say_nothing() {
        let words = words(&[
            ("{{1}}; {{2}}", "{{1}}。{{2}}"),
            ("{{1}}: {{2}}", "{{1}}：{{2}}"),
            ("you may not {{1}}; to grant it: {{2}}", "N {{1}} G {{2}}"),
            ("it stopped: {{1}}", "S {{1}}"),
            ("{{1}} is scraped by {{2}}", "{{1}} B {{2}}"),
            ("{{1}} {{2}}, under names that begin with kserve_", "{{1}} {{2}} K"),
            ("nobody scrapes it", "X"),
            ("run it again", "R"),
        ]);
        check(&words, "granite: nobody scrapes it", Some("granite：X"));
        check(&words, "it stopped: granite: nobody scrapes it", Some("S granite：X"));
        check(&words, "etcd is gone; run it again", Some("etcd is gone。R"));
        check(
            &words,
            "you may not a b; to grant it: oc 1; you may not c d; to grant it: oc 2",
            Some("N a b G oc 1。N c d G oc 2"),
        );
        // Words of an inner sentence, however many, do not have the outer one.
        check(
            &words,
            "a is scraped by PodMonitor b; PodMonitor c, under names that begin with kserve_",
            Some("a B PodMonitor b; PodMonitor c K"),
        );
        check(&words, "it stopped: no; nothing: here", Some("S no; nothing: here"));
        check(&words, "no; nothing: here", None);
    }

    #[test]
    fn what_is_quoted_without_an_end_is_given_up() {
        let words = words(&[("{{1}}; {{2}}", "{{1}}。{{2}}"), ("run it again", "R")]);
        check(&words, &"x; ".repeat(100_000), None);
        check(&words, &format!("{}run it again", "x; ".repeat(50)), None);
    }

    /// Every pattern gives back its own translation: none has the sentences of another.
    #[test]
    fn every_sentence_of_the_server_is_said_in_every_language() {
        for language in super::super::Language::ALL.into_iter().skip(1) {
            let file = |name: &str| -> Words {
                let path = format!("../assets/locales/{}/plugin__servelens{name}.json", language.tag());
                serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap()
            };
            // As they are known together where the engine speaks.
            let mut words = file("");
            let own: Words = ["-told", "-engine"].map(file).into_iter().flatten().collect();
            words.extend(own.clone());
            let patterns = patterns(&words);
            assert!(patterns.len() > 100, "{}", patterns.len());
            for (english, text) in own {
                for names in [["a/b", "c-1", "7", "d"], ["{{2}}", "日本 é", "", "}} {{1}}"]] {
                    let values: Vec<(&str, &str)> = PLACES.into_iter().zip(names).collect();
                    let marks = !english.contains(|c: char| c.is_ascii_alphabetic());
                    let expect = (!marks).then(|| fill(&text, &values));
                    let told = said(&words, &patterns, &fill(&english, &values));
                    assert_eq!(told, expect, "{}: {english}", language.tag());
                }
            }
        }
    }
}
