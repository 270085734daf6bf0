//! No generated query leaves a selector open; and the check that says so finds leaks that are planted.

use std::{cell::RefCell, collections::BTreeSet};

use promql_parser::parser::{
    AggregateExpr, BinaryExpr, Call, Expr, MatrixSelector, ParenExpr, SubqueryExpr, UnaryExpr, VectorSelector,
};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use super::{
    generate::{KINDS, Made, query},
    oracle, wall,
    words::HOSTILE,
};
use crate::{Refusal, Wall, limits::FOREIGN, parser};

/// The same queries in every run: a run that reached every kind once does so always.
fn runner(cases: u32) -> TestRunner {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Whether `text` asks for what `made` asked for, within `ours` and nothing else. The parser has no part in this.
fn leak(made: &Made, text: &str, ours: &(String, String, String)) -> Option<String> {
    let found = match oracle::selectors(text) {
        Ok(found) => found,
        Err(fault) => return Some(format!("unreadable: {fault}")),
    };
    if found.len() != made.selectors.len() {
        return Some(format!("{} selectors became {}", made.selectors.len(), found.len()));
    }
    made.selectors.iter().zip(&found).find_map(|(asked, got)| {
        let mut expected: BTreeSet<_> = asked.matchers.iter().collect();
        expected.insert(ours);
        let same = asked.name == got.name && got.matchers.iter().collect::<BTreeSet<_>>() == expected;
        (!same).then(|| format!("{asked:?} became {got:?}"))
    })
}

/// Whether the query asks, beyond doubt, for another namespace than `allowed`.
fn is_outside(made: &Made, allowed: &[&str]) -> bool {
    let mut matchers = made.selectors.iter().flat_map(|selector| &selector.matchers);
    matchers.any(|(label, operator, value)| {
        label == "namespace"
            && match operator.as_str() {
                "=" => !allowed.contains(&value.as_str()),
                "!=" => allowed == [value.as_str()],
                _ => false,
            }
    })
}

/// A hundred thousand. Each is let through, confined and otherwise unchanged, or refused for a reason that the generator
/// knows of: nothing is refused for convenience.
#[test]
fn promise_10_no_generated_query_leaves_a_selector_open_and_every_kind_of_node_is_reached() {
    let walls = [
        (wall(&["a"]), vec!["a"], ("namespace", "=", "a")),
        (
            wall(&["a", "b\"}c"]),
            vec!["a", "b\"}c"],
            ("namespace", "=~", "a|b\"\\}c"),
        ),
    ];
    let (confined, refused) = (RefCell::new(BTreeSet::new()), RefCell::new([0_u32; 2]));
    let tape = (vec(any::<u8>(), 0..120), any::<bool>());
    let run = runner(100_000).run(&tape, |(tape, second)| {
        let (wall, allowed, ours) = &walls[usize::from(second)];
        let ours = (ours.0.to_owned(), ours.1.to_owned(), ours.2.to_owned());
        let made = query(&tape, &HOSTILE);
        let outside = is_outside(&made, allowed);
        match wall.confine(&made.text) {
            Ok(text) => {
                prop_assert!(!outside, "{} → {text}", made.text);
                prop_assert_eq!(leak(&made, &text, &ours), None, "{} → {}", made.text, text);
                confined.borrow_mut().extend(made.kinds);
                refused.borrow_mut()[0] += 1;
            }
            Err(Refusal::Outside { .. }) => {
                prop_assert!(outside, "{}", made.text);
                refused.borrow_mut()[1] += 1;
            }
            Err(refusal) => prop_assert!(false, "{} is refused: {refusal}", made.text),
        }
        Ok(())
    });
    run.unwrap();
    let reached = confined.into_inner();
    assert_eq!(reached.into_iter().collect::<Vec<_>>(), KINDS);
    let [through, outside] = refused.into_inner();
    println!("{through} confined, {outside} refused as outside");
    assert!(through > 50_000 && outside > 1_000, "{through} {outside}");
}

/// The kinds of node that the parser sees: all there are but extensions, which no text makes.
fn kinds(tree: &Expr, seen: &mut BTreeSet<&'static str>) {
    let (kind, below): (_, Vec<&Expr>) = match tree {
        Expr::Aggregate(node) => (
            "aggregate",
            node.param.iter().chain([&node.expr]).map(Box::as_ref).collect(),
        ),
        Expr::Unary(node) => ("unary", vec![&node.expr]),
        Expr::Binary(node) => ("binary", vec![&node.lhs, &node.rhs]),
        Expr::Paren(node) => ("paren", vec![&node.expr]),
        Expr::Subquery(node) => ("subquery", vec![&node.expr]),
        Expr::NumberLiteral(_) => ("number", vec![]),
        Expr::StringLiteral(_) => ("string", vec![]),
        Expr::VectorSelector(_) => ("vector selector", vec![]),
        Expr::MatrixSelector(_) => ("matrix selector", vec![]),
        Expr::Call(node) => ("call", node.args.args.iter().map(Box::as_ref).collect()),
        Expr::Extension(_) => ("extension", vec![]),
    };
    seen.insert(kind);
    below.into_iter().for_each(|tree| kinds(tree, seen));
}

#[test]
fn the_parser_sees_every_kind_of_node_in_the_generated_queries() {
    let seen = RefCell::new(BTreeSet::new());
    let run = runner(2_000).run(&vec(any::<u8>(), 0..120), |tape| {
        let tree =
            parser::parse(&query(&tape, &HOSTILE).text).map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
        kinds(&tree, &mut seen.borrow_mut());
        Ok(())
    });
    run.unwrap();
    let seen: Vec<_> = seen.into_inner().into_iter().collect();
    let all = [
        "aggregate",
        "binary",
        "call",
        "matrix selector",
        "number",
        "paren",
        "string",
        "subquery",
        "unary",
    ];
    assert_eq!(seen, [&all[..], &["vector selector"]].concat());
}

/// Where a walker that was written in haste would not look.
#[derive(Debug, Clone, Copy)]
enum Plant {
    Parameter,
    RightSide,
    Subquery,
    Range,
    SecondArgument,
    Sign,
}

/// Takes the matcher away again from everything below the planted place.
fn plant(tree: &mut Expr, spot: Plant, below: bool, ours: &str) {
    let on = |tree: &mut Expr, here: bool| plant(tree, spot, below || here, ours);
    let open = |selector: &mut VectorSelector| selector.matchers.matchers.retain(|matcher| matcher.to_string() != ours);
    match tree {
        Expr::Aggregate(AggregateExpr { expr, param, .. }) => {
            if let Some(param) = param {
                on(param, matches!(spot, Plant::Parameter));
            }
            on(expr, false);
        }
        Expr::Unary(UnaryExpr { expr }) => on(expr, matches!(spot, Plant::Sign)),
        Expr::Paren(ParenExpr { expr }) => on(expr, false),
        Expr::Binary(BinaryExpr { lhs, rhs, .. }) => {
            on(lhs, false);
            on(rhs, matches!(spot, Plant::RightSide));
        }
        Expr::Subquery(SubqueryExpr { expr, .. }) => on(expr, matches!(spot, Plant::Subquery)),
        Expr::Call(Call { args, .. }) => {
            for (at, argument) in args.args.iter_mut().enumerate() {
                on(argument, at > 0 && matches!(spot, Plant::SecondArgument));
            }
        }
        Expr::VectorSelector(selector) if below => open(selector),
        Expr::MatrixSelector(MatrixSelector { vs, .. }) if below || matches!(spot, Plant::Range) => open(vs),
        Expr::VectorSelector(_) | Expr::MatrixSelector(_) | Expr::NumberLiteral(_) | Expr::StringLiteral(_) => {}
        Expr::Extension(_) => unreachable!(),
    }
}

/// How many of `cases` queries leak, and how many of those the oracle and the verification each find.
fn planted(wall: &Wall, spot: Plant, cases: u32) -> [usize; 3] {
    let ours = ("namespace".to_owned(), "=".to_owned(), "a".to_owned());
    let counts = RefCell::new([0; 3]);
    let run = runner(cases).run(&vec(any::<u8>(), 0..120), |tape| {
        let made = query(&tape, &HOSTILE);
        let Ok(mut tree) = parser::parse(&made.text) else {
            return Err(TestCaseError::fail(made.text));
        };
        if wall.enforce(&mut tree, &FOREIGN).is_err() {
            return Ok(());
        }
        let good = tree.clone();
        plant(&mut tree, spot, false, "namespace=\"a\"");
        if tree != good {
            let mut counts = counts.borrow_mut();
            counts[0] += 1;
            counts[1] += usize::from(leak(&made, &tree.to_string(), &ours).is_some());
            counts[2] += usize::from(wall.print_and_verify(&tree, &FOREIGN).is_err());
        }
        Ok(())
    });
    run.unwrap();
    counts.into_inner()
}

#[test]
fn promise_10_a_leak_planted_on_purpose_is_found_by_the_check_and_by_the_verification() {
    for spot in [
        Plant::Parameter,
        Plant::RightSide,
        Plant::Subquery,
        Plant::Range,
        Plant::SecondArgument,
        Plant::Sign,
    ] {
        let [leaks, by_oracle, by_verification] = planted(&wall(&["a"]), spot, 2_000);
        assert!(leaks >= 10, "{spot:?}: only {leaks} queries reach the place");
        assert_eq!([by_oracle, by_verification], [leaks, leaks], "{spot:?}");
    }
}

proptest! {
    #![proptest_config(Config { cases: 20_000, failure_persistence: None, ..Config::default() })]

    /// Whatever is let through, the parser or not, is confined in the eyes of both readers.
    #[test]
    fn any_text_at_all_is_answered_and_nothing_open_comes_out(text in "[\\PC\\n\\r]{0,60}|[a-c{}()\\[\\]\"'`=~!,@#:+*/ \\\\0-9\n\r]{0,40}") {
        if let Ok(confined) = wall(&["a"]).confine(&text) {
            let ours = ("namespace".to_owned(), "=".to_owned(), "a".to_owned());
            for selector in oracle::selectors(&confined).map_err(TestCaseError::fail)? {
                prop_assert!(selector.matchers.contains(&ours), "{text} → {confined}");
            }
        }
    }

    /// Bytes of a good query changed at random: near misses find more than noise does.
    #[test]
    fn a_query_with_changed_bytes_never_comes_out_open(tape in vec(any::<u8>(), 0..80), at in any::<prop::sample::Index>(), with in "[a-z{}()\\[\\]\"'`=~!,@#:+\\\\ \n\r]{0,3}", cut in 0_usize..4) {
        let text: Vec<char> = query(&tape, &HOSTILE).text.chars().collect();
        let from = at.index(text.len());
        let until = (from + cut).min(text.len());
        let changed: String = text[..from].iter().copied().chain(with.chars()).chain(text[until..].iter().copied()).collect();
        if let Ok(confined) = wall(&["a"]).confine(&changed) {
            let ours = ("namespace".to_owned(), "=".to_owned(), "a".to_owned());
            for selector in oracle::selectors(&confined).map_err(TestCaseError::fail)? {
                prop_assert!(selector.matchers.contains(&ours), "{changed} → {confined}");
            }
        }
    }
}
