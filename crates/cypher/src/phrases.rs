//! Commands that READ mode lets pass, by the words they are made of. No query that only reads has these words side by side, wherever
//! they stand, and so this check needs no idea of clauses.

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
                message: "`LOAD CSV` makes the server read a file or call out, but a KPI only reads the graph"
                    .to_owned(),
                fix: "import the file beforehand, and read it from the graph".to_owned(),
            });
        }
        if word(token, &["TERMINATE"]) && word(token + 1, &["TRANSACTION", "TRANSACTIONS"]) {
            found.push(Refusal {
                token,
                message: "`TERMINATE TRANSACTIONS` ends the work of others, but a KPI only reads the graph".to_owned(),
                fix: "remove the TERMINATE command".to_owned(),
            });
        }
    }
    found
}
