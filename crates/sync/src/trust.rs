//! Which servers a till believes: those whose certificate everybody knows, or the one whose
//! certificate it knows by its fingerprint. The same for HTTP and for the WebSocket.

use reda_protocol::Fingerprint;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring};
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::error::Error;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// Whom a till believes to be its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Whoever shows a certificate for this address that browsers would take.
    Known,
    /// Whoever shows this very certificate, and nobody else; its names and dates say nothing.
    Pinned(Fingerprint),
}

/// Why a server was not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distrust {
    /// It is not the certificate that was pinned, or one that nobody knows.
    Other,
    /// It does not count at the time that this computer's clock shows.
    Clock,
}

/// What a server showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A certificate that browsers would take.
    Known,
    /// One of its own, which only its fingerprint tells from others.
    Own(Fingerprint),
    /// One that does not count at the time that this computer's clock shows.
    NotNow,
}

impl Trust {
    /// How TLS is spoken with such a server.
    pub fn tls(self) -> rustls::ClientConfig {
        match self {
            Trust::Known => with(known()),
            Trust::Pinned(fingerprint) => with(Arc::new(Pinned { fingerprint })),
        }
    }
}

/// Looks at a server's certificate without believing it: TLS with [`Look::tls`] ends before
/// anything is said, unless it is one that everybody knows.
#[derive(Debug)]
pub struct Look {
    known: Arc<WebPkiServerVerifier>,
    shown: Mutex<Option<Shown>>,
}

impl Look {
    /// A look that has seen nothing yet.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { known: known(), shown: Mutex::default() })
    }

    /// How TLS is spoken to look.
    pub fn tls(self: &Arc<Self>) -> rustls::ClientConfig {
        with(self.clone())
    }

    /// What was shown last; `None` where there was no certificate.
    pub fn shown(&self) -> Option<Shown> {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why TLS failed, if it was the certificate; looks through what other libraries wrap around it.
pub fn distrust(error: &(dyn Error + 'static)) -> Option<Distrust> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(rustls::Error::InvalidCertificate(why)) = error.downcast_ref() {
            return Some(if is_about_time(why) { Distrust::Clock } else { Distrust::Other });
        }
        // What an I/O error wraps is no source of it.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = wrapped.map(|it| it as &(dyn Error + 'static)).or_else(|| error.source());
    }
    None
}

fn is_about_time(why: &CertificateError) -> bool {
    matches!(
        why,
        CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. }
    )
}

fn with(verifier: Arc<dyn ServerCertVerifier>) -> rustls::ClientConfig {
    let provider = Arc::new(ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider);
    let config = config.with_safe_default_protocol_versions().expect("ring speaks them");
    config.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
}

fn known() -> Arc<WebPkiServerVerifier> {
    let roots = Arc::new(RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()));
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider).build();
    verifier.expect("the built-in roots are sound")
}

fn algorithms() -> WebPkiSupportedAlgorithms {
    let CryptoProvider { signature_verification_algorithms, .. } = ring::default_provider();
    signature_verification_algorithms
}

/// Takes one certificate alone. The handshake's signature is checked as ever, so that whoever shows
/// it also has its key.
#[derive(Debug)]
struct Pinned {
    fingerprint: Fingerprint,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if Fingerprint::of_certificate(certificate) == self.fingerprint {
            return Ok(ServerCertVerified::assertion());
        }
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &algorithms())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &algorithms())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        algorithms().supported_schemes()
    }
}

impl ServerCertVerifier for Look {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self.known.verify_server_cert(certificate, chain, name, ocsp, now);
        let shown = match &verified {
            Ok(_) => Shown::Known,
            Err(rustls::Error::InvalidCertificate(why)) if is_about_time(why) => Shown::NotNow,
            Err(_) => Shown::Own(Fingerprint::of_certificate(certificate)),
        };
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(shown);
        verified
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.known.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.known.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.known.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("could not connect")]
    struct Wrapped(#[source] io::Error);

    fn wrapped(why: CertificateError) -> Wrapped {
        Wrapped(io::Error::other(rustls::Error::from(why)))
    }

    #[test]
    fn why_a_certificate_was_not_believed_is_found_inside_what_wraps_it() {
        let other = wrapped(CertificateError::ApplicationVerificationFailure);
        assert_eq!(distrust(&other), Some(Distrust::Other));
        assert_eq!(distrust(&wrapped(CertificateError::UnknownIssuer)), Some(Distrust::Other));
        assert_eq!(distrust(&wrapped(CertificateError::NotValidYet)), Some(Distrust::Clock));
        assert_eq!(distrust(&wrapped(CertificateError::Expired)), Some(Distrust::Clock));
    }

    #[test]
    fn another_failure_is_no_distrust() {
        assert_eq!(distrust(&Wrapped(io::ErrorKind::ConnectionRefused.into())), None);
        assert_eq!(distrust(&io::Error::other(rustls::Error::HandshakeNotComplete)), None);
    }

    #[test]
    fn a_pinned_certificate_alone_is_taken() {
        let pinned = Pinned { fingerprint: Fingerprint::of_certificate(b"mine") };
        let name = ServerName::try_from("192.0.2.1").unwrap();
        let shown = |der: &'static [u8]| {
            pinned.verify_server_cert(
                &der.into(),
                &[],
                &name,
                &[],
                UnixTime::since_unix_epoch(Default::default()),
            )
        };
        assert!(shown(b"mine").is_ok());
        assert!(shown(b"yours").is_err());
    }
}
