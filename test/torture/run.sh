#!/bin/sh
# Hostile strings through every field. usage: run.sh [BUILD]; TORTURE_LINES=all takes every payload line, TORTURE_SEED
# another sample of them.
set -eu
root=$(realpath "$(dirname "$0")/../..")
build=$(realpath "${1:-build}")
data=$root/../shared/data/torture
[ -d "$data" ] || { echo "SKIP: shared/data/torture is not here"; exit 0; }
out=$build/torture-data
rm -rf "$out"
mkdir -p "$out/payloads" "$out/json" "$out/csv"
tar xzf "$data/payload-lists-half.tar.gz" -C "$out/payloads"
tar xzf "$data/json-test-suite-half.tar.gz" -C "$out/json"
tar xzf "$data/csv-spectrum.tar.gz" -C "$out/csv"
find "$out/payloads" -type f -print0 | LC_ALL=C sort -z | LC_ALL=C xargs -0 -n 1 sed -e '$a\' > "$out/lines"
cp "$data/blns-half.json" "$out/blns.json"
cp "$data/dompurify-half.json" "$out/dompurify.json"
gunzip -c "$data/GraphemeBreakTest.txt.gz" > "$out/graphemes"
cp "$data/utf8tests/utf8tests.bin" "$out/utf8tests"
ninja -C "$build" torture >/dev/null
TORTURE=$out TOCSIN_ROOT=$root exec "$build/torture"
