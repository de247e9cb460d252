#!/bin/sh
# Prints the variables of compose.yaml with new passwords. The key set and the name of the
# issuer of tokens, the SHA-256 of the engine and a token for Prometheus come from the
# environment.
set -eu
for name in ADMIN TONTINE_CALC CREDIT_ACCRUAL UPVEST_WEBHOOK DATA_QUERY GRAFANA; do
    printf '%s_PASSWORD=%s\n' "$name" "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"
done
printf "AUTH_JWKS='%s'\n" "${AUTH_JWKS:?the key set of the issuer of tokens}"
printf 'AUTH_ISSUER=%s\n' "${AUTH_ISSUER:?the issuer of tokens}"
printf 'ENGINE_SHA256=%s\n' "${ENGINE_SHA256:?as cargo xtask image prints it}"
printf 'METRICS_TOKEN=%s\n' "${METRICS_TOKEN:?a token of the scope analyst}"
