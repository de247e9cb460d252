#!/bin/sh
# Keeps a WAL file: PostgreSQL's archive_command, as
#   archive_command = 'RETIRE_ARCHIVE=/archive /opt/backup/archive.sh %p %f'
# It answers 0 only once the file is on the disk whole, under its name. A file that is
# there already is accepted if it is the same, and never replaced.
set -eu
from=$1 name=$2
archive=${RETIRE_ARCHIVE:?where WAL is kept}
if [ -e "$archive/$name" ]; then
    cmp -s "$from" "$archive/$name"
    exit
fi
partial="$archive/.$name.$$"
trap 'rm -f "$partial"' EXIT
dd if="$from" of="$partial" bs=1M conv=fsync status=none
# Fails if another archiver was faster: then the next try compares.
ln "$partial" "$archive/$name"
sync "$archive"
