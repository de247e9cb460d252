#!/bin/sh
# Takes a base backup of the server that PGHOST, PGPORT and PGUSER name into a folder
# below RETIRE_BACKUPS, named after the time at which it ended, and verifies every file
# of it. It appears under its name whole or not at all.
set -eu
backups=${RETIRE_BACKUPS:?where base backups are kept}
partial="$backups/.partial.$$"
trap 'rm -rf "$partial"' EXIT
pg_basebackup --pgdata="$partial" --format=plain --wal-method=stream --checkpoint=fast \
    --manifest-checksums=SHA256 --no-password
pg_verifybackup --quiet "$partial"
ended=$(date -u +%Y%m%dT%H%M%SZ)
sync
mv "$partial" "$backups/$ended"
echo "$backups/$ended"
