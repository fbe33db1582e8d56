#!/bin/sh
# Makes the dumps beside this file: each landed schema, filled by the tests of the version that
# brought it, with the packages of today. From the project's folder: tests/data/schemas/make.sh
# Needs git with the whole history, pg_dump, and the virtual environment of the tests.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed '/^#/d' "$here/versions" | while read -r revision commit; do
    [ -e "$here/$revision.sqlite3.xz" ] && [ -e "$here/$revision.postgresql.sql.xz" ] && continue
    mkdir "$work/$revision"
    git -C "$project" archive "$commit" | tar -x -C "$work/$revision"
    cp "$here/dump.py" "$work/$revision/tests/models/test_dump.py"
    (cd "$work/$revision" && TARGET="$here" REVISION="$revision" \
        "$project/.venv/bin/pytest" -q -p no:cacheprovider -W ignore tests/models/test_dump.py) \
        </dev/null
    xz -9 -f "$here/$revision.sqlite3" "$here/$revision.postgresql.sql"
    rm -r "$work/$revision"
done
