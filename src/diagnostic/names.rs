//! Names as a fix mentions them: the one that was probably meant, or a list.

/// The word of `known` that is nearest to `word`, when one is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&word.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, candidate)| {
            let length = candidate.chars().count();
            // If no letter is left, it is another word.
            *distance <= length.max(3) / 3 && *distance < length
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Names in back-ticks, separated by commas.
pub(crate) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words
        .into_iter()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_word() {
        for (word, expected) in [
            ("lables", Some("labels")),
            ("evry", Some("every")),
            ("Agnet", None),
            ("colour", None),
            ("TYPE", Some("type")),
        ] {
            assert_eq!(
                nearest(word, ["labels", "every", "type"]),
                expected,
                "{word}"
            );
        }
    }
}
