#!/bin/sh
# Restores the database to a point in time:
#   restore.sh '2026-11-21 03:00:00+00'   as it was then
#   restore.sh latest                     as far as the archive goes
# It takes the newest base backup of RETIRE_BACKUPS that ended before that time, puts it
# into PGDATA, which must be empty or absent, and leaves the settings with which the
# server replays RETIRE_ARCHIVE when it is started. Start it, wait until
# `select pg_is_in_recovery()` is false, verify the exports, then let the application in.
set -eu
target=$1
backups=${RETIRE_BACKUPS:?where base backups are kept}
archive=${RETIRE_ARCHIVE:?where WAL is kept}
data=${PGDATA:?where the data is to be}
if [ -e "$data" ] && [ -n "$(ls -A "$data")" ]; then
    echo "$data is not empty" >&2
    exit 1
fi
if [ "$target" = latest ]; then
    before=99999999T999999Z
else
    before=$(date -u -d "$target" +%Y%m%dT%H%M%SZ)
fi
# Names are times in a form that sorts as they do.
is_before() { [ "$(printf '%s\n' "$1" "$2" | LC_ALL=C sort | head -n 1)" = "$1" ]; }
chosen=
for backup in "$backups"/*; do
    ended=$(basename "$backup")
    if [ -d "$backup" ] && is_before "$ended" "$before"; then chosen=$backup; fi
done
if [ -z "$chosen" ]; then
    echo "no base backup ended before $target" >&2
    exit 1
fi
pg_verifybackup --quiet "$chosen"
mkdir -p "$data"
chmod 700 "$data"
cp -a "$chosen/." "$data/"
{
    echo "restore_command = 'cp \"$archive/%f\" \"%p\"'"
    echo "recovery_target_action = 'promote'"
    if [ "$target" != latest ]; then echo "recovery_target_time = '$target'"; fi
} >> "$data/postgresql.auto.conf"
touch "$data/recovery.signal"
echo "$chosen"
