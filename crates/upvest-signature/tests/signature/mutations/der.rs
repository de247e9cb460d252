//! Other encodings, and other numbers, in a signature.

use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;

use super::{World, set_signature, signature_of};
use crate::fixture::{Signed, accepting, key, key_set, signed};

/// The order of P-521 (FIPS 186-4, D.1.2.5), as 66 octets.
const ORDER: &str = "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa\
                     51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409";

fn order() -> Vec<u8> {
    (0..ORDER.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&ORDER[at..at + 2], 16).expect("hex"))
        .collect()
}

/// The two numbers of a signature in DER, as 66 octets.
fn numbers(der: &[u8]) -> [Vec<u8>; 2] {
    let mut rest = &der[if der[1] == 0x81 { 3 } else { 2 }..];
    [(); 2].map(|()| {
        let len = usize::from(rest[1]);
        let number = &rest[2..2 + len];
        rest = &rest[2 + len..];
        let number = number.strip_prefix(&[0][..]).unwrap_or(number);
        [vec![0; 66 - number.len()], number.to_vec()].concat()
    })
}

/// An INTEGER of DER.
fn integer(number: &[u8]) -> Vec<u8> {
    let first = number
        .iter()
        .position(|b| *b != 0)
        .unwrap_or(number.len() - 1);
    let mut content = number[first..].to_vec();
    if content[0] & 0x80 != 0 {
        content.insert(0, 0);
    }
    tagged(2, &content)
}

/// A tag, the shortest length, and the content.
fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let len = u8::try_from(content.len()).expect("short");
    let length: &[u8] = if len < 128 { &[len] } else { &[0x81, len] };
    [&[tag], length, content].concat()
}

fn sequence(r: &[u8], s: &[u8]) -> Vec<u8> {
    tagged(0x30, &[r, s].concat())
}

/// `a + b` or `a - b` of 66 octets, without what does not fit.
fn combined(a: &[u8], b: &[u8], subtract: bool) -> Vec<u8> {
    let mut carry = 0_i16;
    let mut digits: Vec<u8> = a
        .iter()
        .zip(b)
        .rev()
        .map(|(a, b)| {
            let b = if subtract {
                -i16::from(*b)
            } else {
                i16::from(*b)
            };
            let sum = i16::from(*a) + b + carry;
            carry = sum.div_euclid(256);
            u8::try_from(sum.rem_euclid(256)).expect("a digit")
        })
        .collect();
    digits.reverse();
    digits
}

pub(super) fn change(_: &World, signed: &mut Signed, rng: &mut ChaCha8Rng) {
    let der = signature_of(signed);
    let [r, s] = numbers(&der);
    let order = order();
    let zero = vec![0; 66];
    let inner = &der[if der[1] == 0x81 { 3 } else { 2 }..];
    let len = u8::try_from(inner.len()).expect("short");
    let fixed = [r.clone(), s.clone()].concat();
    let changed = match rng.random_range(0..22) {
        // Lengths that are longer than they need to be, or unknown (BER).
        0 => [&[0x30, 0x82, 0, len], inner].concat(),
        1 => [&[0x30, 0x83, 0, 0, len], inner].concat(),
        2 => [&[0x30, 0x80], inner, &[0, 0]].concat(),
        3 => {
            let long = [&[2, 0x81][..], &integer(&r)[1..]].concat();
            sequence(&long, &integer(&s))
        }
        // Zeros in front, and numbers that read as negative.
        4 => {
            let own = integer(&r);
            sequence(&tagged(2, &[&[0], &own[2..]].concat()), &integer(&s))
        }
        5 => {
            let own = integer(&s);
            sequence(&integer(&r), &tagged(2, &[&[0, 0], &own[2..]].concat()))
        }
        6 => {
            let mut negative = r.clone();
            negative[0] |= 0x80;
            sequence(&tagged(2, &negative), &integer(&s))
        }
        7 => sequence(&tagged(2, &[0xff]), &tagged(2, &[0xff])),
        // More behind the end, inside and outside.
        8 => [&der[..], &[0]].concat(),
        9 => [&der[..], &der[..]].concat(),
        10 => tagged(0x30, &[inner, &[5, 0]].concat()),
        11 => tagged(0x30, &integer(&r)),
        12 => tagged(0x31, inner),
        13 => sequence(&tagged(3, &r), &integer(&s)),
        // Other numbers.
        14 => sequence(&integer(&s), &integer(&r)),
        15 => sequence(&integer(&zero), &integer(&s)),
        16 => sequence(&integer(&r), &integer(&zero)),
        17 => {
            let beyond = combined(if rng.random() { &r } else { &s }, &order, false);
            sequence(&integer(&beyond), &integer(&s))
        }
        18 => sequence(&integer(&order), &integer(&order)),
        // r‖s of another length, in another order, with another bit.
        19 => [&[0][..], &fixed].concat(),
        20 => [s, r].concat(),
        _ => {
            let mut other = fixed;
            let at = rng.random_range(0..other.len());
            other[at] ^= 1 << rng.random_range(0..8);
            if *[true, false].choose(rng).expect("some") {
                other.truncate(131);
            }
            other
        }
    };
    set_signature(signed, &changed);
}

/// What is another text of the same signature, or its twin, which everybody can
/// compute: the delivery is the same, and so is the id of its events.
#[test]
fn other_texts_of_a_signature_are_the_same_delivery() {
    let key = key("one", 7);
    let keys = key_set(&[&key]);
    for profile in upvest_signature::Profile::ALL {
        let original = signed(profile, &key, None, b"{}");
        let der = signature_of(&original);
        let [r, s] = numbers(&der);
        let twin = combined(&order(), &s, true);
        assert_eq!(sequence(&integer(&r), &integer(&s)), der);
        for text in [
            [r.clone(), s].concat(),
            sequence(&integer(&r), &integer(&twin)),
            [r, twin].concat(),
        ] {
            let mut same = original.clone();
            set_signature(&mut same, &text);
            let policy = accepting("draft-06 draft-15");
            assert!(same.verify(&keys, policy).is_ok());
        }
    }
}
