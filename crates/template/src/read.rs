//! Reads the tokens of a template: control words, pipelines, functions, variables and fields.

use std::ops::Range;

use super::Fault;
use super::functions;
use super::lex::{Kind, Token, lex};

/// Deeper nesting could exhaust the stack.
const DEEPEST: usize = 50;

/// The fields of the data of an alert.
const FIELDS: [&str; 4] = ["ExternalLabels", "ExternalURL", "Labels", "Value"];

/// The variables of an alert's template, and what they hold.
const VARIABLES: [(&str, Value); 5] = [
    ("$", Value::Root),
    ("$externalLabels", Value::ExternalLabels),
    ("$externalURL", Value::Plain),
    ("$labels", Value::Labels),
    ("$value", Value::Plain),
];

/// What is known of a value without running the template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    /// The data of the alert.
    Root,
    /// The labels of the alert.
    Labels,
    /// The external labels of Prometheus.
    ExternalLabels,
    /// A number or a text, which has no fields.
    Plain,
    /// Anything.
    Unknown,
}

/// The labels that a template names.
pub(crate) fn read(text: &str) -> Result<Vec<(String, Range<usize>)>, Fault> {
    let mut reader = Reader {
        tokens: lex(text)?,
        at: 0,
        end: text.len(),
        variables: VARIABLES
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
        dot: Value::Root,
        labels: Vec::new(),
        defined: Vec::new(),
        used: Vec::new(),
        loops: 0,
        depth: 0,
    };
    reader.list(true)?;
    if let Some(token) = reader.next() {
        let message = format!("`{}` without a block", &text[token.span.clone()]);
        return Err(Fault::new(
            token.span,
            message,
            "remove it, or open the block before it",
        ));
    }
    for (name, span) in &reader.used {
        if !reader.defined.contains(name) {
            let message = format!("the template \"{name}\" is not defined in this text");
            let fix =
                "define it here with {{ define }}; templates of other files are not available";
            return Err(Fault::new(span.clone(), message, fix));
        }
    }
    Ok(reader.labels)
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    end: usize,
    variables: Vec<(String, Value)>,
    dot: Value,
    labels: Vec<(String, Range<usize>)>,
    defined: Vec<String>,
    used: Vec<(String, Range<usize>)>,
    loops: usize,
    depth: usize,
}

/// A value and the place of the expression that has it.
struct Operand {
    value: Value,
    span: Range<usize>,
    /// The function that is called, with the place of its name.
    function: Option<&'static functions::Function>,
    /// Whether it can receive the value of a pipe.
    is_callable: bool,
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += usize::from(token.is_some());
        token
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(|token| token.kind == Kind::Space) {
            self.at += 1;
        }
    }

    fn is_next(&self, kind: &Kind) -> bool {
        self.peek().is_some_and(|token| token.kind == *kind)
    }

    /// The word of the action that follows, without consuming it.
    fn control_word(&self) -> Option<&str> {
        let mut action = self.tokens[self.at..].iter().skip(1);
        match action
            .find(|token| token.kind != Kind::Space)
            .map(|token| &token.kind)
        {
            Some(Kind::Word(word)) => Some(word),
            Some(_) | None => None,
        }
    }

    fn here(&self) -> Range<usize> {
        self.peek()
            .map_or(self.end..self.end, |token| token.span.clone())
    }

    fn expected(&self, what: &str, fix: &str) -> Fault {
        Fault::new(self.here(), format!("expected {what}"), fix)
    }

    fn close(&mut self) -> Result<(), Fault> {
        self.skip_space();
        if self.is_next(&Kind::Close) {
            self.at += 1;
            return Ok(());
        }
        Err(self.expected("`}}`", "close the action with }}"))
    }

    fn enter(&mut self) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            let message = format!("the template is nested too deeply (limit {DEEPEST})");
            return Err(Fault::new(self.here(), message, "simplify it"));
        }
        Ok(())
    }

    /// Actions up to `end` or `else`, which stay.
    fn list(&mut self, is_top: bool) -> Result<(), Fault> {
        while self.peek().is_some() {
            match self.control_word() {
                Some("end" | "else") => return Ok(()),
                Some(word @ ("if" | "with" | "range")) => {
                    let word = word.to_owned();
                    self.word();
                    self.enter()?;
                    self.control(&word)?;
                    self.depth -= 1;
                }
                Some("define") if !is_top => {
                    self.word();
                    self.at -= 1;
                    return Err(self.expected("no `define` in a block", "move it out of the block"));
                }
                Some("define") => {
                    self.word();
                    let name = self.template_name()?;
                    self.close()?;
                    self.definition(name)?;
                }
                Some("block") => {
                    self.word();
                    let name = self.template_name()?;
                    self.pipeline(&Kind::Close, "block")?;
                    self.enter()?;
                    self.definition(name)?;
                    self.depth -= 1;
                }
                Some("template") => {
                    self.word();
                    self.template()?;
                }
                Some("break" | "continue") => {
                    let word = self.word();
                    if self.loops == 0 {
                        let message = format!("`{}` outside of `range`", word.0);
                        return Err(Fault::new(word.1, message, "remove it"));
                    }
                    self.close()?;
                }
                Some(_) | None => {
                    self.at += 1;
                    self.pipeline(&Kind::Close, "command")?;
                }
            }
        }
        Ok(())
    }

    /// Consumes `{{` and the word after it.
    fn word(&mut self) -> (String, Range<usize>) {
        self.at += 1;
        self.skip_space();
        let span = self.here();
        match self.next().map(|token| token.kind) {
            Some(Kind::Word(word)) => (word, span),
            Some(_) | None => (String::new(), span),
        }
    }

    /// `if`, `with` and `range` behind their word, up to and with `end`.
    fn control(&mut self, word: &str) -> Result<(), Fault> {
        let (variables, dot) = (self.variables.len(), self.dot);
        let value = self.pipeline(&Kind::Close, word)?;
        match word {
            "with" => self.dot = value,
            "range" => {
                self.dot = Value::Unknown;
                self.loops += 1;
            }
            _ => {}
        }
        self.list(false)?;
        self.loops -= usize::from(word == "range");
        self.dot = dot;
        if self.control_word() == Some("else") {
            self.word();
            self.skip_space();
            let is_else_if = self
                .peek()
                .is_some_and(|token| token.kind == Kind::Word("if".to_owned()));
            if is_else_if && word == "if" {
                self.at += 1;
                self.enter()?;
                // One `end` closes both.
                self.control("if")?;
                self.depth -= 1;
                self.variables.truncate(variables);
                return Ok(());
            }
            self.close()?;
            self.list(false)?;
        }
        if self.control_word() != Some("end") {
            let fix = format!("close `{word}` with {{{{ end }}}}");
            return Err(self.expected("`{{ end }}`", &fix));
        }
        self.word();
        self.close()?;
        self.variables.truncate(variables);
        Ok(())
    }

    /// The body of `define` and `block`, with variables and data of its own.
    fn definition(&mut self, name: String) -> Result<(), Fault> {
        if self.defined.contains(&name) {
            let message = format!("the template \"{name}\" is defined twice");
            return Err(Fault::new(self.here(), message, "rename one of them"));
        }
        self.defined.push(name);
        let outer = std::mem::replace(&mut self.variables, vec![("$".to_owned(), Value::Unknown)]);
        let (dot, loops) = (self.dot, self.loops);
        (self.dot, self.loops) = (Value::Unknown, 0);
        self.list(false)?;
        if self.control_word() != Some("end") {
            return Err(self.expected("`{{ end }}`", "close the definition with {{ end }}"));
        }
        self.word();
        self.close()?;
        (self.variables, self.dot, self.loops) = (outer, dot, loops);
        Ok(())
    }

    fn template_name(&mut self) -> Result<String, Fault> {
        self.skip_space();
        match self.peek().map(|token| token.kind.clone()) {
            Some(Kind::Text(name)) => {
                self.at += 1;
                Ok(name)
            }
            Some(_) | None => {
                Err(self.expected("the name of a template", "write it in double quotes"))
            }
        }
    }

    /// `template` behind its word.
    fn template(&mut self) -> Result<(), Fault> {
        self.skip_space();
        let span = self.here();
        let name = self.template_name()?;
        self.used.push((name, span));
        self.skip_space();
        if self.is_next(&Kind::Close) {
            self.at += 1;
            return Ok(());
        }
        self.pipeline(&Kind::Close, "template").map(|_| ())
    }

    /// Commands and what follows them.
    fn pipeline(&mut self, end: &Kind, context: &str) -> Result<Value, Fault> {
        let declared = self.declarations(context)?;
        let (mut value, mut commands) = (Value::Unknown, 0);
        loop {
            self.skip_space();
            if self.is_next(end) {
                if commands == 0 {
                    return Err(self.expected("a value", "write a variable, e.g. $value"));
                }
                self.at += 1;
                break;
            }
            value = self.command(commands > 0)?;
            commands += 1;
            if self.is_next(&Kind::Pipe) {
                self.at += 1;
                self.skip_space();
                if self.is_next(end) {
                    return Err(self.expected("a function after `|`", "write one, e.g. humanize"));
                }
            }
        }
        if context == "range" {
            value = Value::Unknown;
        }
        self.variables
            .extend(declared.into_iter().map(|name| (name, value)));
        Ok(value)
    }

    /// `$x :=`, `$x =`, and in `range` also `$i, $x :=`.
    fn declarations(&mut self, context: &str) -> Result<Vec<String>, Fault> {
        let mut declared = Vec::new();
        loop {
            self.skip_space();
            let start = self.at;
            let Some(Token {
                kind: Kind::Variable(name),
                span,
            }) = self.peek().cloned()
            else {
                return self.unless_declared(declared);
            };
            self.at += 1;
            self.skip_space();
            match self.peek().map(|token| &token.kind) {
                Some(Kind::Declare) => {
                    self.at += 1;
                    declared.push(name);
                    return Ok(declared);
                }
                Some(Kind::Assign) => {
                    self.at += 1;
                    self.variable(&name, span)?;
                    // It may hold anything now.
                    for (known, value) in &mut self.variables {
                        if *known == name {
                            *value = Value::Unknown;
                        }
                    }
                    return Ok(declared);
                }
                Some(Kind::Comma) if context == "range" && declared.is_empty() => {
                    self.at += 1;
                    declared.push(name);
                }
                Some(_) | None => {
                    self.at = start;
                    return self.unless_declared(declared);
                }
            }
        }
    }

    fn unless_declared(&self, declared: Vec<String>) -> Result<Vec<String>, Fault> {
        if declared.is_empty() {
            return Ok(declared);
        }
        Err(self.expected("a second variable", "write {{ range $name, $value := … }}"))
    }

    /// An operand, or a function with its arguments.
    fn command(&mut self, is_piped: bool) -> Result<Value, Fault> {
        let Some(first) = self.operand()? else {
            return Err(self.expected("a value", "write a variable, a field or a function"));
        };
        if is_piped && !first.is_callable {
            let message = "a value cannot receive the value of `|`";
            return Err(Fault::new(
                first.span,
                message,
                "write a function after |, e.g. humanize",
            ));
        }
        let mut arguments = 0;
        while self.is_next(&Kind::Space) {
            self.skip_space();
            if self.operand()?.is_some() {
                arguments += 1;
            }
        }
        match self.peek().map(|token| &token.kind) {
            Some(Kind::Close | Kind::RightParen | Kind::Pipe) => {}
            Some(_) | None => {
                return Err(self.expected("a space between two values", "separate them by a space"));
            }
        }
        let given = arguments + usize::from(is_piped);
        match first.function {
            Some(function) => {
                wrong_number(function, given, &first.span)?;
                Ok(function_value(function.name))
            }
            None if given > 0 => {
                let message = "a value cannot have arguments";
                Err(Fault::new(
                    first.span,
                    message,
                    "write a function before its arguments",
                ))
            }
            None => Ok(first.value),
        }
    }

    /// A term and the fields behind it.
    fn operand(&mut self) -> Result<Option<Operand>, Fault> {
        let is_dot = self.is_next(&Kind::Dot);
        let Some(mut operand) = self.term()? else {
            return Ok(None);
        };
        if is_dot
            && matches!(
                self.peek(),
                Some(Token {
                    kind: Kind::Field(_),
                    ..
                })
            )
        {
            return Err(self.expected("a space after `.`", "write one dot before a field"));
        }
        while let Some(Token {
            kind: Kind::Field(field),
            span,
        }) = self.peek().cloned()
        {
            self.at += 1;
            operand.value = self.field(operand.value, &field, span)?;
            operand.function = None;
        }
        Ok(Some(operand))
    }

    fn term(&mut self) -> Result<Option<Operand>, Fault> {
        let Some(Token { kind, span }) = self.peek().cloned() else {
            return Ok(None);
        };
        let mut function = None;
        let (value, is_callable) = match kind {
            Kind::Word(word) if word == "nil" => {
                return Err(Fault::new(span, "`nil` is not a value", "remove it"));
            }
            Kind::Word(word) if word == "true" || word == "false" => (Value::Plain, false),
            Kind::Word(word) => {
                function = Some(self.function(&word, &span)?);
                (Value::Unknown, true)
            }
            Kind::Variable(name) => (self.variable(&name, span.clone())?, false),
            Kind::Field(field) => {
                self.at += 1;
                let value = self.field(self.dot, &field, span.clone())?;
                return Ok(Some(Operand {
                    value,
                    span,
                    function,
                    is_callable: false,
                }));
            }
            Kind::Dot => (self.dot, false),
            Kind::Text(_) | Kind::Number => (Value::Plain, false),
            Kind::LeftParen => {
                self.enter()?;
                self.at += 1;
                let value = self.pipeline(&Kind::RightParen, "parentheses")?;
                self.depth -= 1;
                return Ok(Some(Operand {
                    value,
                    span,
                    function,
                    is_callable: false,
                }));
            }
            Kind::Open
            | Kind::Close
            | Kind::Space
            | Kind::Declare
            | Kind::Assign
            | Kind::Pipe
            | Kind::Comma
            | Kind::RightParen => return Ok(None),
        };
        self.at += 1;
        Ok(Some(Operand {
            value,
            span,
            function,
            is_callable,
        }))
    }

    fn function(
        &self,
        word: &str,
        span: &Range<usize>,
    ) -> Result<&'static functions::Function, Fault> {
        functions::find(word).ok_or_else(|| {
            let fix = "use a function of Prometheus templates; to write braces into the text, use {{ \"{{\" }}";
            Fault {
                known: functions::names(),
                ..Fault::new(span.clone(), format!("unknown function `{word}`"), fix)
            }
        })
    }

    fn variable(&self, name: &str, span: Range<usize>) -> Result<Value, Fault> {
        let known = self.variables.iter().rev().find(|(known, _)| known == name);
        known.map(|(_, value)| *value).ok_or_else(|| Fault {
            known: VARIABLES.map(|(name, _)| name).into(),
            ..Fault::new(
                span,
                format!("unknown variable `{name}`"),
                "use $labels, $value, $externalLabels or $externalURL",
            )
        })
    }

    fn field(&mut self, of: Value, field: &str, span: Range<usize>) -> Result<Value, Fault> {
        match of {
            Value::Root => match field {
                "Labels" => Ok(Value::Labels),
                "ExternalLabels" => Ok(Value::ExternalLabels),
                "ExternalURL" | "Value" => Ok(Value::Plain),
                _ => Err(Fault {
                    known: FIELDS.into(),
                    ..Fault::new(
                        span.start + 1..span.end,
                        format!("unknown field `.{field}`"),
                        "use .Labels, .Value, .ExternalLabels or .ExternalURL",
                    )
                }),
            },
            Value::Labels => {
                self.labels
                    .push((field.to_owned(), span.start + 1..span.end));
                Ok(Value::Plain)
            }
            Value::ExternalLabels => Ok(Value::Plain),
            Value::Plain => {
                let message = format!("a text or a number has no field `.{field}`");
                Err(Fault::new(span, message, "remove the field"))
            }
            Value::Unknown => Ok(Value::Unknown),
        }
    }
}

/// What a function returns; where it is not a plain value it may have fields.
fn function_value(name: &str) -> Value {
    match name {
        "and" | "args" | "call" | "first" | "index" | "or" | "query" | "slice" | "sortByLabel"
        | "tmpl" | "toTime" => Value::Unknown,
        _ => Value::Plain,
    }
}

fn wrong_number(
    function: &functions::Function,
    given: usize,
    span: &Range<usize>,
) -> Result<(), Fault> {
    if (function.least..=function.most).contains(&given) {
        return Ok(());
    }
    let expected = match (function.least, function.most) {
        (0, 0) => "no arguments".to_owned(),
        (1, 1) => "one argument".to_owned(),
        (least, most) if least == most => format!("{least} arguments"),
        (least, usize::MAX) => format!("at least {least} arguments"),
        (least, most) => format!("{least} to {most} arguments"),
    };
    let message = format!("`{}` expects {expected}, found {given}", function.name);
    let fix = "pass a value before it with |, as in {{ $value | humanize }}, or after its name";
    Err(Fault::new(span.clone(), message, fix))
}
