//! Neo4j over Bolt by neo4rs; the only file that names the driver.

use secrecy::SecretString;

use super::{GraphError, Request, RowSink};

/// How to reach a server.
#[derive(Clone, Debug)]
pub struct BoltSettings {
    /// Tried in order; `bolt`, `bolt+s` or `bolt+ssc`.
    pub uris: Vec<String>,
    /// The user.
    pub user: String,
    /// The password.
    pub password: SecretString,
    /// The database that requests without one ask; `None` is the server's default.
    pub database: Option<String>,
    /// The most queries at one time.
    pub max_concurrent: usize,
}

/// A Neo4j server.
#[derive(Debug)]
pub struct Bolt {
    _settings: BoltSettings,
}

impl Bolt {
    /// Connects on first use.
    pub fn new(settings: BoltSettings) -> Self {
        Self { _settings: settings }
    }

    pub(super) async fn rows(&self, _: &Request<'_>, _: &mut RowSink<'_>) -> Result<(), GraphError> {
        Err(GraphError::Decode("not there yet".into()))
    }
}
