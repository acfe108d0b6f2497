//! The health of the exporter, from the board and the problems of the files.

use super::AppState;
use crate::board::Board;

/// Why the exporter is not ready; none if it is. It stays ready when a graph becomes unreachable
/// later: Kubernetes would stop routing scrapes to it, just when its metrics say what is wrong.
pub(super) fn not_ready(board: &Board) -> Option<String> {
    if !board.first_pass_done() {
        let waiting = board.targets().filter(|target| !target.has_run()).count();
        return Some(format!(
            "{waiting} of {} KPIs have not run yet",
            board.targets().count()
        ));
    }
    if board.any_graph_reached() {
        return None;
    }
    let away = board
        .graphs()
        .iter()
        .filter_map(|graph| Some(format!("graph `{}`: {}", graph.name, graph.down_reason()?)));
    Some(away.collect::<Vec<_>>().join("; "))
}

/// Why the process should be restarted; none if it works.
pub(super) fn why_dead(board: &Board) -> Option<String> {
    let failing = board.failing_tasks();
    (!failing.is_empty()).then(|| format!("restarted in vain: {}", failing.join(", ")))
}

/// `unknown` until each KPI has run, `healthy` if all runs succeeded and no file has a problem,
/// `unhealthy` if all runs failed or no graph is reachable, `degraded` in between.
pub(super) fn status(state: &AppState) -> &'static str {
    let board = &state.board;
    let runs: Vec<_> = board.targets().map(|target| target.status()).collect();
    let failed = runs
        .iter()
        .filter(|status| status.error().is_some())
        .count();
    if why_dead(board).is_some() {
        "unhealthy"
    } else if !board.first_pass_done() {
        "unknown"
    } else if !board.any_graph_up() || (failed == runs.len() && failed > 0) {
        "unhealthy"
    } else if failed > 0 || !board.all_graphs_up() || state.has_problems() {
        "degraded"
    } else {
        "healthy"
    }
}

/// Whether a run is in progress or scheduled, if there is any KPI.
pub(super) fn scheduler_running(board: &Board) -> bool {
    let mut runs = board.targets().map(|target| target.status()).peekable();
    runs.peek().is_none() || runs.any(|status| status.running || status.next_run.is_some())
}
