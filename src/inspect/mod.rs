//! What only a graph knows to be wrong with a KPI: names that it does not have, times of another type.
//!
//! Each question is small and bounded, and is asked once after start and while there is a warning
//! that new data could resolve; never by a scrape.

mod names;
mod question;
mod window_type;

use crate::diagnostic::Problem;
use crate::graph::{Graph, GraphError};
use crate::kpi::Kpi;

pub use names::{Names, Unknown};

/// The warnings about one KPI on one graph, as far as data shows them now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inspection {
    /// The warnings.
    pub warnings: Vec<Problem>,
    /// Whether new data could change the answer, so that it is worth another question.
    pub is_final: bool,
}

/// The warning about the time of a window, if there is one.
///
/// # Errors
/// As [`Graph::rows`].
pub async fn window_type(kpi: &Kpi, graph: &Graph) -> Result<Option<Problem>, GraphError> {
    Ok(window_type::check(kpi, graph).await?.warning)
}

/// Looks at one KPI, with the names of its database.
///
/// # Errors
/// As [`Graph::rows`].
pub async fn inspect(kpi: &Kpi, names: &Names, graph: &Graph) -> Result<Inspection, GraphError> {
    let mut warnings: Vec<_> = names
        .unknown(kpi)
        .into_iter()
        .map(Unknown::into_problem)
        .collect();
    let time = window_type::check(kpi, graph).await?;
    let is_final = warnings.is_empty() && time.is_known;
    warnings.extend(time.warning);
    Ok(Inspection { warnings, is_final })
}
