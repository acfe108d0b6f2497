//! What is made once for each format, at the first use in it.

use std::sync::OnceLock;

use super::Format;

/// A place for each format.
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
    /// What there is in a format by now.
    pub fn get(&self, format: Format) -> Option<&T> {
        self.place(format).get()
    }

    /// What there is in a format, made now where nobody has asked for it before.
    pub fn get_or_init(&self, format: Format, make: impl FnOnce() -> T) -> &T {
        self.place(format).get_or_init(make)
    }

    fn place(&self, format: Format) -> &OnceLock<T> {
        match format {
            Format::Text => &self.text,
            Format::OpenMetrics => &self.openmetrics,
        }
    }
}
