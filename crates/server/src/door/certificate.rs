//! The server's own certificate: made once, kept with its key in a file that only its owner reads.
//! Tills know it by its fingerprint, so its names say nothing and it does not run out.

use crate::error::ServerError;
use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};
use reda_domain::fingerprint::{Fingerprint, WORDS};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

/// A name that is nobody's (RFC 2606).
const NAME: &str = "reda.invalid";
const SHOWN_NAME: &str = "Reda";

/// A certificate, ready for use.
pub(super) struct Certificate {
    pub(super) tls: Arc<ServerConfig>,
    pub(super) fingerprint: Fingerprint,
    pub(super) words: [&'static str; WORDS],
}

impl Certificate {
    /// The one of a file, which is made the first time.
    pub(super) async fn kept(file: &Path) -> Result<Self, ServerError> {
        let path = file.to_owned();
        let shown = path.display().to_string();
        let read = tokio::task::spawn_blocking(move || {
            let pem = read_or_make(&path)?;
            Self::of(&pem)
        });
        let read = read.await.expect("reading a certificate does not panic");
        read.map_err(|source| ServerError::File { path: shown, source })
    }

    fn of(pem: &[u8]) -> io::Result<Self> {
        let broken = |_| io::Error::new(io::ErrorKind::InvalidData, "no certificate with its key");
        let certificate = CertificateDer::from_pem_slice(pem).map_err(broken)?;
        let key = PrivateKeyDer::from_pem_slice(pem).map_err(broken)?;
        let fingerprint = Fingerprint::of_certificate(&certificate);
        let tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let tls = tls.with_safe_default_protocol_versions().expect("ring speaks them");
        let tls = tls.with_no_client_auth().with_single_cert(vec![certificate], key);
        let tls = Arc::new(tls.map_err(io::Error::other)?);
        Ok(Self { tls, fingerprint, words: fingerprint.words() })
    }
}

fn read_or_make(path: &Path) -> io::Result<Vec<u8>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let pem = made().map_err(io::Error::other)?;
            write(path, pem.as_bytes())?;
            Ok(pem.into_bytes())
        }
        read => read,
    }
}

/// Key and certificate, as PEM.
fn made() -> Result<String, rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut certificate = CertificateParams::new(vec![NAME.to_owned()])?;
    certificate.distinguished_name.push(DnType::CommonName, SHOWN_NAME);
    certificate.not_before = date_time_ymd(2020, 1, 1);
    certificate.not_after = date_time_ymd(9999, 12, 31);
    let certificate = certificate.self_signed(&key)?;
    Ok(key.serialize_pem() + &certificate.pem())
}

/// Whole on the disk, or not at all.
fn write(path: &Path, pem: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    file.write_all(pem)?;
    file.sync_all()?;
    fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_made_once_and_nobody_else_reads_its_key() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("certificate.pem");
        let first = Certificate::kept(&path).await.unwrap();
        let again = Certificate::kept(&path).await.unwrap();
        assert_eq!(first.fingerprint, again.fingerprint);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let other = Certificate::kept(&dir.path().join("other.pem")).await.unwrap();
        assert_ne!(first.fingerprint, other.fingerprint);
    }

    #[tokio::test]
    async fn a_file_without_a_key_is_not_used_and_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("certificate.pem");
        fs::write(&path, "my diary").unwrap();
        assert!(Certificate::kept(&path).await.is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "my diary");
    }
}
