//! The values of Go's string literals.

/// The value of a quoted or raw literal; `None` when it is not valid.
pub(crate) fn unquoted(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('`') {
        return Some(raw.strip_suffix('`')?.replace('\r', ""));
    }
    let inside = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut value = String::new();
    let mut rest = inside.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => value.push(escaped(&mut rest)?),
            '"' | '\n' => return None,
            _ => value.push(c),
        }
    }
    Some(value)
}

fn escaped(rest: &mut std::str::Chars<'_>) -> Option<char> {
    Some(match rest.next()? {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        '\\' => '\\',
        '"' => '"',
        'x' => char::from(u8::try_from(number(rest, 2, 16)?).ok()?),
        'u' => char::from_u32(number(rest, 4, 16)?)?,
        'U' => char::from_u32(number(rest, 8, 16)?)?,
        first @ '0'..='7' => {
            let value = first.to_digit(8)? * 64 + number(rest, 2, 8)?;
            char::from(u8::try_from(value).ok()?)
        }
        _ => return None,
    })
}

fn number(rest: &mut std::str::Chars<'_>, digits: usize, radix: u32) -> Option<u32> {
    (0..digits).try_fold(0_u32, |value, _| {
        let digit = rest.next()?.to_digit(radix)?;
        value.checked_mul(radix)?.checked_add(digit)
    })
}
