//! The table of routes: paths and their allowed methods.

use hyper::header::{ALLOW, HeaderValue, LOCATION};
use hyper::{Request, StatusCode};

use super::response::{Response, insert_header, text};
use super::{AppState, api, health, page, scrape};

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

    /// The value of the header `Allow`.
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

/// Responds to any request; for HEAD hyper leaves out the body of the GET response.
pub(super) async fn respond<B>(state: &AppState, request: Request<B>) -> Response {
    let path = request.uri().path();
    let Some(route) = Route::of(path) else {
        let known =
            "try /, /metrics, /api/metrics/summary, /api/metrics/health, /-/healthy or /-/ready";
        return text(StatusCode::NOT_FOUND, format!("not found: {known}\n"));
    };
    if !route
        .methods()
        .split(", ")
        .any(|method| method == request.method().as_str())
    {
        let message = format!(
            "{path} does not allow {}: use {}\n",
            request.method(),
            route.methods()
        );
        let response = text(StatusCode::METHOD_NOT_ALLOWED, message);
        return insert_header(response, ALLOW, HeaderValue::from_static(route.methods()));
    }
    match route {
        Route::Scrape => scrape::respond(state, request.headers()).await,
        Route::Page => page::respond(state),
        Route::Summary => api::summary(state).await,
        Route::Refresh => api::refresh(state, request.uri().query().unwrap_or_default()).await,
        Route::Health => api::health(state),
        Route::Live => match health::why_dead(&state.board) {
            None => text(StatusCode::OK, "ok\n"),
            Some(reason) => text(
                StatusCode::SERVICE_UNAVAILABLE,
                format!("unhealthy: {reason}\n"),
            ),
        },
        Route::Ready => match health::not_ready(&state.board) {
            None => text(StatusCode::OK, "ready\n"),
            Some(reason) => text(
                StatusCode::SERVICE_UNAVAILABLE,
                format!("not ready: {reason}\n"),
            ),
        },
        Route::Dashboard => dashboard(state),
    }
}

fn dashboard(state: &AppState) -> Response {
    let Some(url) = &state.settings.dashboard_url else {
        return text(
            StatusCode::NOT_FOUND,
            "no dashboard configured: set `dashboard_url` under `[web]`\n",
        );
    };
    match HeaderValue::from_str(url) {
        Ok(location) => insert_header(
            text(StatusCode::FOUND, format!("{url}\n")),
            LOCATION,
            location,
        ),
        Err(_) => text(
            StatusCode::INTERNAL_SERVER_ERROR,
            "`dashboard_url` under `[web]` is not a valid header value\n",
        ),
    }
}
