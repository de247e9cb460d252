//! Deliveries that differ from one that was signed: none is believed.
//!
//! `RETIRE_SOAK_MUTATIONS` says how many; each is drawn with its number as the seed.

mod der;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use upvest_signature::{KeySet, Policy, Profile, Rejection};

use crate::fixture::{Signed, accepting, jwks, key, signed};

/// What is drawn where nobody asks for more.
const SLICE: u64 = 400;

/// Deliveries that verify, and the keys and the policy by which they do.
struct World {
    originals: Vec<Signed>,
    keys: KeySet,
    swapped_keys: KeySet,
    policy: Policy,
}

/// A change of a delivery.
type Change = fn(&World, &mut Signed, &mut ChaCha8Rng);

const CHANGES: [(&str, Change); 12] = [
    ("a bit of the body", bit_of_the_body),
    ("a bit of a header", bit_of_a_header),
    ("bytes of a header", bytes_of_a_header),
    ("a header dropped", dropped),
    ("a header twice", twice),
    ("two values swapped", swapped),
    ("the request line", request_line),
    ("the list of components", components),
    ("a parameter", parameter),
    ("parts of another delivery", spliced),
    ("the body", body),
    ("the signature's encoding", der::change),
];

impl World {
    fn new() -> Self {
        let (one, two) = (key("one", 7), key("two", 9));
        let mut originals = Vec::new();
        for profile in Profile::ALL {
            for (signer, query, body) in [
                (&one, None, &b"{\"payload\":[]}"[..]),
                (&two, None, b"{\"payload\":[1]}"),
                (&one, Some("a=1&b=2"), b"{\"payload\":[2]}"),
                (&two, None, b""),
            ] {
                originals.push(signed(profile, signer, query, body));
            }
        }
        let keys = |text: &str| KeySet::from_jwks(text).expect("keys");
        let set = jwks(&[&one, &two]);
        let swapped = set
            .replace("\"one\"", "\"third\"")
            .replace("\"two\"", "\"one\"");
        Self {
            originals,
            keys: keys(&set),
            swapped_keys: keys(&swapped.replace("\"third\"", "\"two\"")),
            policy: accepting("draft-06 draft-15"),
        }
    }

    /// The mutation of a seed: what was done, and to what.
    fn mutation(&self, seed: u64) -> (&'static str, Signed) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let original = self.originals.choose(&mut rng).expect("originals");
        // What a draw leaves as it was is drawn again.
        loop {
            let (name, change) = CHANGES.choose(&mut rng).expect("changes");
            let mut mutated = original.clone();
            change(self, &mut mutated, &mut rng);
            if told(&mutated) != told(original) {
                return (name, mutated);
            }
        }
    }
}

/// What a delivery tells, whatever the order of its headers and the whitespace around
/// their values (RFC 9110, section 5.3 and 5.5).
fn told(signed: &Signed) -> Signed {
    let mut told = signed.clone();
    told.query = told.query.filter(|query| !query.is_empty());
    for (_, value) in &mut told.headers {
        let text = value.as_slice();
        let inside = |b: &u8| !matches!(b, b' ' | b'\t');
        let start = text.iter().position(inside).unwrap_or(text.len());
        let end = text.iter().rposition(inside).map_or(start, |last| last + 1);
        *value = text[start..end].to_vec();
    }
    told.headers.sort_by(|(a, _), (b, _)| a.cmp(b));
    told
}

/// None of the mutated deliveries is believed, whatever was changed.
#[test]
fn no_mutated_delivery_is_believed() {
    let total = std::env::var("RETIRE_SOAK_MUTATIONS")
        .ok()
        .map_or(SLICE, |text| text.parse().expect("a number"));
    let world = World::new();
    for original in &world.originals {
        assert!(original.verify(&world.keys, world.policy).is_ok());
        let refused = original.verify(&world.swapped_keys, world.policy);
        assert_eq!(refused, Err(Rejection::BadSignature));
    }
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    std::thread::scope(|scope| {
        for first in 0..threads {
            let world = &world;
            scope.spawn(move || {
                for seed in (first..total).step_by(usize::try_from(threads).expect("few")) {
                    let (name, mutated) = world.mutation(seed);
                    let verified = mutated.verify(&world.keys, world.policy);
                    assert!(verified.is_err(), "{name}, seed {seed}");
                }
            });
        }
    });
}

fn flip(bytes: &mut [u8], rng: &mut ChaCha8Rng) {
    if !bytes.is_empty() {
        let at = rng.random_range(0..bytes.len());
        bytes[at] ^= 1 << rng.random_range(0..8);
    }
}

fn bit_of_the_body(_: &World, signed: &mut Signed, rng: &mut ChaCha8Rng) {
    flip(&mut signed.body, rng);
}

fn bit_of_a_header(_: &World, signed: &mut Signed, rng: &mut ChaCha8Rng) {
    let at = rng.random_range(0..signed.headers.len());
    let (_, value) = &mut signed.headers[at];
    flip(value, rng);
}

fn bytes_of_a_header(_: &World, signed: &mut Signed, rng: &mut ChaCha8Rng) {
    let at = rng.random_range(0..signed.headers.len());
    let (_, value) = &mut signed.headers[at];
    let place = rng.random_range(0..value.len());
    match rng.random_range(0..4) {
        0 => value.insert(place, rng.random()),
        1 => value.insert(place, *b" ,;=:\"()\\\t".choose(rng).expect("bytes")),
        2 => value.truncate(place),
        _ => {
            value.remove(place);
        }
    }
}

fn dropped(_: &World, signed: &mut Signed, rng: &mut ChaCha8Rng) {
    let at = rng.random_range(0..signed.headers.len());
    signed.headers.remove(at);
}

fn twice(world: &World, signed: &mut Signed, rng: &mut ChaCha8Rng) {
    let from = match rng.random() {
        true => signed.clone(),
        false => world.originals.choose(rng).expect("originals").clone(),
    };
    let again = from.headers.choose(rng).expect("headers").clone();
    let listed = format!("\"{}\"", again.0);
    let covered = signed.header("signature-input").contains(&listed);
    // A header that nobody covers says nothing.
    if covered || again.0.starts_with("signature") {
        let at = rng.random_range(0..=signed.headers.len());
        signed.headers.insert(at, again);
    }
}

fn swapped(_: &World, signed: &mut Signed, rng: &mut ChaCha8Rng) {
    let (a, b) = (
        rng.random_range(0..signed.headers.len()),
        rng.random_range(0..signed.headers.len()),
    );
    let value = signed.headers[a].1.clone();
    signed.headers[a].1 = std::mem::replace(&mut signed.headers[b].1, value);
}

fn request_line(_: &World, signed: &mut Signed, rng: &mut ChaCha8Rng) {
    match rng.random_range(0..6) {
        0 => {
            signed.method = (*["GET", "PUT", "post", "POST "].choose(rng).expect("some")).to_owned()
        }
        1 => signed
            .path
            .push_str(["/", "?", "%20", "/.."].choose(rng).expect("some")),
        2 => signed.path.make_ascii_uppercase(),
        3 => {
            signed.query =
                Some((*["c=3", "b=2&a=1", "a=1&b=2&"].choose(rng).expect("some")).to_owned())
        }
        4 => signed.query = None,
        // The text of base lines, moved into a value.
        _ => signed.path.push_str("\naccept: */*"),
    }
}

/// Another list of components: re-ordered, shorter, longer, or with other names.
fn components(_: &World, signed: &mut Signed, rng: &mut ChaCha8Rng) {
    let input = signed.header("signature-input");
    let (list, rest) = input["sig1=(".len()..].split_once(')').expect("a list");
    let mut names: Vec<String> = list.split(' ').map(str::to_owned).collect();
    let at = rng.random_range(0..names.len());
    match rng.random_range(0..6) {
        0 => names.shuffle(rng),
        1 => {
            names.remove(at);
        }
        2 => names.insert(at, names[rng.random_range(0..names.len())].clone()),
        3 => {
            let added = [
                "\"host\"",
                "\"@authority\"",
                "\"@query\"",
                "\"@signature-params\"",
                "\"\"",
                "1",
            ];
            names.insert(at, (*added.choose(rng).expect("some")).to_owned());
        }
        4 => {
            names[at] += [";sf", ";bs", ";req", ";key=\"a\""]
                .choose(rng)
                .expect("some")
        }
        _ => names[at] = names[at].to_ascii_uppercase(),
    }
    let separator = *[" ", "  ", "\t", ","].choose(rng).expect("some");
    let separator = if rng.random_range(0..4) == 0 {
        separator
    } else {
        " "
    };
    let list = names.join(separator);
    signed.set("signature-input", format!("sig1=({list}){rest}"));
}

fn parameter(_: &World, signed: &mut Signed, rng: &mut ChaCha8Rng) {
    let input = signed.header("signature-input");
    let changes = [
        ("keyid=\"one\"", "keyid=\"two\""),
        ("keyid=\"two\"", "keyid=\"one\""),
        ("keyid=\"", "keyid=\"x"),
        ("created=16", "created=17"),
        ("created=", "created=0"),
        ("created=", "x="),
        ("expires=16", "expires=17"),
        ("expires=16", "expires=1"),
        ("nonce=\"n", "nonce=\"m"),
        (";nonce=\"n-1\"", ""),
        ("sig1=", "sig2="),
        ("sig1=(", "sig1= ("),
        (";created", "; created"),
        (";keyid", ";alg=\"ecdsa-p521-sha512\";keyid"),
    ];
    let (from, to) = changes.choose(rng).expect("some");
    let mut changed = input.replacen(from, to, 1);
    if rng.random_range(0..8) == 0 {
        changed += [";a", ";created=1633529659", ", sig2=()", ", sig1=()", ","]
            .choose(rng)
            .expect("some");
    }
    signed.set("signature-input", changed);
}

/// Headers, signature, path or body of one delivery in another.
fn spliced(world: &World, signed: &mut Signed, rng: &mut ChaCha8Rng) {
    let other = world.originals.choose(rng).expect("originals");
    match rng.random_range(0..5) {
        0 => signed.set("signature", other.header("signature")),
        1 => signed.set("signature-input", other.header("signature-input")),
        2 => signed.body.clone_from(&other.body),
        3 => signed.query.clone_from(&other.query),
        _ => {
            signed.headers.clone_from(&other.headers);
            signed.body.push(b' ');
        }
    }
}

fn body(_: &World, signed: &mut Signed, rng: &mut ChaCha8Rng) {
    match rng.random_range(0..4) {
        0 => signed.body.push(rng.random()),
        1 => signed.body.clear(),
        2 => {
            signed.body.pop();
        }
        _ => signed.body.insert(0, b'\n'),
    }
}

/// The octets of the header `Signature`.
fn signature_of(signed: &Signed) -> Vec<u8> {
    let header = signed.header("signature");
    let base64 = header.strip_prefix("sig1=:").expect("a label");
    let base64 = base64.strip_suffix(':').expect("a byte sequence");
    STANDARD.decode(base64).expect("base64")
}

fn set_signature(signed: &mut Signed, bytes: &[u8]) {
    signed.set("signature", format!("sig1=:{}:", STANDARD.encode(bytes)));
}
