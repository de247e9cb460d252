//! Signatures that the `openssl` program makes, over the shipped component.

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::{PATH, now_s, package, refused, send};
use crate::harness::{App, Database, header};

/// What `openssl` makes of an input.
fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("`cargo xtask test` installs openssl");
    let mut stdin = child.stdin.take().expect("its input");
    stdin.write_all(input).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "openssl {arguments:?}");
    output.stdout
}

#[test]
fn a_delivery_that_openssl_signed_is_believed() {
    let key = openssl(&["ecparam", "-name", "secp521r1", "-genkey", "-noout"], b"");
    let file = std::env::temp_dir().join(format!("retire-openssl-{}.pem", std::process::id()));
    std::fs::write(&file, &key).expect("written");
    let public = openssl(&["ec", "-pubout", "-outform", "DER"], &key);
    // The end of the SubjectPublicKeyInfo is the point: 04, x, y.
    let (x, y) = public[public.len() - 132..].split_at(66);
    let jwks = format!(
        r#"{{"keys":[{{"kid":"openssl","kty":"EC","crv":"P-521","x":"{}","y":"{}"}}]}}"#,
        URL_SAFE_NO_PAD.encode(x),
        URL_SAFE_NO_PAD.encode(y)
    );
    let app = App::start_with(Database::create(), None, &[("upvest_jwks", &jwks)]);
    let body = package(&[]);
    let sha_256 = STANDARD.encode(openssl(&["dgst", "-sha256", "-binary"], &body));
    for _ in 0..4 {
        let raw = format!(
            "(\"@method\" \"@path\" \"digest\");keyid=\"openssl\";created={}",
            now_s()
        );
        let base = format!(
            "@method: POST\n@path: {PATH}\ndigest: SHA-256={sha_256}\n@signature-params: {raw}"
        );
        let path = file.to_str().expect("text");
        let der = openssl(&["dgst", "-sha512", "-sign", path], base.as_bytes());
        let headers = [
            header("digest", &format!("SHA-256={sha_256}")),
            header("signature-input", &format!("hook={raw}")),
            header("signature", &format!("hook=:{}:", STANDARD.encode(&der))),
        ];
        assert_eq!(send(&app, &headers, &body).status, 200);
        let mut forged = headers.clone();
        forged[1].1.push(b' ');
        forged[1].1.extend(b";a");
        assert_eq!(refused(&app, &forged, &body).0, 401);
    }
    std::fs::remove_file(&file).expect("removed");
}
