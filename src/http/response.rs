//! Responses: a status, a body and the headers that every response carries.

use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS};

use super::body::Slices;

pub(super) type Response = hyper::Response<Slices>;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// One line of plain text.
pub(super) fn text(status: StatusCode, body: impl Into<bytes::Bytes>) -> Response {
    response(status, TEXT, body.into())
}

/// A response that must not be cached.
pub(super) fn response(
    status: StatusCode,
    content_type: HeaderValue,
    body: impl Into<Slices>,
) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let response = insert_header(response, CONTENT_TYPE, content_type);
    let response = insert_header(
        response,
        CACHE_CONTROL,
        HeaderValue::from_static("no-store"),
    );
    insert_header(
        response,
        X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    )
}

pub(super) fn insert_header(
    mut response: Response,
    name: HeaderName,
    value: HeaderValue,
) -> Response {
    response.headers_mut().insert(name, value);
    response
}
