//! The matcher on every selector, and the proof that it is there.
//!
//! No `match` here has an arm for "the rest" and no node is taken apart with `..` where it could hold another node: what
//! a later parser adds must be thought about before this compiles again.

use promql_parser::{
    label::{MatchOp, Matcher, Matchers},
    parser::{
        AggregateExpr, AtModifier, BinModifier, BinaryExpr, Call, Expr, FunctionArgs, LabelModifier, MatrixSelector,
        ParenExpr, SubqueryExpr, UnaryExpr, VectorMatchCardinality, VectorMatchFillValues, VectorSelector, token,
    },
};

use crate::{
    Refusal, functions,
    limits::{self, FOREIGN, Limits, OWN},
    parser,
};

/// One label and the values of it that may be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wall {
    label: String,
    values: Vec<String>,
    matcher: Matcher,
}

impl Wall {
    /// A wall that lets `values` of `label` through. Without any value there is nothing to ask.
    pub fn new(label: &str, values: impl IntoIterator<Item = String>) -> Result<Self, Refusal> {
        let mut values: Vec<String> = values.into_iter().collect();
        values.sort_unstable();
        values.dedup();
        // An empty value would match every series without the label.
        if values.is_empty() || values.iter().any(String::is_empty) {
            return Err(Refusal::NothingAllowed);
        }
        let matcher = match values.as_slice() {
            [only] => Matcher::new(MatchOp::Equal, label, only),
            several => {
                let pattern = several
                    .iter()
                    .map(|value| regex_syntax::escape(value))
                    .collect::<Vec<_>>()
                    .join("|");
                Matcher::new_matcher(token::T_EQL_REGEX, label.to_owned(), pattern)
                    .map_err(|_| Refusal::NothingAllowed)?
            }
        };
        Ok(Self {
            label: label.to_owned(),
            values,
            matcher,
        })
    }

    /// The query with every selector in it confined.
    ///
    /// Recursive: call it with [`crate::STACK_BYTES`] of stack.
    pub fn confine(&self, query: &str) -> Result<String, Refusal> {
        self.query(query, &FOREIGN)
    }

    /// A `match[]` value, confined. Refuses everything but a plain selector.
    pub fn confine_selector(&self, selector: &str) -> Result<String, Refusal> {
        self.selector(selector, &FOREIGN)
    }

    /// As [`Wall::confine`], for a query that the catalogue has made: its lists may be longer.
    pub fn confine_own(&self, query: &str) -> Result<String, Refusal> {
        self.query(query, &OWN).map_err(own)
    }

    /// As [`Wall::confine_selector`], for a selector that the catalogue has made.
    pub fn confine_own_selector(&self, selector: &str) -> Result<String, Refusal> {
        self.selector(selector, &OWN).map_err(own)
    }

    fn query(&self, query: &str, limits: &Limits) -> Result<String, Refusal> {
        limits::check(query, limits)?;
        let mut tree = parser::parse(query)?;
        self.enforce(&mut tree, limits)?;
        self.print_and_verify(&tree, limits)
    }

    fn selector(&self, selector: &str, limits: &Limits) -> Result<String, Refusal> {
        limits::check(selector, limits)?;
        let mut tree = match parser::parse(selector)? {
            tree @ Expr::VectorSelector(VectorSelector {
                name: _,
                matchers: _,
                offset: None,
                at: None,
            }) => tree,
            _ => return Err(Refusal::NotASelector),
        };
        self.enforce(&mut tree, limits)?;
        self.print_and_verify(&tree, limits)
    }

    /// The selector of everything within the wall, for requests that name no series.
    #[must_use]
    pub fn everything(&self) -> String {
        format!("{{{}}}", Matchers::new(vec![self.matcher.clone()]))
    }

    /// The text of `tree`, once it is proved that the text says the same and every selector in it is confined.
    pub(crate) fn print_and_verify(&self, tree: &Expr, limits: &Limits) -> Result<String, Refusal> {
        let printed = tree.to_string();
        if printed.len() > limits.confined_bytes {
            return Err(Refusal::TooLongConfined);
        }
        let mut read_again = parser::parse(&printed).map_err(|_| Refusal::NotFaithful)?;
        if !self.holds(&read_again)? {
            return Err(Refusal::NotFaithful);
        }
        // Enforcing again adds nothing and brings the matchers into the order of `tree`, so that the two can be compared.
        self.enforce(&mut read_again, limits)?;
        if read_again != *tree {
            return Err(Refusal::NotFaithful);
        }
        Ok(printed)
    }

    /// Puts the matcher on every selector of the tree.
    pub(crate) fn enforce(&self, tree: &mut Expr, limits: &Limits) -> Result<(), Refusal> {
        match tree {
            Expr::Aggregate(AggregateExpr {
                op: _,
                expr,
                param,
                modifier,
            }) => {
                // `by ()` is what no modifier is, and is printed as none.
                modifier.take_if(|modifier| modifier.is_include() && modifier.labels().is_empty());
                if let Some(parameter) = param {
                    self.enforce(parameter, limits)?;
                }
                self.enforce(expr, limits)
            }
            Expr::Unary(UnaryExpr { expr }) | Expr::Paren(ParenExpr { expr }) => self.enforce(expr, limits),
            Expr::Binary(BinaryExpr {
                op: _,
                lhs,
                rhs,
                modifier,
            }) => {
                plain_modifier(modifier)?;
                self.enforce(lhs, limits)?;
                self.enforce(rhs, limits)
            }
            Expr::Subquery(SubqueryExpr {
                expr,
                offset: _,
                at,
                range: _,
                step: _,
            }) => {
                faithful_time(at.as_ref())?;
                self.enforce(expr, limits)
            }
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) => Ok(()),
            Expr::VectorSelector(selector) | Expr::MatrixSelector(MatrixSelector { vs: selector, range: _ }) => {
                self.enforce_selector(selector, limits)
            }
            Expr::Call(Call {
                func,
                args: FunctionArgs { args },
            }) => {
                if !functions::is_known(func.name) {
                    return Err(Refusal::UnknownFunction(func.name.to_owned()));
                }
                args.iter_mut().try_for_each(|argument| self.enforce(argument, limits))
            }
            Expr::Extension(_) => Err(Refusal::Unsupported("An extension of the language")),
        }
    }

    fn enforce_selector(&self, selector: &mut VectorSelector, limits: &Limits) -> Result<(), Refusal> {
        let VectorSelector {
            name: _,
            matchers: Matchers { matchers, or_matchers },
            offset: _,
            at,
        } = selector;
        faithful_time(at.as_ref())?;
        // VictoriaMetrics's syntax. Printing such a selector drops what stands beside its groups: our matcher.
        if !or_matchers.is_empty() {
            return Err(Refusal::Unsupported("The word `or` inside of a selector"));
        }
        for theirs in matchers.iter().filter(|matcher| matcher.name == self.label) {
            // Only what is certain is refused: a regular expression is left to Prometheus, whose dialect differs from the
            // parser's, and stands beside our own matcher, so that both must hold.
            let outside = match theirs.op {
                MatchOp::Equal => !self.values.contains(&theirs.value),
                MatchOp::NotEqual => self.values == [theirs.value.clone()],
                MatchOp::Re(_) | MatchOp::NotRe(_) => false,
            };
            if outside && limits.refuses_outside {
                let asked = theirs.value.chars().take(64).collect();
                return Err(Refusal::Outside {
                    label: self.label.clone(),
                    asked,
                });
            }
        }
        if !matchers.contains(&self.matcher) {
            matchers.push(self.matcher.clone());
        }
        // Printing sorts them, too.
        matchers.sort_by_cached_key(ToString::to_string);
        Ok(())
    }

    /// Whether every selector of the tree carries the matcher.
    pub(crate) fn holds(&self, tree: &Expr) -> Result<bool, Refusal> {
        Ok(match tree {
            Expr::Aggregate(AggregateExpr {
                op: _,
                expr,
                param,
                modifier: _,
            }) => {
                let parameter = param.as_ref().map_or(Ok(true), |parameter| self.holds(parameter))?;
                parameter && self.holds(expr)?
            }
            Expr::Unary(UnaryExpr { expr })
            | Expr::Paren(ParenExpr { expr })
            | Expr::Subquery(SubqueryExpr {
                expr,
                offset: _,
                at: _,
                range: _,
                step: _,
            }) => self.holds(expr)?,
            Expr::Binary(BinaryExpr {
                op: _,
                lhs,
                rhs,
                modifier: _,
            }) => self.holds(lhs)? && self.holds(rhs)?,
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) => true,
            Expr::VectorSelector(selector) | Expr::MatrixSelector(MatrixSelector { vs: selector, range: _ }) => {
                selector.matchers.or_matchers.is_empty() && selector.matchers.matchers.contains(&self.matcher)
            }
            Expr::Call(Call {
                func: _,
                args: FunctionArgs { args },
            }) => {
                for argument in args {
                    if !self.holds(argument)? {
                        return Ok(false);
                    }
                }
                true
            }
            Expr::Extension(_) => return Err(Refusal::Unsupported("An extension of the language")),
        })
    }
}

/// A limit that a query of our own has met: what was chosen is what made it long.
fn own(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::TooLong(_)
        | Refusal::TooManyOperators
        | Refusal::TooLongConfined
        | Refusal::RegexTooLong
        | Refusal::RegexTooHeavy => Refusal::TooMuchChosen,
        other => other,
    }
}

/// Brings a modifier into the form that it has after printing, and refuses what not every Prometheus knows.
fn plain_modifier(modifier: &mut Option<BinModifier>) -> Result<(), Refusal> {
    let Some(BinModifier {
        card,
        matching,
        return_bool: _,
        fill_values,
    }) = modifier
    else {
        return Ok(());
    };
    if *fill_values != VectorMatchFillValues::default() {
        return Err(Refusal::Unsupported("A fill modifier"));
    }
    // `ignoring ()` is what no matching is, and is printed as none.
    let ungrouped = matches!(
        card,
        VectorMatchCardinality::OneToOne | VectorMatchCardinality::ManyToMany
    );
    if ungrouped {
        matching.take_if(|matching| matches!(matching, LabelModifier::Exclude(labels) if labels.is_empty()));
    }
    modifier.take_if(|modifier| *modifier == BinModifier::default());
    Ok(())
}

/// A time before 1970 is printed as 0 by the parser: the query would mean something else.
fn faithful_time(at: Option<&AtModifier>) -> Result<(), Refusal> {
    match (at, AtModifier::try_from(0.0)) {
        (Some(AtModifier::At(time)), Ok(AtModifier::At(epoch))) if *time < epoch => {
            Err(Refusal::Unsupported("A negative @ time"))
        }
        (Some(AtModifier::At(_) | AtModifier::Start | AtModifier::End) | None, _) => Ok(()),
    }
}
