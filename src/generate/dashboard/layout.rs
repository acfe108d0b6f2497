//! Places panels on Grafana's grid: from left to right in lines that they fill, row under row.

use serde_json::{Value, json};

use super::Row;
use super::spec::PanelSpec;

/// The width of Grafana's grid.
const WIDTH: u32 = 24;

/// The widest panel of a single number.
const WIDEST_NUMBER: u32 = 8;

/// All panels with identifiers and places.
pub(super) fn placed(rows: Vec<Row>) -> Vec<Value> {
    let mut panels = Vec::new();
    let mut y = 0;
    for row in rows {
        if let Some(title) = &row.title {
            let place = json!({ "x": 0, "y": y, "w": WIDTH, "h": 1 });
            panels.push(json!({
                "collapsed": false, "gridPos": place, "id": panels.len() + 1, "panels": [], "title": title, "type": "row",
            }));
            y += 1;
        }
        for line in lines(&row.panels) {
            let height = line.iter().map(|panel| panel.size().1).max().unwrap_or(0);
            let mut x = 0;
            for (panel, width) in line.iter().zip(widths(&line)) {
                let place = json!({ "x": x, "y": y, "w": width, "h": height });
                panels.push(panel.json(panels.len() + 1, &place));
                x += width;
            }
            y += height;
        }
    }
    panels
}

/// The panels in order, as many in a line as fit.
fn lines(panels: &[PanelSpec]) -> Vec<Vec<&PanelSpec>> {
    let mut lines: Vec<Vec<&PanelSpec>> = Vec::new();
    let mut left = 0;
    for (panel, starts) in panels.iter().zip(line_starts(panels)) {
        let (width, _) = panel.size();
        match lines.last_mut().filter(|_| left >= width && !starts) {
            Some(line) => line.push(panel),
            None => {
                lines.push(vec![panel]);
                left = WIDTH;
            }
        }
        left -= width;
    }
    lines
}

/// Which panels start a line: numbers that need several lines are spread evenly over them.
fn line_starts(panels: &[PanelSpec]) -> Vec<bool> {
    let is_number = |panel: &PanelSpec| panel.size().0 < WIDTH / 2;
    let runs = panels.chunk_by(|one, next| is_number(one) == is_number(next));
    let spread = |run: &[PanelSpec]| {
        let fit = (WIDTH
            / run
                .iter()
                .map(|panel| panel.size().0)
                .max()
                .unwrap_or(WIDTH)) as usize;
        let lines = run.len().div_ceil(fit);
        let each = run.len().div_ceil(lines);
        (0..run.len())
            .map(|at| is_number(&run[at]) && lines > 1 && at % each == 0)
            .collect::<Vec<_>>()
    };
    runs.flat_map(spread).collect()
}

/// Each panel as wide as its share of the line, so that no gap is left, but a number not too wide.
fn widths(line: &[&PanelSpec]) -> Vec<u32> {
    let wanted: u32 = line.iter().map(|panel| panel.size().0).sum();
    let only_numbers = line.iter().all(|panel| panel.size().0 < WIDTH / 2);
    let whole = if only_numbers {
        WIDTH.min(line.len() as u32 * WIDEST_NUMBER)
    } else {
        WIDTH
    };
    let mut widths: Vec<_> = line
        .iter()
        .map(|panel| panel.size().0 * whole / wanted.max(1))
        .collect();
    let rest = whole - widths.iter().sum::<u32>();
    if let Some(last) = widths.last_mut() {
        *last += rest;
    }
    widths
}
