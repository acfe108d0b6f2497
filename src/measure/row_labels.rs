//! The labels of the current row in one buffer: most rows have known labels, which then cost no allocation.

use super::MeasureError;
use super::value::Cell;

/// The label values of one row.
#[derive(Default)]
pub(super) struct RowLabels {
    text: String,
    /// The end of each value in `text`.
    ends: Vec<usize>,
}

impl RowLabels {
    /// Reads the labels of the next row.
    pub(super) fn read<'r>(
        &mut self,
        cells: impl Iterator<Item = Cell<'r>>,
    ) -> Result<(), MeasureError> {
        self.text.clear();
        self.ends.clear();
        for cell in cells {
            cell.write_label(&mut self.text)?;
            self.ends.push(self.text.len());
        }
        Ok(())
    }

    /// The values, in the order of the cells.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        begins
            .zip(&self.ends)
            .map(|(begin, end)| &self.text[begin..*end])
    }
}
