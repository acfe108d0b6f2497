//! `health`: checks that a running exporter is healthy.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use super::{ExitStatus, output, project};
use crate::cli::{Common, Health};
use crate::http::client;

/// Container health checks time out after a few seconds.
const LIMIT: Duration = Duration::from_secs(3);

pub(super) async fn health(common: &Common, options: &Health) -> anyhow::Result<ExitStatus> {
    let address = match &options.address {
        Some(address) => address.clone(),
        None => match project::settings(common)? {
            Some(config) => on_this_machine(config.web.listen).to_string(),
            None => return Ok(ExitStatus::BadInput),
        },
    };
    let path = if options.ready {
        "/-/ready"
    } else {
        "/-/healthy"
    };
    match client::get(&address, path, LIMIT).await {
        Ok(response) if response.is_success => {
            write!(anstream::stdout(), "{}", response.body)?;
            Ok(ExitStatus::Done)
        }
        Ok(response) => {
            output::plain_error(response.body.trim_end())?;
            Ok(ExitStatus::Failed)
        }
        Err(error) => {
            output::plain_error(error)?;
            Ok(ExitStatus::Failed)
        }
    }
}

/// An unspecified address (`0.0.0.0`, `[::]`) is reached through the loopback.
pub(super) fn on_this_machine(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    SocketAddr::new(ip, listen.port())
}
