#!/bin/sh
# Every page in a browser: HTML, accessibility, console, sizes. Installs what it needs from the lock file. usage:
# run.sh [BUILD]; SHOTS=1 keeps pictures in BUILD/screens.
set -eu
build=$(realpath "${1:-build}")
cd "$(dirname "$0")"
ninja -C "$build" page_samples >/dev/null
rm -rf "$build/pages"
"$build/page_samples" "$build/pages"
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --silent --no-audit --no-fund
touch node_modules/.package-lock.json
TOCSIN_BUILD=$build TOCSIN_COMMIT=$(git rev-parse --short HEAD 2>/dev/null || true) exec node --test --test-concurrency=1
