//! A value per format, computed at its first use.

use std::sync::OnceLock;

use super::Format;

/// A cell for each format.
#[derive(Debug)]
pub struct PerFormat<T> {
    text: OnceLock<T>,
    openmetrics: OnceLock<T>,
}

impl<T> Default for PerFormat<T> {
    fn default() -> Self {
        Self {
            text: OnceLock::new(),
            openmetrics: OnceLock::new(),
        }
    }
}

impl<T> PerFormat<T> {
    /// The value of a format, if it has been computed.
    pub fn get(&self, format: Format) -> Option<&T> {
        self.cell(format).get()
    }

    /// The value of a format, computed now if it has not been.
    pub fn get_or_init(&self, format: Format, make: impl FnOnce() -> T) -> &T {
        self.cell(format).get_or_init(make)
    }

    fn cell(&self, format: Format) -> &OnceLock<T> {
        match format {
            Format::Text => &self.text,
            Format::OpenMetrics => &self.openmetrics,
        }
    }
}
