//! A server that also lets other computers in.

use crate::process::Serving;
use reda_till::{ServerAddress, look};
use serde_json::{Value, json};

#[tokio::test]
async fn a_server_shows_others_the_certificate_that_it_says_it_has_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let tls = ["--tls-listen", "127.0.0.1:0"];
    let mut words = vec![];
    for _ in 0..2 {
        let server = Serving::start_with(dir.path(), "sqlite:server.db", &tls);
        let address = server.tls["addresses"][0].as_str().expect("an address");
        let address = ServerAddress::parse(address).unwrap();
        let shown = look(&address).await.unwrap().expect("a certificate of its own");
        assert_eq!(server.tls["fingerprint"], json!(shown));
        assert_eq!(server.tls["words"], json!(shown.words()));
        words.push(shown.words());
    }
    assert_eq!(words[0], words[1]);
}

#[test]
fn a_server_listens_in_the_clear_alone_unless_it_is_told_otherwise() {
    let dir = tempfile::tempdir().unwrap();
    let server = Serving::start(dir.path(), "sqlite:server.db");
    assert_eq!((&server.tls, &server.links), (&Value::Null, &Value::Null));
    assert!(!dir.path().join("reda-certificate.pem").exists());
}

#[tokio::test]
async fn a_server_that_is_told_to_serves_links_at_a_port_of_their_own() {
    let dir = tempfile::tempdir().unwrap();
    let links = ["--link-listen", "127.0.0.1:0"];
    let server = Serving::start_with(dir.path(), "sqlite:server.db", &links);
    let url = server.links["url"].as_str().expect("an address");
    for path in ["/r/AAAA", "/health/live"] {
        let answer = reqwest::get(format!("{url}{path}")).await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
        assert!(answer.text().await.unwrap().contains("There is nothing here"), "{path}");
    }
}
