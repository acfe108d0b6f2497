//! Walks over the clauses and tracks whether an operand is expected, which decides whether a word
//! is a clause or a name. In `WITH n AS set SET set.x = 1` the second `set` is a clause; in
//! `RETURN set` and `n.set` it is a name.

use super::brackets::Pairs;
use super::columns::Columns;
use super::lookahead::Lookahead;
use super::token::{Kind, Token};
use super::words::{Role, role};

/// A reason to reject the statement, and the token it is about.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) token: usize,
    pub(super) message: String,
    pub(super) fix: String,
}

/// Walks the clauses from `start`; returns the columns and everything that is not allowed.
pub(super) fn walk(tokens: &[Token<'_>], pairs: &Pairs, start: usize) -> (Columns, Vec<Refusal>) {
    let top = Frame::Query(Query::new(true, false));
    let mut walk = Walk {
        tokens,
        around: Lookahead { tokens, pairs },
        at: start,
        frames: vec![top],
        columns: Columns::default(),
        refusals: Vec::new(),
    };
    while walk.at < tokens.len() {
        walk.step();
    }
    walk.columns.end(tokens.len());
    (walk.columns, walk.refusals)
}

/// What is expected next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// A clause.
    Clause,
    /// An operand.
    Operand,
    /// A name.
    Name,
    /// An operator or a clause.
    Operator,
}

/// The part of a query that a token is in, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The items of RETURN.
    Items,
    /// A pattern, in which `+` and `*` may be quantifiers.
    Pattern,
    /// The words after SHOW.
    Show,
    /// Anything else.
    Other,
}

#[derive(Debug)]
struct Query {
    /// Whether it is outside any subquery.
    top: bool,
    /// Whether it is the body of EXISTS or COUNT, which may be a bare pattern.
    pattern_allowed: bool,
    expected: Expected,
    part: Part,
    /// Number of open CASE expressions.
    cases: usize,
    /// Number of WHEN whose THEN has not been seen.
    whens: usize,
    /// The brace that opens the subquery of the last CALL.
    call_brace: Option<usize>,
}

impl Query {
    fn new(top: bool, pattern_allowed: bool) -> Self {
        Query {
            top,
            pattern_allowed,
            expected: Expected::Clause,
            part: Part::Other,
            cases: 0,
            whens: 0,
            call_brace: None,
        }
    }
}

/// What a bracket encloses.
#[derive(Debug)]
enum Frame {
    /// A query: clauses are possible.
    Query(Query),
    /// A pattern, a list, a map, arguments: no clause is possible.
    Plain,
}

struct Walk<'s, 't> {
    tokens: &'s [Token<'t>],
    around: Lookahead<'s, 't>,
    at: usize,
    frames: Vec<Frame>,
    columns: Columns,
    refusals: Vec<Refusal>,
}

impl<'t> Walk<'_, 't> {
    fn step(&mut self) {
        let index = self.at;
        let token = &self.tokens[index];
        self.at += 1;
        if token.kind == Kind::Symbol && matches!(token.text.as_ref(), "(" | "[" | "{") {
            return self.open(index);
        }
        if token.kind == Kind::Symbol && matches!(token.text.as_ref(), ")" | "]" | "}") {
            return self.close(index);
        }
        if let Some(Frame::Query(query)) = self.frames.pop() {
            let query = self.token_in_query(query, index);
            self.frames.push(Frame::Query(query));
        } else {
            self.frames.push(Frame::Plain);
        }
    }

    fn open(&mut self, index: usize) {
        let opens_query = self.tokens[index].is("{") && self.opens_query(index);
        let mut top = false;
        if let Some(Frame::Query(query)) = self.frames.last_mut() {
            top =
                query.top && query.expected == Expected::Clause && query.call_brace != Some(index);
            if query.expected == Expected::Clause && query.pattern_allowed && !opens_query {
                query.part = Part::Pattern;
            }
        }
        let pattern_allowed = self.around.word_before(index, &["EXISTS", "COUNT"]);
        self.frames.push(if opens_query {
            Frame::Query(Query::new(top, pattern_allowed))
        } else {
            Frame::Plain
        });
    }

    fn close(&mut self, index: usize) {
        if self.frames.len() > 1 {
            self.frames.pop();
        }
        let open = self.around.pairs.other(index);
        let mut called_here = false;
        if let Some(Frame::Query(query)) = self.frames.last_mut() {
            query.expected = Expected::Operator;
            called_here = query.call_brace == Some(open);
        }
        let called = self.tokens[index].is("}")
            && self.around.belongs_to_call(open)
            && (called_here || !self.around.is_projection(open));
        if called
            && self
                .tokens
                .get(index + 1)
                .is_some_and(|next| next.is_word("IN"))
        {
            self.refuse(
                index + 1,
                "`CALL { … } IN TRANSACTIONS` commits its own transactions, but a KPI must be read-only"
                    .to_owned(),
                "remove `IN TRANSACTIONS` and what follows it".to_owned(),
            );
        }
    }

    /// Whether the brace at `index` opens a query, not a map, a projection or a quantifier.
    fn opens_query(&self, index: usize) -> bool {
        if let Some(Frame::Query(query)) = self.frames.last() {
            let after_clause_word =
                query.expected == Expected::Clause || query.call_brace == Some(index);
            if after_clause_word {
                return true;
            }
        }
        let after_subquery_word = self
            .around
            .word_before(index, &["EXISTS", "COUNT", "COLLECT"])
            || self.around.belongs_to_call(index);
        after_subquery_word && !self.around.is_projection(index)
    }

    fn token_in_query(&mut self, mut query: Query, index: usize) -> Query {
        let token = &self.tokens[index];
        match token.kind {
            Kind::Word if query.part == Part::Show => self.word_in_show(&mut query, index),
            Kind::Word => self.word(&mut query, index),
            Kind::Quoted | Kind::String | Kind::Number | Kind::Parameter => {
                query.expected = Expected::Operator
            }
            Kind::Symbol => self.symbol(&mut query, index),
        }
        query
    }

    fn symbol(&mut self, query: &mut Query, index: usize) {
        let complete = query.expected == Expected::Operator;
        query.expected = match self.tokens[index].text.as_ref() {
            "*" if !complete => {
                self.columns
                    .star(index, query.top && query.part == Part::Items);
                Expected::Operator
            }
            "%" if !complete => Expected::Operator,
            "+" | "*" if complete && query.part == Part::Pattern => Expected::Operator,
            "::" => {
                self.at = self.around.after_type(self.at);
                Expected::Operator
            }
            "." | ":" | "&" | "|" | "$" => Expected::Name,
            "!" => query.expected,
            "," => {
                // Between WHEN and THEN a comma separates values, not columns.
                if query.top && query.part == Part::Items && query.whens == 0 {
                    self.columns.comma(index);
                }
                Expected::Operand
            }
            _ => Expected::Operand,
        };
    }

    /// SHOW has its own grammar, e.g. `SHOW ROLE create PRIVILEGES AS REVOKE COMMANDS`.
    fn word_in_show(&mut self, query: &mut Query, index: usize) {
        match role(&self.tokens[index].text) {
            Role::Return => self.clause(query, index, Role::Return),
            Role::Reads if !self.tokens[index].is_word("WITH") => {
                self.clause(query, index, Role::Reads)
            }
            Role::Match
            | Role::Call
            | Role::Using
            | Role::Union
            | Role::Show
            | Role::Before
            | Role::Finish => {}
            Role::Reads
            | Role::Writes
            | Role::Administers
            | Role::Infix
            | Role::Affix
            | Role::Is
            | Role::As => {}
            Role::End | Role::Other => {}
        }
    }

    fn word(&mut self, query: &mut Query, index: usize) {
        let role = role(&self.tokens[index].text);
        match query.expected {
            Expected::Name => query.expected = Expected::Operator,
            Expected::Operand => self.operand(query, index),
            Expected::Clause => self.first_word(query, index, role),
            Expected::Operator if query.cases > 0 => self.word_in_case(query, index, role),
            Expected::Operator => self.word_after_operand(query, index, role),
        }
    }

    fn operand(&mut self, query: &mut Query, index: usize) {
        let token = &self.tokens[index];
        let prefix = ["NOT", "CASE", "DISTINCT"]
            .into_iter()
            .find(|word| token.is_word(word));
        query.expected = match prefix {
            Some(word)
                if !self
                    .around
                    .is_variable(query.part == Part::Items, index, word) =>
            {
                query.cases += usize::from(word == "CASE");
                if word == "CASE"
                    && self
                        .tokens
                        .get(self.at)
                        .is_some_and(|next| next.is_word("WHEN"))
                {
                    self.at += 1;
                    query.whens += 1;
                }
                if word == "DISTINCT" && query.top && query.part == Part::Items {
                    self.columns.distinct(index);
                }
                Expected::Operand
            }
            _ => Expected::Operator,
        };
    }

    fn first_word(&mut self, query: &mut Query, index: usize, role: Role) {
        let assigned = self.tokens.get(index + 1).is_some_and(|next| next.is("="));
        if query.pattern_allowed && (assigned || !role.is_clause()) {
            query.part = Part::Pattern;
            query.expected = Expected::Operator;
        } else if role.is_clause() {
            self.clause(query, index, role);
        } else {
            if query.top && !self.tokens[index].is_word("WHEN") {
                self.refuse_start(index);
            }
            query.expected = Expected::Operand;
        }
    }

    /// No clause is possible inside CASE; the WITH of `WHEN STARTS WITH 'x'` is not a clause.
    fn word_in_case(&mut self, query: &mut Query, index: usize, role: Role) {
        match role {
            Role::End => query.cases -= 1,
            Role::Is => self.after_is(query),
            Role::Affix => self.after_affix(query),
            Role::Infix => {
                query.whens += usize::from(self.tokens[index].is_word("WHEN"));
                query.whens = query
                    .whens
                    .saturating_sub(usize::from(self.tokens[index].is_word("THEN")));
                query.expected = Expected::Operand;
            }
            Role::As if query.top && query.part == Part::Items => {
                // An open CASE cannot have an alias, so this CASE was a variable.
                (query.cases, query.whens) = (0, 0);
                self.word_after_operand(query, index, role);
            }
            Role::Match
            | Role::Return
            | Role::Call
            | Role::Using
            | Role::Union
            | Role::Show
            | Role::Before => {}
            Role::Finish
            | Role::Reads
            | Role::Writes
            | Role::Administers
            | Role::As
            | Role::Other => {}
        }
    }

    fn word_after_operand(&mut self, query: &mut Query, index: usize, role: Role) {
        match role {
            Role::Other | Role::End => {}
            Role::Infix => query.expected = Expected::Operand,
            Role::Affix => self.after_affix(query),
            Role::Is => self.after_is(query),
            Role::As => {
                if query.top && query.part == Part::Items {
                    self.columns.alias(index + 1);
                }
                query.expected = Expected::Name;
            }
            Role::Match
            | Role::Return
            | Role::Call
            | Role::Using
            | Role::Union
            | Role::Show
            | Role::Before => {
                self.clause(query, index, role);
            }
            Role::Finish | Role::Reads | Role::Writes | Role::Administers => {
                self.clause(query, index, role)
            }
        }
    }

    fn after_affix(&mut self, query: &mut Query) {
        if self
            .tokens
            .get(self.at)
            .is_some_and(|next| next.is_word("WITH"))
        {
            self.at += 1;
            query.expected = Expected::Operand;
        }
    }

    fn after_is(&mut self, query: &mut Query) {
        query.expected = Expected::Name;
        if self
            .tokens
            .get(self.at)
            .is_some_and(|next| next.is_word("NOT"))
        {
            self.at += 1;
        }
        if self
            .tokens
            .get(self.at)
            .is_some_and(|next| next.is_word("TYPED") || next.is("::"))
        {
            self.at = self.around.after_type(self.at + 1);
            query.expected = Expected::Operator;
        }
    }

    fn clause(&mut self, query: &mut Query, index: usize, role: Role) {
        if query.top {
            self.columns.end(index);
        }
        query.expected = Expected::Operand;
        (query.cases, query.whens) = (0, 0);
        // A hint does not end the pattern around it.
        if role != Role::Using {
            query.part = Part::Other;
        }
        match role {
            Role::Match => query.part = Part::Pattern,
            Role::Return => {
                query.part = Part::Items;
                if query.top {
                    self.columns.begin(index + 1);
                }
            }
            Role::Call => self.call(query),
            Role::Using => self.at = self.around.after_hint(self.at),
            Role::Union => self.union(query),
            Role::Show => {
                query.part = Part::Show;
                query.expected = Expected::Operator;
            }
            Role::Before => query.expected = Expected::Clause,
            Role::Finish => query.expected = Expected::Operator,
            Role::Writes => self.refuse_write(index),
            Role::Administers => self.refuse_administration(index),
            // ORDER is followed by BY, which this walk treats as an operator.
            Role::Reads if self.tokens[index].is_word("ORDER") => {
                query.expected = Expected::Operator
            }
            Role::Reads
            | Role::Infix
            | Role::Affix
            | Role::Is
            | Role::As
            | Role::End
            | Role::Other => {}
        }
    }

    fn call(&mut self, query: &mut Query) {
        let after_scope = match self.tokens.get(self.at) {
            Some(next) if next.is("(") => self.around.pairs.other(self.at) + 1,
            _ => self.at,
        };
        query.expected = Expected::Operator;
        if self
            .tokens
            .get(after_scope)
            .is_some_and(|brace| brace.is("{"))
        {
            query.call_brace = Some(after_scope);
            return;
        }
        while self.tokens.get(self.at).is_some_and(Token::is_name) {
            self.at += 1;
            if !self.tokens.get(self.at).is_some_and(|dot| dot.is(".")) {
                break;
            }
            self.at += 1;
        }
    }

    fn union(&mut self, query: &mut Query) {
        if self
            .tokens
            .get(self.at)
            .is_some_and(|next| next.is_word("ALL") || next.is_word("DISTINCT"))
        {
            self.at += 1;
        }
        query.expected = Expected::Clause;
        if query.top {
            self.columns.freeze();
        }
    }

    fn refuse(&mut self, token: usize, message: String, fix: String) {
        self.refusals.push(Refusal {
            token,
            message,
            fix,
        });
    }

    fn refuse_write(&mut self, index: usize) {
        let word = self.tokens[index].text.to_ascii_uppercase();
        let message = format!("`{word}` writes to the graph, but a KPI must be read-only");
        self.refuse(index, message, format!("remove the {word} clause"));
    }

    fn refuse_administration(&mut self, index: usize) {
        let word = self.tokens[index].text.to_ascii_uppercase();
        let message = format!("`{word}` is an administration command, but a KPI must be read-only");
        self.refuse(
            index,
            message,
            "run it in cypher-shell, not as a KPI".to_owned(),
        );
    }

    fn refuse_start(&mut self, index: usize) {
        let message = format!("expected a clause, found `{}`", self.tokens[index].text);
        self.refuse(
            index,
            message,
            "begin the query with MATCH, WITH, UNWIND, CALL, SHOW or RETURN".to_owned(),
        );
    }
}
