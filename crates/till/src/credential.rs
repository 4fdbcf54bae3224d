//! What a till that joined over a network keeps: which till it is, the credential that proves it, and
//! the certificate by which it knows its server. In a file that only its owner reads, and that is whole at any moment: the server takes the
//! credential before the newest one still, so a till that is cut off between asking and saving goes
//! on with what stands here.

use crate::private_file::PrivateFile;
use reda_domain::fingerprint::Fingerprint;
use reda_domain::{BusinessId, DeviceId};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

/// Who a till is, and how it proves it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    pub device: DeviceId,
    pub business: BusinessId,
    pub credential: String,
    /// The certificate by which it knows its server; without one, everybody knows that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<Fingerprint>,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credential(of {})", self.device)
    }
}

/// The file that keeps it.
#[derive(Clone, Debug)]
pub struct CredentialFile(PrivateFile);

impl CredentialFile {
    /// The file in a till's folder.
    pub fn in_folder(dir: &Path) -> Self {
        Self(PrivateFile::at(dir.join("credential.json")))
    }

    /// What is kept; `None` before the till has joined.
    pub fn read(&self) -> io::Result<Option<Credential>> {
        let kept = self.0.read()?;
        Ok(kept.map(|bytes| serde_json::from_slice(&bytes)).transpose()?)
    }

    /// Keeps another one in its place: on the disk before this returns, or not at all.
    pub fn write(&self, credential: &Credential) -> io::Result<()> {
        self.0.write(&serde_json::to_vec(credential)?)
    }

    /// Forgets it: the till was taken out of its business.
    pub fn forget(&self) -> io::Result<()> {
        self.0.remove()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use uuid::Uuid;

    const PIN: Fingerprint = Fingerprint([7; 32]);

    fn credential(text: &str) -> Credential {
        let (device, business) = (DeviceId(Uuid::from_u128(1)), BusinessId(Uuid::from_u128(2)));
        Credential { device, business, credential: text.to_owned(), pin: Some(PIN) }
    }

    #[test]
    fn what_was_written_is_read_and_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let file = CredentialFile::in_folder(dir.path());
        assert_eq!(file.read().unwrap(), None);
        for text in ["first", "second"] {
            file.write(&credential(text)).unwrap();
            assert_eq!(file.read().unwrap(), Some(credential(text)));
        }
        file.forget().unwrap();
        file.forget().unwrap();
        assert_eq!(file.read().unwrap(), None);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let file = CredentialFile::in_folder(dir.path());
        file.write(&credential("secret")).unwrap();
        let mode = fs::metadata(dir.path().join("credential.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(!format!("{:?}", credential("secret")).contains("secret"));
    }

    #[test]
    fn a_write_that_was_cut_off_leaves_the_one_before() {
        let dir = tempfile::tempdir().unwrap();
        let file = CredentialFile::in_folder(dir.path());
        file.write(&credential("first")).unwrap();
        fs::write(dir.path().join("credential.new"), b"{\"device\":").unwrap();
        assert_eq!(file.read().unwrap(), Some(credential("first")));
        file.write(&credential("second")).unwrap();
        assert_eq!(file.read().unwrap(), Some(credential("second")));
    }
}
