//! Commands that READ access mode does not block, recognized by their words. A read-only query
//! never has these words next to each other, so this check does not depend on clauses.

use super::clauses::Refusal;
use super::token::Token;

/// Every `LOAD CSV` and `TERMINATE TRANSACTION`.
pub(super) fn refusals(tokens: &[Token<'_>]) -> Vec<Refusal> {
    let word = |index: usize, words: &[&str]| {
        tokens
            .get(index)
            .is_some_and(|token| words.iter().any(|word| token.is_word(word)))
    };
    let mut found = Vec::new();
    for token in 0..tokens.len() {
        if word(token, &["LOAD"]) && word(token + 1, &["CSV"]) && word(token + 2, &["FROM", "WITH"])
        {
            found.push(Refusal {
                token,
                message: "`LOAD CSV` makes the server read a file or a URL, but a KPI must only read the graph"
                    .to_owned(),
                fix: "import the file first, then query the graph".to_owned(),
            });
        }
        if word(token, &["TERMINATE"]) && word(token + 1, &["TRANSACTION", "TRANSACTIONS"]) {
            found.push(Refusal {
                token,
                message: "`TERMINATE TRANSACTIONS` ends the transactions of other clients, but a KPI must be read-only".to_owned(),
                fix: "remove the TERMINATE command".to_owned(),
            });
        }
    }
    found
}
