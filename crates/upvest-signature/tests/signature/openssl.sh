#!/bin/sh
# Writes a key on P-521 in both forms of PEM (of no use but in these tests), and
# openssl.txt: the key's point, and signatures of OpenSSL over the base of a delivery
# by each profile. Run it in this folder; what it writes is committed.
set -eu
key=sec1.pem
openssl ecparam -name secp521r1 -genkey -noout -out "$key"
openssl pkcs8 -topk8 -nocrypt -in "$key" -out pkcs8.pem
{
    openssl version
    # The uncompressed point: 04, x, y.
    openssl ec -in "$key" -pubout -outform DER 2>/dev/null | tail -c 133 | openssl base64 -A
    echo
    body='{"payload":[]}'
    raw='("@method" "@path" "content-type" "%s");keyid="openssl";created=1700000000'
    sha256=$(printf %s "$body" | openssl dgst -sha256 -binary | openssl base64 -A)
    sha512=$(printf %s "$body" | openssl dgst -sha512 -binary | openssl base64 -A)
    for i in 1 2 3 4 5 6 7 8; do
        printf "@method: POST\n@path: /hook\ncontent-type: application/json\ndigest: SHA-256=%s\n@signature-params: $raw" \
            "$sha256" digest | openssl dgst -sha512 -sign "$key" | openssl base64 -A
        printf ' draft-06\n'
        printf "\"@method\": POST\n\"@path\": /hook\n\"content-type\": application/json\n\"content-digest\": sha-512=:%s:\n\"@signature-params\": $raw" \
            "$sha512" content-digest | openssl dgst -sha512 -sign "$key" | openssl base64 -A
        printf ' draft-15\n'
    done
} > openssl.txt
