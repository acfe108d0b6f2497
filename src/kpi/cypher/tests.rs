//! The scan as a whole, as tables of texts.

use super::*;

#[test]
fn smoke() {
    assert!(scan("RETURN 1 AS value").is_ok());
}
