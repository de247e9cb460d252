//! Against a server that verifies what it is asked, as Upvest does.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

use anyhow::{Context as _, Result, ensure};
use upvest_signature::{Delivery, KeySet, Policy, Profile, Profiles, SigningKey, verify};

use super::check;
use super::client::{Client, Credentials};

/// A request as it arrived.
struct Request {
    method: String,
    path: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Request {
    fn read(stream: &TcpStream) -> Result<Self> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let mut first = line.split(' ');
        let method = first.next().context("a method")?.to_owned();
        let path = first.next().context("a path")?.to_owned();
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.as_bytes().to_vec()));
        }
        let mut request = Self {
            method,
            path,
            headers,
            body: Vec::new(),
        };
        let len = request.header("content-length").map_or(Ok(0), str::parse)?;
        request.body = vec![0; len];
        reader.read_exact(&mut request.body)?;
        Ok(request)
    }

    fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(n, _)| n == name)?;
        std::str::from_utf8(value).ok().map(str::trim)
    }

    /// Whether the signature is the client's, of draft 15, and covers all that matters.
    fn check(&self, keys: &KeySet, covered: &[&str]) -> Result<()> {
        let delivery = Delivery {
            method: &self.method,
            path: &self.path,
            query: None,
            headers: &self.headers,
            body: &self.body,
        };
        let policy = Policy {
            profiles: Profiles::only(Profile::Draft15),
            max_age_s: 30,
            max_skew_s: 0,
        };
        verify(&delivery, keys, super::now_s()?, policy)?;
        let input = self.header("signature-input").context("an input")?;
        for name in covered {
            ensure!(
                input.contains(&format!("\"{name}\"")),
                "{name} is not covered"
            );
        }
        ensure!(
            self.header("upvest-signature-version") == Some("15"),
            "no version"
        );
        ensure!(
            self.header("upvest-client-id") == Some("client"),
            "no client"
        );
        Ok(())
    }
}

fn key(id: &str, number: u8) -> SigningKey {
    let mut scalar = [number; 66];
    scalar[0] = 0;
    SigningKey::from_scalar(id, &scalar).expect("a scalar")
}

/// Answers the requests for a token and for the keys, one of each.
fn serve(listener: TcpListener, published: String) -> JoinHandle<Result<()>> {
    std::thread::spawn(move || {
        let keys = KeySet::from_jwks(&key("ours", 7).jwks())?;
        let (stream, _) = listener.accept()?;
        let token = Request::read(&stream)?;
        ensure!((token.method.as_str(), token.path.as_str()) == ("POST", "/auth/token"));
        token.check(
            &keys,
            &["content-digest", "content-type", "upvest-client-id"],
        )?;
        let form = "client_id=client&client_secret=s+%26&grant_type=client_credentials&scope=a+b";
        ensure!(token.body == form.as_bytes(), "another form");
        answer(
            stream,
            "200 OK",
            r#"{"access_token":"t-1","token_type":"bearer"}"#,
        )?;

        let (stream, _) = listener.accept()?;
        let asked = Request::read(&stream)?;
        ensure!((asked.method.as_str(), asked.path.as_str()) == ("GET", "/auth/verify_keys"));
        asked.check(&keys, &["authorization", "accept", "upvest-client-id"])?;
        ensure!(
            asked.header("authorization") == Some("Bearer t-1"),
            "no token"
        );
        answer(stream, "200 OK", &published)
    })
}

fn answer(mut stream: TcpStream, status: &str, body: &str) -> Result<()> {
    let len = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-length: {len}\r\nconnection: close\r\n\r\n{body}"
    )?;
    Ok(())
}

fn client(listener: &TcpListener) -> Result<Client> {
    let credentials = Credentials {
        client_id: "client".to_owned(),
        client_secret: "s &".to_owned(),
        scope: "a b".to_owned(),
    };
    let url = format!("http://{}/", listener.local_addr()?);
    Ok(Client::new(&url, credentials, key("ours", 7)))
}

#[test]
fn keys_are_fetched_with_requests_of_our_own_signature() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let client = client(&listener)?;
    let published = key("upvest", 9).jwks();
    let server = serve(listener, published.clone());
    let fetched = client.webhook_keys();
    server.join().expect("no panic")?;
    assert_eq!(fetched?, published);
    check(&published)
}

/// An error of Upvest says which request it answered, and nothing of what was sent.
#[test]
fn a_refusal_names_the_request_and_no_secret() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let client = client(&listener)?;
    let server = std::thread::spawn(move || -> Result<()> {
        let (stream, _) = listener.accept()?;
        Request::read(&stream)?;
        answer(stream, "401 Unauthorized", "client_secret=s+%26")
    });
    let error = client.webhook_keys().expect_err("refused");
    server.join().expect("no panic")?;
    assert_eq!(format!("{error:#}"), "POST /auth/token was answered 401");
    Ok(())
}

#[test]
fn a_key_set_that_the_receiver_cannot_use_is_refused() {
    for set in [
        "",
        "{}",
        r#"{"keys":[]}"#,
        r#"{"keys":[{"kty":"RSA","kid":"a"}]}"#,
    ] {
        assert!(check(set).is_err(), "{set}");
    }
}
