//! A scrape: the readings as they lie ready, and the exporter's own metrics, in one answer.

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

/// Every metric in the form that the client asks for.
pub(super) async fn answer(state: &AppState, headers: &HeaderMap) -> Response {
    let begin = Instant::now();
    let format = exposition::format(&joined(headers, &ACCEPT));
    let coding = exposition::coding(&joined(headers, &ACCEPT_ENCODING));
    let (chunks, instruments) = (state.board.chunks(), state.instruments.clone());
    // Pages stay as they are: what is ready now costs no more than being listed.
    let is_ready = instruments.is_ready(format, coding)
        && chunks.iter().all(|chunk| chunk.is_ready(format, coding));
    let list = move || body(&chunks, &instruments, format, coding);
    // Encoding and compressing large readings takes a while at the first use: not on a thread that others wait for.
    let Ok(body) = (if is_ready {
        Ok(list())
    } else {
        spawn_blocking(list).await
    }) else {
        return text(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the answer could not be written\n",
        );
    };
    state.instruments.scraped(begin.elapsed(), body.len());
    let answer = response(
        StatusCode::OK,
        HeaderValue::from_static(format.content_type()),
        body,
    );
    let answer = insert_header(
        answer,
        VARY,
        HeaderValue::from_static("Accept, Accept-Encoding"),
    );
    match coding {
        Coding::Identity => answer,
        Coding::Gzip => insert_header(answer, CONTENT_ENCODING, HeaderValue::from_static("gzip")),
    }
}

/// Several headers of one name count as one, joined by commas.
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
