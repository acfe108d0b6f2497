//! Decodes `\uXXXX` escapes, which the server does before lexing, and maps places back to the
//! original text.

use std::borrow::Cow;
use std::ops::Range;

use super::Fault;

/// A text without escapes, and the original places of its parts.
pub(super) struct Decoded<'t> {
    pub(super) text: Cow<'t, str>,
    original_len: usize,
    escapes: Vec<Escape>,
}

/// The end of one escape (or of a surrogate pair of them), in both texts.
struct Escape {
    decoded_start: usize,
    decoded_end: usize,
    original_end: usize,
}

impl Decoded<'_> {
    /// The range in the original text; an escape counts as one character.
    pub(super) fn original(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.original_offset(span.start);
        start..self.original_offset(span.end).max(start)
    }

    fn original_offset(&self, offset: usize) -> usize {
        let passed = self
            .escapes
            .partition_point(|escape| escape.decoded_end <= offset);
        match passed.checked_sub(1).map(|last| &self.escapes[last]) {
            Some(last) => (last.original_end + (offset - last.decoded_end)).min(self.original_len),
            None => offset.min(self.original_len),
        }
    }
}

/// Decodes the escapes of `text`; invalid ones are reported and left as they are.
pub(super) fn decode<'t>(text: &'t str, faults: &mut Vec<Fault>) -> Decoded<'t> {
    if !text.contains("\\u") {
        return Decoded {
            text: Cow::Borrowed(text),
            original_len: text.len(),
            escapes: Vec::new(),
        };
    }
    let mut decoded = String::with_capacity(text.len());
    let mut escapes: Vec<Escape> = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find('\\') {
        decoded.push_str(&text[at..at + found]);
        at += found;
        if !text[at..].starts_with("\\u") {
            // A double backslash never begins a Unicode escape.
            let pair = if text[at..].starts_with("\\\\") { 2 } else { 1 };
            decoded.push_str(&text[at..at + pair]);
            at += pair;
            continue;
        }
        let Some(unit) = code_unit(text, at) else {
            faults.push(bad_escape(text, at));
            decoded.push_str("\\u");
            at += 2;
            continue;
        };
        let (character, length) =
            match code_unit(text, at + 6).and_then(|low| surrogate_pair(unit, low)) {
                Some(character) => (character, 12),
                None => (
                    char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER),
                    6,
                ),
            };
        let decoded_start = decoded.len();
        decoded.push(character);
        at += length;
        escapes.push(Escape {
            decoded_start,
            decoded_end: decoded.len(),
            original_end: at,
        });
    }
    decoded.push_str(&text[at..]);
    debug_assert!(
        escapes
            .iter()
            .all(|escape| escape.decoded_start < escape.decoded_end)
    );
    Decoded {
        text: Cow::Owned(decoded),
        original_len: text.len(),
        escapes,
    }
}

/// The four hexadecimal digits of the escape that begins at `at`.
fn code_unit(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..)?.strip_prefix("\\u")?.get(..4)?;
    digits
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit())
        .then(|| u32::from_str_radix(digits, 16).ok())?
}

fn surrogate_pair(high: u32, low: u32) -> Option<char> {
    let is_pair = (0xD800..0xDC00).contains(&high) && (0xDC00..0xE000).contains(&low);
    is_pair.then(|| char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)))?
}

fn bad_escape(text: &str, at: usize) -> Fault {
    let shown = text[at + 2..]
        .chars()
        .take(4)
        .take_while(|character| !character.is_whitespace());
    let end = at + 2 + shown.map(char::len_utf8).sum::<usize>();
    Fault {
        span: at..end,
        message: format!(
            "invalid Unicode escape `{}`: the server expects four hexadecimal digits after `\\u`, even in a comment",
            &text[at..end]
        ),
        fix: "double the backslash (`\\\\u`) or use a slash".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(original: &str) -> String {
        let mut faults = Vec::new();
        let decoded = decode(original, &mut faults);
        assert_eq!(faults, [], "{original}");
        decoded.text.into_owned()
    }

    #[test]
    fn escapes_are_decoded_unless_the_backslash_is_doubled() {
        for (original, decoded) in [
            (r"S\u0045T", "SET"),
            (r"\\u0045", r"\\u0045"),
            (r"\\\u0045", r"\\E"),
            (r"\\\\u0045", r"\\\\u0045"),
            (r"'\n'", r"'\n'"),
            (r"\uD83D\uDE00!", "😀!"),
            (r"\uD83D!", "\u{FFFD}!"),
            (r"ends with \", r"ends with \"),
        ] {
            assert_eq!(text(original), decoded);
        }
    }

    #[test]
    fn a_place_after_escapes_maps_back_to_the_original_text() {
        let original = r"é\u00e9x\uD83D\uDE00yz";
        let decoded = decode(original, &mut Vec::new());
        for part in ["x", "y", "z", "yz"] {
            let at = decoded.text.find(part).unwrap();
            assert_eq!(&original[decoded.original(&(at..at + part.len()))], part);
        }
        let grin = decoded.text.find('😀').unwrap();
        assert_eq!(
            &original[decoded.original(&(grin..grin + 4))],
            r"\uD83D\uDE00"
        );
    }

    #[test]
    fn a_windows_path_in_a_comment_is_a_fault_that_explains_the_escape() {
        let mut faults = Vec::new();
        decode(r"// Reads C:\users\x", &mut faults);
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].span, 11..17);
        assert!(
            faults[0].message.contains("even in a comment"),
            "{}",
            faults[0].message
        );
    }
}
