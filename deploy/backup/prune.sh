#!/bin/sh
# Removes base backups that are older than RETIRE_KEEP_DAYS, and the WAL that only they
# need. The newest backup that is old enough stays: without it the first of the kept
# days could not be restored.
set -eu
backups=${RETIRE_BACKUPS:?where base backups are kept}
archive=${RETIRE_ARCHIVE:?where WAL is kept}
limit=$(date -u -d "${RETIRE_KEEP_DAYS:?how many days} days ago" +%Y%m%dT%H%M%SZ)
# Names are times in a form that sorts as they do.
is_before() { [ "$(printf '%s\n' "$1" "$2" | LC_ALL=C sort | head -n 1)" = "$1" ]; }
kept=
for backup in "$backups"/*; do
    ended=$(basename "$backup")
    if [ -d "$backup" ] && is_before "$ended" "$limit"; then
        if [ -n "$kept" ]; then rm -rf "$kept"; fi
        kept=$backup
    fi
done
if [ -n "$kept" ]; then
    first=$(sed -n 's/^START WAL LOCATION: .*(file \([0-9A-F]*\))$/\1/p' "$kept/backup_label")
    pg_archivecleanup "$archive" "$first"
fi
