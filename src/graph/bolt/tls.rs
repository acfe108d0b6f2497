//! TLS to a server by the files of the settings. They are checked here: the driver ignores a file
//! without certificates and panics on a key file without a key.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::BuilderVerifierExt;

/// The certificate files of a graph.
#[derive(Clone, Debug, Default)]
pub struct TlsFiles {
    /// The authorities to trust instead of those of the system.
    pub ca: Option<PathBuf>,
    /// The certificate that we present, and its key.
    pub client: Option<(PathBuf, PathBuf)>,
}

/// How the connection to a URI is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protection {
    None,
    /// The server's certificate is verified.
    Verified,
    /// The server's certificate is not verified.
    Unverified,
}

impl Protection {
    pub(super) fn of(uri: &str) -> Self {
        match uri.split_once("://") {
            Some((scheme, _)) if scheme.ends_with("+s") => Protection::Verified,
            Some((scheme, _)) if scheme.ends_with("+ssc") => Protection::Unverified,
            Some(_) | None => Protection::None,
        }
    }
}

impl TlsFiles {
    /// Gives the files to the driver.
    ///
    /// # Errors
    /// What is wrong with a file.
    pub(super) fn apply(
        &self,
        driver: neo4rs::ConfigBuilder,
        protection: Protection,
    ) -> Result<neo4rs::ConfigBuilder, String> {
        if protection == Protection::None {
            return Ok(driver);
        }
        let ca = self
            .ca
            .as_ref()
            .filter(|_| protection == Protection::Verified);
        if let Some(path) = ca {
            certificates("ca_file", path)?;
        }
        Ok(match (&self.client, ca) {
            (Some((certificate, key)), ca) => {
                certificates("client_cert_file", certificate)?;
                private_key(key)?;
                driver.with_mutual_tls_validation(ca, certificate, key)
            }
            (None, Some(ca)) => driver.with_client_certificate(ca),
            (None, None) => driver,
        })
    }

    /// The same protection for a connection of our own.
    ///
    /// # Errors
    /// What is wrong with a file, or with the system's authorities.
    pub(super) fn config(&self, protection: Protection) -> Result<ClientConfig, String> {
        let builder = ClientConfig::builder();
        let builder = match (protection, &self.ca) {
            (Protection::Unverified | Protection::None, _) => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(AnyCertificate::new())),
            (Protection::Verified, Some(ca)) => {
                let mut authorities = RootCertStore::empty();
                authorities.add_parsable_certificates(certificates("ca_file", ca)?);
                builder.with_root_certificates(authorities)
            }
            (Protection::Verified, None) => builder
                .with_platform_verifier()
                .map_err(|error| error.to_string())?,
        };
        let Some((certificate, key)) = &self.client else {
            return Ok(builder.with_no_client_auth());
        };
        builder
            .with_client_auth_cert(
                certificates("client_cert_file", certificate)?,
                private_key(key)?,
            )
            .map_err(|error| format!("`client_cert_file` and `client_key_file`: {error}"))
    }
}

fn certificates(key: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let named = |cause: String| format!("`{key}` {}: {cause}", path.display());
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path)
        .map_err(|error| named(error.to_string()))?
        .collect();
    match found {
        Ok(found) if found.is_empty() => Err(named(
            "expected certificates in PEM format, found none".to_owned(),
        )),
        Ok(found) => Ok(found),
        Err(error) => Err(named(error.to_string())),
    }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| {
        format!(
            "`client_key_file` {}: expected a private key in PEM format: {error}",
            path.display()
        )
    })
}

/// `bolt+ssc`: the connection is encrypted, and any certificate is accepted.
#[derive(Debug)]
struct AnyCertificate(WebPkiSupportedAlgorithms);

impl AnyCertificate {
    fn new() -> Self {
        Self(ring::default_provider().signature_verification_algorithms)
    }
}

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signature, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signature, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}
