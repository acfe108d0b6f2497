//! The table of routes: which path is which, and which methods it takes.

use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, X_CONTENT_TYPE_OPTIONS};
use hyper::{Request, Response, StatusCode};

use super::body::Slices;
use super::{Site, api, health, page, scrape};

pub(super) type Answer = Response<Slices>;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

#[derive(Clone, Copy)]
enum Route {
    Scrape,
    Page,
    Summary,
    Refresh,
    Health,
    Live,
    Ready,
    Dashboard,
}

impl Route {
    fn of(path: &str) -> Option<Self> {
        match path {
            "/metrics" | "/api/metrics/prometheus" => Some(Route::Scrape),
            "/" => Some(Route::Page),
            "/api/metrics/summary" => Some(Route::Summary),
            "/api/metrics/refresh" => Some(Route::Refresh),
            "/api/metrics/health" => Some(Route::Health),
            "/health" | "/-/healthy" => Some(Route::Live),
            "/-/ready" => Some(Route::Ready),
            "/dashboard" => Some(Route::Dashboard),
            _ => None,
        }
    }

    /// The value of Allow.
    fn methods(self) -> &'static str {
        match self {
            Route::Refresh => "POST",
            Route::Scrape
            | Route::Page
            | Route::Summary
            | Route::Health
            | Route::Live
            | Route::Ready
            | Route::Dashboard => "GET, HEAD",
        }
    }
}

/// Answers any request; a HEAD is answered as a GET whose body hyper leaves out.
pub(super) async fn answer<B>(site: &Site, request: Request<B>) -> Answer {
    let path = request.uri().path();
    let Some(route) = Route::of(path) else {
        let known = "try /, /metrics, /api/metrics/summary, /api/metrics/health, /-/healthy or /-/ready";
        return text(StatusCode::NOT_FOUND, format!("nothing at this address: {known}\n"));
    };
    if !route.methods().split(", ").any(|method| method == request.method().as_str()) {
        let message = format!("{path} does not take {}, but {}\n", request.method(), route.methods());
        let refusal = text(StatusCode::METHOD_NOT_ALLOWED, message);
        return with(refusal, ALLOW, HeaderValue::from_static(route.methods()));
    }
    match route {
        Route::Scrape => scrape::answer(site, request.headers()).await,
        Route::Page => page::answer(site),
        Route::Summary => api::summary(site).await,
        Route::Refresh => api::refresh(site, request.uri().query().unwrap_or_default()).await,
        Route::Health => api::health(site),
        Route::Live => text(StatusCode::OK, "ok\n"),
        Route::Ready => match health::not_ready(&site.board) {
            None => text(StatusCode::OK, "ready\n"),
            Some(reason) => text(StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n")),
        },
        Route::Dashboard => dashboard(site),
    }
}

fn dashboard(site: &Site) -> Answer {
    let Some(url) = &site.settings.dashboard_url else {
        return text(StatusCode::NOT_FOUND, "no dashboard is configured: set `dashboard_url` under `[web]`\n");
    };
    match HeaderValue::from_str(url) {
        Ok(location) => with(text(StatusCode::FOUND, format!("{url}\n")), LOCATION, location),
        Err(_) => text(StatusCode::INTERNAL_SERVER_ERROR, "`dashboard_url` under `[web]` cannot stand in a header\n"),
    }
}

/// An answer of one line for people.
pub(super) fn text(status: StatusCode, body: impl Into<bytes::Bytes>) -> Answer {
    whole(status, TEXT, body.into())
}

/// An answer that must not be kept by caches.
pub(super) fn whole(status: StatusCode, content_type: HeaderValue, body: impl Into<Slices>) -> Answer {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = status;
    let answer = with(answer, CONTENT_TYPE, content_type);
    let answer = with(answer, CACHE_CONTROL, HeaderValue::from_static("no-store"));
    with(answer, X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))
}

pub(super) fn with(mut answer: Answer, name: HeaderName, value: HeaderValue) -> Answer {
    answer.headers_mut().insert(name, value);
    answer
}
