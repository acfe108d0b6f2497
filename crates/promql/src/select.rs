//! Selectors: metric names and matchers, and the ranges, `offset` and `@` modifiers after them.

use super::lex::Word;
use super::read::{Reader, want};
use super::{
    Expr, Fault, Kind, MatchOperator, Matcher, Selector, Shift, Subquery, Type, Variables, Window,
};

const MATCH_OPERATORS: [(&str, MatchOperator); 4] = [
    ("=", MatchOperator::Equal),
    ("!=", MatchOperator::NotEqual),
    ("=~", MatchOperator::Regex),
    ("!~", MatchOperator::NotRegex),
];

impl Reader {
    pub(super) fn selector(
        &mut self,
        name: Option<String>,
        start: usize,
    ) -> Result<Selector, Fault> {
        let mut open = self.end_of_last();
        let mut matchers = Vec::new();
        let braces = self.is_sign("{");
        if braces {
            open = self.next().span.end;
            while !self.take_sign("}") {
                matchers.push(self.matcher()?);
                if !self.take_sign(",") && !self.is_sign("}") {
                    return Err(self.unexpected("`,` or `}`"));
                }
            }
        }
        let span = start..self.end_of_last();
        if name.is_none() && !matchers.iter().any(says_something) {
            return Err(Fault::new(
                span,
                "this selector matches every series: name a metric",
            ));
        }
        Ok(Selector {
            name,
            matchers,
            open,
            braces,
            shift: Shift::None,
            span,
        })
    }

    fn matcher(&mut self) -> Result<Matcher, Fault> {
        let label = self.label()?;
        let Some((_, operator)) = MATCH_OPERATORS
            .into_iter()
            .find(|(sign, _)| self.take_sign(sign))
        else {
            return Err(self.unexpected("`=`, `!=`, `=~` or `!~`"));
        };
        let Word::Text(value) = &self.peek().word else {
            return Err(self.unexpected("a string in quotes"));
        };
        let value = value.clone();
        self.at += 1;
        Ok(Matcher {
            label,
            operator,
            value,
        })
    }

    /// Ranges and modifiers after an expression.
    pub(super) fn suffixes(&mut self, mut expr: Expr) -> Result<Expr, Fault> {
        loop {
            if self.take_sign("[") {
                expr = self.range(expr)?;
            } else if self.take_keyword("offset") {
                let sign = if self.take_sign("-") { -1.0 } else { 1.0 };
                let Word::Duration(length) = self.peek().word else {
                    return Err(self.unexpected("a duration"));
                };
                self.at += 1;
                *shift_of(&mut expr)? = Shift::Offset(sign * length.as_secs_f64());
            } else if self.take_sign("@") {
                self.moment()?;
                *shift_of(&mut expr)? = Shift::At;
            } else {
                return Ok(expr);
            }
            expr.span.end = self.end_of_last();
        }
    }

    fn range(&mut self, expr: Expr) -> Result<Expr, Fault> {
        let range = self.window()?;
        let is_subquery = self.take_sign(":");
        let step = if is_subquery && !self.is_sign("]") {
            Some(self.window()?)
        } else {
            None
        };
        self.expect("]")?;
        let span = expr.span.clone();
        if is_subquery {
            want(&expr, &[Type::Vector], "a subquery")?;
            let subquery = Subquery {
                expr,
                range,
                step,
                shift: Shift::None,
            };
            return Ok(Expr {
                kind: Kind::Subquery(Box::new(subquery)),
                span,
            });
        }
        match expr.kind {
            Kind::Select(selector) => Ok(Expr {
                kind: Kind::Range(selector, range),
                span,
            }),
            Kind::Number(_)
            | Kind::Text(_)
            | Kind::Range(..)
            | Kind::Subquery(_)
            | Kind::Call(..)
            | Kind::Aggregate(_)
            | Kind::Binary(_)
            | Kind::Negative(_)
            | Kind::Parentheses(_) => Err(expr.fault(
                "a range is only allowed after a selector; write a subquery, as in [1h:5m]",
            )),
        }
    }

    /// The time after `@`: seconds since 1970, `start()` or `end()`.
    fn moment(&mut self) -> Result<(), Fault> {
        if self.take_keyword("start") || self.take_keyword("end") {
            self.expect("(")?;
            self.expect(")")?;
            return Ok(());
        }
        let Word::Number(_) = self.peek().word else {
            return Err(self.unexpected("a time in seconds, `start()` or `end()`"));
        };
        self.at += 1;
        Ok(())
    }

    fn window(&mut self) -> Result<Window, Fault> {
        let window = match &self.peek().word {
            Word::Duration(length) if !length.is_zero() => Window::Fixed(*length),
            Word::Variable(name) if self.variables == Variables::Allowed => {
                Window::Variable(name.clone())
            }
            Word::Variable(_) => {
                return Err(
                    self.unexpected("a duration (Grafana variables are not available in rules)")
                );
            }
            Word::Name(_)
            | Word::Number(_)
            | Word::Duration(_)
            | Word::Text(_)
            | Word::Sign(_)
            | Word::End => {
                return Err(self.unexpected("a duration, as in [15m]"));
            }
        };
        self.at += 1;
        Ok(window)
    }
}

fn shift_of(expr: &mut Expr) -> Result<&mut Shift, Fault> {
    let span = expr.span.clone();
    match &mut expr.kind {
        Kind::Select(selector) | Kind::Range(selector, _) => Ok(&mut selector.shift),
        Kind::Subquery(subquery) => Ok(&mut subquery.shift),
        Kind::Number(_)
        | Kind::Text(_)
        | Kind::Call(..)
        | Kind::Aggregate(_)
        | Kind::Binary(_)
        | Kind::Negative(_)
        | Kind::Parentheses(_) => Err(Fault::new(
            span,
            "`offset` and `@` are only allowed after a selector or a subquery",
        )),
    }
}

fn says_something(matcher: &Matcher) -> bool {
    match matcher.operator {
        MatchOperator::Equal => !matcher.value.is_empty(),
        MatchOperator::Regex => !matcher.value.is_empty() && matcher.value != ".*",
        MatchOperator::NotEqual | MatchOperator::NotRegex => matcher.value.is_empty(),
    }
}
