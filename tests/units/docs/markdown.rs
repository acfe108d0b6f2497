//! A page of Markdown as far as the checks need it: headings, links, code spans, tables and fenced
//! blocks, each with its line.

use std::collections::HashMap;

/// What a page contains.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Relative to the repository.
    pub(crate) path: String,
    /// The anchors of its headings, as GitHub makes them.
    pub(crate) anchors: Vec<String>,
    /// The targets of links and pictures.
    pub(crate) links: Vec<At<String>>,
    /// The texts in back-ticks, outside blocks.
    pub(crate) spans: Vec<At<String>>,
    /// The fenced blocks.
    pub(crate) blocks: Vec<At<Block>>,
    /// The rows of tables, without heads.
    pub(crate) rows: Vec<Row>,
}

/// Something and its line, from 1.
#[derive(Debug, PartialEq)]
pub(crate) struct At<T> {
    pub(crate) line: usize,
    pub(crate) value: T,
}

/// A fenced block.
#[derive(Debug, PartialEq)]
pub(crate) struct Block {
    /// What follows the opening fence.
    pub(crate) language: String,
    pub(crate) text: String,
}

/// A row of a table.
#[derive(Debug)]
pub(crate) struct Row {
    /// The headings above it, from the title on.
    pub(crate) headings: Vec<String>,
    pub(crate) cells: Vec<String>,
}

impl Row {
    /// Whether it is below a heading with that text.
    pub(crate) fn is_below(&self, heading: &str) -> bool {
        self.headings.iter().any(|above| above == heading)
    }
}

impl Page {
    pub(crate) fn read(path: &str, text: &str) -> Self {
        let mut page = Page {
            path: path.to_owned(),
            ..Page::default()
        };
        let mut headings: Vec<String> = Vec::new();
        let mut lines = text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
            .peekable();
        let mut table_line = 0;
        while let Some((line, text)) = lines.next() {
            if let Some(language) = text.trim_start().strip_prefix("```") {
                let inside = lines.by_ref().map(|(_, text)| text);
                let inside: Vec<_> = inside.take_while(|text| text.trim() != "```").collect();
                let text = inside.iter().map(|line| format!("{line}\n")).collect();
                let language = language.trim().to_owned();
                page.blocks.push(At {
                    line,
                    value: Block { language, text },
                });
                continue;
            }
            if let Some((level, heading)) = heading(text) {
                headings.truncate(level - 1);
                headings.push(heading.to_owned());
                page.anchors.push(anchor(heading));
            }
            table_line = if text.starts_with('|') {
                table_line + 1
            } else {
                0
            };
            // A head and a line of dashes come first.
            if table_line > 2 {
                let cells = cells(text);
                page.rows.push(Row {
                    headings: headings.clone(),
                    cells,
                });
            }
            let (prose, spans) = without_spans(text);
            let at = |value| At { line, value };
            page.spans.extend(spans.into_iter().map(at));
            page.links.extend(links(&prose).map(at));
        }
        number_repeated(&mut page.anchors);
        page
    }
}

fn heading(text: &str) -> Option<(usize, &str)> {
    let level = text.bytes().take_while(|b| *b == b'#').count();
    Some((level, text[level..].strip_prefix(' ')?.trim())).filter(|_| (1..=6).contains(&level))
}

/// The anchor of a heading: lower case, blanks as dashes, punctuation left out.
fn anchor(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

fn number_repeated(anchors: &mut [String]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for anchor in anchors {
        let times = seen.entry(anchor.clone()).or_default();
        if *times > 0 {
            *anchor = format!("{anchor}-{times}");
        }
        *times += 1;
    }
}

/// A bar in back-ticks is not a border: `\|` is one of the text.
fn cells(row: &str) -> Vec<String> {
    let row = row.trim().trim_matches('|').replace("\\|", "\u{0}");
    row.split('|')
        .map(|cell| cell.trim().replace('\u{0}', "|"))
        .collect()
}

/// A line without the texts in back-ticks, and these texts.
pub(crate) fn without_spans(text: &str) -> (String, Vec<String>) {
    let parts: Vec<_> = text.split('`').collect();
    let outside = parts
        .iter()
        .step_by(2)
        .copied()
        .collect::<Vec<_>>()
        .join("``");
    let inside = parts
        .iter()
        .skip(1)
        .step_by(2)
        .filter(|span| !span.is_empty());
    (outside, inside.map(ToString::to_string).collect())
}

fn links(prose: &str) -> impl Iterator<Item = String> {
    let targets = prose
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'));
    targets
        .map(|(target, _)| target.to_owned())
        .collect::<Vec<_>>()
        .into_iter()
}

#[test]
fn what_a_page_contains() {
    let page = Page::read(
        "a.md",
        "# One `two`: three\n## Again\nSee [`x`](b.md#c) and ![a picture](d.png), not `[no](link)`.\n\n\
         | key | meaning |\n|---|---|\n| `a\\|b` | c |\n\n```toml\n# Again\n[x](y)\n```\n## Again\n",
    );
    assert_eq!(page.anchors, ["one-two-three", "again", "again-1"]);
    let links: Vec<_> = page
        .links
        .iter()
        .map(|link| (link.line, &*link.value))
        .collect();
    assert_eq!(links, [(3, "b.md#c"), (3, "d.png")]);
    let spans: Vec<_> = page.spans.iter().map(|span| &*span.value).collect();
    assert_eq!(spans, ["two", "x", "[no](link)", "a\\|b"]);
    assert_eq!(page.rows[0].cells, ["`a|b`", "c"]);
    assert!(page.rows[0].is_below("Again") && !page.rows[0].is_below("One"));
    let block = Block {
        language: "toml".to_owned(),
        text: "# Again\n[x](y)\n".to_owned(),
    };
    assert_eq!(
        page.blocks,
        [At {
            line: 9,
            value: block
        }]
    );
}
