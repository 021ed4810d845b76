#!/bin/sh
# For meson: install what the lock file names if it is not there yet, then build. usage: build.sh OUT.h OUT.c
set -eu
header=$(realpath -m "$1") source=$(realpath -m "$2")
cd "$(dirname "$0")"
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --silent --no-audit --no-fund >&2
touch node_modules/.package-lock.json
exec node build.js "$header" "$source"
