//! The response to a scrape: the prepared readings and the exporter's own metrics.

use std::sync::Arc;
use std::time::Instant;

use hyper::StatusCode;
use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderName, HeaderValue, VARY,
};
use tokio::task::spawn_blocking;

use super::AppState;
use super::body::Slices;
use super::response::{Response, insert_header, response, text};
use crate::board::Chunk;
use crate::exposition::{self, Coding, Format, Segment};
use crate::instruments::Instruments;

/// Every metric in the format that the client accepts.
pub(super) async fn respond(state: &AppState, headers: &HeaderMap) -> Response {
    let begin = Instant::now();
    let format = exposition::format(&joined(headers, &ACCEPT));
    let coding = exposition::coding(&joined(headers, &ACCEPT_ENCODING));
    let (chunks, instruments) = (state.board.chunks(), state.instruments.clone());
    // A chunk is immutable: one that is encoded now can be sent without further work.
    let is_ready = instruments.is_ready(format, coding)
        && chunks.iter().all(|chunk| chunk.is_ready(format, coding));
    let list = move || body(&chunks, &instruments, format, coding);
    // The first use encodes and compresses, which takes a while for large readings: not on a thread
    // of the runtime.
    let Ok(body) = (if is_ready {
        Ok(list())
    } else {
        spawn_blocking(list).await
    }) else {
        return text(
            StatusCode::INTERNAL_SERVER_ERROR,
            "cannot write the response\n",
        );
    };
    state.instruments.scraped(begin.elapsed(), body.len());
    let response = response(
        StatusCode::OK,
        HeaderValue::from_static(format.content_type()),
        body,
    );
    let response = insert_header(
        response,
        VARY,
        HeaderValue::from_static("Accept, Accept-Encoding"),
    );
    match coding {
        Coding::Identity => response,
        Coding::Gzip => insert_header(response, CONTENT_ENCODING, HeaderValue::from_static("gzip")),
    }
}

/// Repeated headers are equivalent to one whose values are joined by commas.
fn joined(headers: &HeaderMap, name: &HeaderName) -> String {
    let values: Vec<_> = headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    values.join(",")
}

fn body(
    chunks: &[Arc<Chunk>],
    instruments: &Instruments,
    format: Format,
    coding: Coding,
) -> Slices {
    let own = instruments.segments(format);
    let last = Segment::last(&instruments.of_this_scrape(), format);
    let shared = chunks
        .iter()
        .flat_map(|chunk| chunk.segments(format))
        .chain(&own);
    let segments: Vec<_> = shared.map(Arc::as_ref).chain([&last]).collect();
    exposition::slices(&segments, coding).into_iter().collect()
}
