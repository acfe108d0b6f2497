//! Where panels stand: from left to right in shelves that they fill, row under row.

use serde_json::{Value, json};

use super::Row;
use super::spec::PanelSpec;

/// How wide Grafana's grid is.
const WIDTH: u32 = 24;

/// A single number needs no more than this.
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
        for shelf in shelves(&row.panels) {
            let height = shelf.iter().map(|panel| panel.size().1).max().unwrap_or(0);
            let mut x = 0;
            for (panel, width) in shelf.iter().zip(widths(&shelf)) {
                let place = json!({ "x": x, "y": y, "w": width, "h": height });
                panels.push(panel.json(panels.len() + 1, &place));
                x += width;
            }
            y += height;
        }
    }
    panels
}

/// The panels in order, as many on a shelf as fit.
fn shelves(panels: &[PanelSpec]) -> Vec<Vec<&PanelSpec>> {
    let mut shelves: Vec<Vec<&PanelSpec>> = Vec::new();
    let mut left = 0;
    for (panel, begins) in panels.iter().zip(begins(panels)) {
        let (width, _) = panel.size();
        match shelves.last_mut().filter(|_| left >= width && !begins) {
            Some(shelf) => shelf.push(panel),
            None => {
                shelves.push(vec![panel]);
                left = WIDTH;
            }
        }
        left -= width;
    }
    shelves
}

/// Which panels begin a shelf whatever fits: numbers that need several shelves are spread over them alike.
fn begins(panels: &[PanelSpec]) -> Vec<bool> {
    let is_number = |panel: &PanelSpec| panel.size().0 < WIDTH / 2;
    let runs = panels.chunk_by(|one, next| is_number(one) == is_number(next));
    let spread = |run: &[PanelSpec]| {
        let fit = (WIDTH
            / run
                .iter()
                .map(|panel| panel.size().0)
                .max()
                .unwrap_or(WIDTH)) as usize;
        let shelves = run.len().div_ceil(fit);
        let each = run.len().div_ceil(shelves);
        (0..run.len())
            .map(|at| is_number(&run[at]) && shelves > 1 && at % each == 0)
            .collect::<Vec<_>>()
    };
    runs.flat_map(spread).collect()
}

/// Each panel as wide as its share of the shelf, so that no gap is left, but a number not too wide.
fn widths(shelf: &[&PanelSpec]) -> Vec<u32> {
    let wanted: u32 = shelf.iter().map(|panel| panel.size().0).sum();
    let only_numbers = shelf.iter().all(|panel| panel.size().0 < WIDTH / 2);
    let whole = if only_numbers {
        WIDTH.min(shelf.len() as u32 * WIDEST_NUMBER)
    } else {
        WIDTH
    };
    let mut widths: Vec<_> = shelf
        .iter()
        .map(|panel| panel.size().0 * whole / wanted.max(1))
        .collect();
    let rest = whole - widths.iter().sum::<u32>();
    if let Some(last) = widths.last_mut() {
        *last += rest;
    }
    widths
}
