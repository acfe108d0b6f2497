//! The parser: tokens to a syntax tree, by operator precedence, with type checks.

use std::ops::Range;

use super::lex::{self, Token, Word};
use super::{
    Aggregate, Aggregator, Binary, Expr, Fault, Function, Grouping, Kind, Many, Matching, Operator,
    Type, Variables,
};

const AGGREGATORS: [(&str, Aggregator); 12] = [
    ("avg", Aggregator::Avg),
    ("bottomk", Aggregator::Bottomk),
    ("count", Aggregator::Count),
    ("count_values", Aggregator::CountValues),
    ("group", Aggregator::Group),
    ("max", Aggregator::Max),
    ("min", Aggregator::Min),
    ("quantile", Aggregator::Quantile),
    ("stddev", Aggregator::Stddev),
    ("stdvar", Aggregator::Stdvar),
    ("sum", Aggregator::Sum),
    ("topk", Aggregator::Topk),
];

/// Operators and their precedence; only `^` is right-associative.
const OPERATORS: [(Operator, u8); 16] = [
    (Operator::Or, 1),
    (Operator::And, 2),
    (Operator::Unless, 2),
    (Operator::Equal, 3),
    (Operator::NotEqual, 3),
    (Operator::Greater, 3),
    (Operator::GreaterOrEqual, 3),
    (Operator::Less, 3),
    (Operator::LessOrEqual, 3),
    (Operator::Add, 4),
    (Operator::Subtract, 4),
    (Operator::Multiply, 5),
    (Operator::Divide, 5),
    (Operator::Modulo, 5),
    (Operator::Atan2, 5),
    (Operator::Power, 6),
];

/// A unary sign has the precedence of a multiplication: `-a^b` is `-(a^b)`.
const SIGN: u8 = 5;

/// Deeper than any expression a person writes, and far from a stack overflow.
const DEEPEST: usize = 60;

pub(super) fn read(text: &str, variables: Variables) -> Result<Expr, Fault> {
    let mut reader = Reader {
        words: lex::words(text)?,
        at: 0,
        depth: 0,
        variables,
    };
    if reader.peek().word == Word::End {
        return Err(Fault::new(0..text.len(), "empty expression"));
    }
    let expr = reader.expression(0)?;
    if reader.peek().word == Word::End {
        Ok(expr)
    } else {
        Err(reader.unexpected("an operator or the end of input"))
    }
}

pub(super) struct Reader {
    words: Vec<Token>,
    pub(super) at: usize,
    depth: usize,
    pub(super) variables: Variables,
}

impl Reader {
    pub(super) fn peek(&self) -> &Token {
        // The last token is the end of input, which is never consumed.
        &self.words[self.at.min(self.words.len() - 1)]
    }

    pub(super) fn next(&mut self) -> Token {
        let token = self.peek().clone();
        if token.word != Word::End {
            self.at += 1;
        }
        token
    }

    pub(super) fn is_sign(&self, sign: &str) -> bool {
        matches!(self.peek().word, Word::Sign(found) if found == sign)
    }

    pub(super) fn take_sign(&mut self, sign: &str) -> bool {
        let found = self.is_sign(sign);
        if found {
            self.at += 1;
        }
        found
    }

    /// Keywords are case-insensitive.
    fn is_keyword(&self, keyword: &str) -> bool {
        matches!(&self.peek().word, Word::Name(name) if name.eq_ignore_ascii_case(keyword))
    }

    pub(super) fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.is_keyword(keyword);
        if found {
            self.at += 1;
        }
        found
    }

    pub(super) fn expect(&mut self, sign: &'static str) -> Result<Range<usize>, Fault> {
        let span = self.peek().span.clone();
        if self.take_sign(sign) {
            Ok(span)
        } else {
            Err(self.unexpected(&format!("`{sign}`")))
        }
    }

    pub(super) fn unexpected(&self, wanted: &str) -> Fault {
        let token = self.peek();
        let found = match &token.word {
            Word::Name(name) => format!("`{name}`"),
            Word::Number(number) => format!("`{number}`"),
            Word::Duration(_) => "a duration".to_owned(),
            Word::Text(_) => "a string".to_owned(),
            Word::Variable(name) => format!("`{name}`"),
            Word::Sign(sign) => format!("`{sign}`"),
            Word::End => "end of input".to_owned(),
        };
        Fault::new(
            token.span.clone(),
            format!("expected {wanted}, found {found}"),
        )
    }

    pub(super) fn end_of_last(&self) -> usize {
        self.at
            .checked_sub(1)
            .map_or(0, |last| self.words[last].span.end)
    }

    fn operator(&self) -> Option<(Operator, u8)> {
        let is = |name: &str| match &self.peek().word {
            Word::Sign(sign) => *sign == name,
            Word::Name(word) => word.eq_ignore_ascii_case(name),
            Word::Number(_) | Word::Duration(_) | Word::Text(_) | Word::Variable(_) | Word::End => {
                false
            }
        };
        OPERATORS
            .into_iter()
            .find(|(operator, _)| is(operator.sign()))
    }

    /// An expression whose operators have at least this precedence.
    fn expression(&mut self, least: u8) -> Result<Expr, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            let message = format!("expression is nested too deeply (limit {DEEPEST})");
            return Err(Fault::new(self.peek().span.clone(), message));
        }
        let mut left = self.operand()?;
        while let Some((operator, binds)) = self.operator().filter(|(_, binds)| *binds >= least) {
            self.at += 1;
            let (is_bool, matching, many) = self.modifiers()?;
            let right = self.expression(if operator == Operator::Power {
                binds
            } else {
                binds + 1
            })?;
            let span = left.span.start..right.span.end;
            let binary = Binary {
                operator,
                is_bool,
                matching,
                many,
                left,
                right,
            };
            check_binary(&binary, &span)?;
            left = Expr {
                kind: Kind::Binary(Box::new(binary)),
                span,
            };
        }
        self.depth -= 1;
        Ok(left)
    }

    fn modifiers(&mut self) -> Result<(bool, Matching, Many), Fault> {
        let is_bool = self.take_keyword("bool");
        let matching = if self.take_keyword("on") {
            Matching::On(self.labels()?)
        } else if self.take_keyword("ignoring") {
            Matching::Ignoring(self.labels()?)
        } else {
            Matching::All
        };
        let many = if matching == Matching::All {
            Many::Neither
        } else if self.take_keyword("group_left") {
            Many::Left(self.optional_labels()?)
        } else if self.take_keyword("group_right") {
            Many::Right(self.optional_labels()?)
        } else {
            Many::Neither
        };
        Ok((is_bool, matching, many))
    }

    fn optional_labels(&mut self) -> Result<Vec<String>, Fault> {
        if self.is_sign("(") {
            self.labels()
        } else {
            Ok(Vec::new())
        }
    }

    fn labels(&mut self) -> Result<Vec<String>, Fault> {
        self.expect("(")?;
        let mut labels = Vec::new();
        while !self.take_sign(")") {
            labels.push(self.label()?);
            if !self.take_sign(",") && !self.is_sign(")") {
                return Err(self.unexpected("`,` or `)`"));
            }
        }
        Ok(labels)
    }

    pub(super) fn label(&mut self) -> Result<String, Fault> {
        if let Word::Name(name) = &self.peek().word
            && !name.contains(':')
        {
            let name = name.clone();
            self.at += 1;
            return Ok(name);
        }
        Err(self.unexpected("a label"))
    }

    /// A unary sign, or an atom with its ranges and modifiers.
    fn operand(&mut self) -> Result<Expr, Fault> {
        let start = self.peek().span.start;
        if self.take_sign("-") {
            let inner = self.expression(SIGN + 1)?;
            want(&inner, &[Type::Scalar, Type::Vector], "a unary sign")?;
            let span = start..inner.span.end;
            return Ok(Expr {
                kind: Kind::Negative(Box::new(inner)),
                span,
            });
        }
        if self.take_sign("+") {
            return self.expression(SIGN + 1);
        }
        let expr = self.atom()?;
        self.suffixes(expr)
    }

    fn atom(&mut self) -> Result<Expr, Fault> {
        let token = self.next();
        let start = token.span.start;
        let kind = match token.word {
            Word::Number(number) => Kind::Number(number),
            Word::Text(text) => Kind::Text(text),
            Word::Sign("(") => {
                let inner = self.expression(0)?;
                self.expect(")")?;
                Kind::Parentheses(Box::new(inner))
            }
            Word::Sign("{") => {
                self.at -= 1;
                Kind::Select(self.selector(None, start)?)
            }
            Word::Name(name) => self.named(name, &token.span)?,
            Word::Duration(_) | Word::Variable(_) | Word::Sign(_) | Word::End => {
                self.at -= usize::from(token.word != Word::End);
                return Err(self.unexpected("an expression"));
            }
        };
        Ok(Expr {
            kind,
            span: start..self.end_of_last(),
        })
    }

    fn named(&mut self, name: String, span: &Range<usize>) -> Result<Kind, Fault> {
        let lower = name.to_ascii_lowercase();
        let aggregates = self.is_sign("(") || self.is_keyword("by") || self.is_keyword("without");
        if let Some((_, operator)) = AGGREGATORS
            .iter()
            .find(|(word, _)| aggregates && *word == lower)
        {
            return self.aggregate(*operator);
        }
        if self.is_sign("(") {
            return self.call(&name, span);
        }
        match lower.as_str() {
            "bool" | "group_left" | "group_right" | "ignoring" | "on" => {
                let message = format!("`{name}` is only allowed after a binary operator");
                Err(Fault::new(span.clone(), message))
            }
            "inf" => Ok(Kind::Number(f64::INFINITY)),
            "nan" => Ok(Kind::Number(f64::NAN)),
            _ => Ok(Kind::Select(self.selector(Some(name), span.start)?)),
        }
    }

    fn aggregate(&mut self, operator: Aggregator) -> Result<Kind, Fault> {
        let before = self.grouping()?;
        self.expect("(")?;
        let mut arguments = vec![self.expression(0)?];
        while self.take_sign(",") {
            arguments.push(self.expression(0)?);
        }
        let close = self.expect(")")?;
        let after = if before.is_none() {
            self.grouping()?
        } else {
            None
        };
        let parameter_type = match operator {
            Aggregator::Bottomk | Aggregator::Quantile | Aggregator::Topk => Some(Type::Scalar),
            Aggregator::CountValues => Some(Type::Text),
            Aggregator::Avg
            | Aggregator::Count
            | Aggregator::Group
            | Aggregator::Max
            | Aggregator::Min
            | Aggregator::Stddev
            | Aggregator::Stdvar
            | Aggregator::Sum => None,
        };
        let wanted = 1 + usize::from(parameter_type.is_some());
        let count = arguments.len();
        let (Some(expr), true) = (arguments.pop(), count == wanted) else {
            let plural = if wanted == 1 { "" } else { "s" };
            let message = format!("expected {wanted} argument{plural}, found {count}");
            return Err(Fault::new(close, message));
        };
        want(&expr, &[Type::Vector], "an aggregation")?;
        let parameter = arguments.pop();
        if let Some((parameter, wanted)) = parameter.as_ref().zip(parameter_type) {
            want(parameter, &[wanted], "this aggregation")?;
        }
        let grouping = before.or(after).unwrap_or(Grouping::By(Vec::new()));
        Ok(Kind::Aggregate(Box::new(Aggregate {
            operator,
            parameter,
            expr,
            grouping,
        })))
    }

    fn grouping(&mut self) -> Result<Option<Grouping>, Fault> {
        Ok(if self.take_keyword("by") {
            Some(Grouping::By(self.labels()?))
        } else if self.take_keyword("without") {
            Some(Grouping::Without(self.labels()?))
        } else {
            None
        })
    }

    fn call(&mut self, name: &str, span: &Range<usize>) -> Result<Kind, Fault> {
        let Some(function) = Function::named(name) else {
            let message = format!("unknown function `{name}`");
            return Err(Fault {
                known: Function::names().collect(),
                ..Fault::new(span.clone(), message)
            });
        };
        self.expect("(")?;
        let mut arguments = Vec::new();
        while !self.is_sign(")") {
            arguments.push(self.expression(0)?);
            if !self.take_sign(",") {
                break;
            }
        }
        let close = self.expect(")")?;
        let (least, most) = (
            function.takes.len() - function.optional,
            function.takes.len(),
        );
        if arguments.len() < least || (arguments.len() > most && !function.repeats) {
            let wanted = if least == most {
                least.to_string()
            } else {
                format!("{least} or {most}")
            };
            let plural = if wanted == "1" { "" } else { "s" };
            let message = format!(
                "`{name}` expects {wanted} argument{plural}, found {}",
                arguments.len()
            );
            return Err(Fault::new(span.start..close.end, message));
        }
        for (at, argument) in arguments.iter().enumerate() {
            let wanted = function.takes.get(at).or(function.takes.last());
            want(
                argument,
                wanted.map_or(&[], std::slice::from_ref),
                &format!("`{name}`"),
            )?;
        }
        Ok(Kind::Call(function, arguments))
    }
}

fn check_binary(binary: &Binary, span: &Range<usize>) -> Result<(), Fault> {
    let fault = |message: &str| Err(Fault::new(span.clone(), message));
    let Binary {
        operator,
        left,
        right,
        ..
    } = binary;
    for side in [left, right] {
        want(side, &[Type::Scalar, Type::Vector], "an operator")?;
    }
    let scalars = [left, right]
        .iter()
        .filter(|side| side.value_type() == Type::Scalar)
        .count();
    if operator.is_set() && scalars > 0 {
        return fault(
            "`and`, `or` and `unless` need an instant vector on both sides, found a scalar",
        );
    }
    if operator.is_comparison() && scalars == 2 && !binary.is_bool {
        return fault("a comparison of two scalars needs `bool`, as in 1 > bool 2");
    }
    if binary.is_bool && !operator.is_comparison() {
        return fault("`bool` is only allowed after a comparison operator");
    }
    if scalars > 0 && (binary.matching != Matching::All || binary.many != Many::Neither) {
        return fault("a scalar has no labels to match on");
    }
    if operator.is_set() && binary.many != Many::Neither {
        return fault(
            "`group_left` and `group_right` are not allowed with `and`, `or` and `unless`",
        );
    }
    Ok(())
}

pub(super) fn want(expr: &Expr, wanted: &[Type], by: &str) -> Result<(), Fault> {
    let found = expr.value_type();
    if wanted.contains(&found) {
        return Ok(());
    }
    let hint = if found == Type::Vector && wanted == [Type::Matrix] {
        ": add a range, as in rate(x[15m])"
    } else if found == Type::Matrix {
        ": pass it to a function, as in rate(x[15m])"
    } else {
        ""
    };
    let wanted = wanted
        .iter()
        .map(|wanted| called(*wanted))
        .collect::<Vec<_>>()
        .join(" or ");
    Err(expr.fault(format!(
        "{by} expects {wanted}, found {}{hint}",
        called(found)
    )))
}

fn called(value_type: Type) -> &'static str {
    match value_type {
        Type::Scalar => "a scalar",
        Type::Vector => "an instant vector",
        Type::Matrix => "a range vector",
        Type::Text => "a string",
    }
}
