//! A scrape: the readings as they lie ready, and the exporter's own metrics, in one answer.

use std::iter;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderName, HeaderValue, VARY};
use tokio::task::spawn_blocking;

use super::Site;
use super::body::Slices;
use super::routes::{Answer, text, whole, with};
use crate::board::Reading;
use crate::exposition::{self, Coding, Format, GZIP_HEADER, Segment, gzip_trailer};

/// Every metric in the form that the client asks for.
pub(super) async fn answer(site: &Site, headers: &HeaderMap) -> Answer {
    let begin = Instant::now();
    let format = exposition::format(&joined(headers, &ACCEPT));
    let coding = exposition::coding(&joined(headers, &ACCEPT_ENCODING));
    let readings: Vec<_> = site.board.slots().iter().filter_map(|slot| slot.reading()).collect();
    let own = site.instruments.families();
    let assemble = move || body(&readings, Segment::encode(&own, format), format, coding);
    // Encoding and compressing large readings takes a while at the first use: not on a thread that others wait for.
    let Ok(body) = spawn_blocking(assemble).await else {
        return text(StatusCode::INTERNAL_SERVER_ERROR, "the answer could not be written\n");
    };
    site.instruments.scraped(begin.elapsed(), body.len());
    let answer = whole(StatusCode::OK, HeaderValue::from_static(format.content_type()), body);
    let answer = with(answer, VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    match coding {
        Coding::Identity => answer,
        Coding::Gzip => with(answer, CONTENT_ENCODING, HeaderValue::from_static("gzip")),
    }
}

/// Several headers of one name count as one, joined by commas.
fn joined(headers: &HeaderMap, name: &HeaderName) -> String {
    let values: Vec<_> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
    values.join(",")
}

fn body(readings: &[Arc<Reading>], own: Segment, format: Format, coding: Coding) -> Slices {
    let end = Segment::end(format);
    let segments = || readings.iter().map(|reading| reading.segment(format)).chain([&own, &end]);
    match coding {
        Coding::Identity => segments().map(|segment| segment.body().clone()).collect(),
        Coding::Gzip => {
            let stretches = || segments().map(Segment::deflated);
            iter::once(Bytes::from_static(&GZIP_HEADER))
                .chain(stretches().map(|stretch| stretch.blocks().clone()))
                .chain([gzip_trailer(stretches())])
                .collect()
        }
    }
}
