#!/bin/sh
# Runs every fuzz target of a build over its seeds and beyond: fuzz.sh BUILD SECONDS [TARGET…]. New finds stay in the build;
# a crash is kept as BUILD/crash-*. One line to figures.jsonl for all.
build=$1 seconds=$2; shift 2
[ $# -gt 0 ] || set -- $(ls "$build"/fuzz | sed -n 's/^fuzz-\([a-z_]*\)$/\1/p')
tried=0 failed=0 began=$(date +%s)
for t; do
	mkdir -p "$build/corpus/$t"
	"$build/fuzz/fuzz-$t" -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix="$build/crash-$t-" "$build/corpus/$t" "fuzz/corpus/$t" >"$build/fuzz-$t.log" 2>&1 ||
		{ failed=$((failed + 1)); echo "$t FAILED: see $build/fuzz-$t.log"; }
	n=$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/fuzz-$t.log")
	echo "$t: ${n:-0} inputs"
	tried=$((tried + ${n:-0}))
done
mkdir -p build
printf '{"name":"fuzz","tried":%d,"failed":%d,"seconds":%d,"seed":0,"commit":"%s"}\n' "$tried" "$failed" \
	$(($(date +%s) - began)) "$(git rev-parse --short HEAD 2>/dev/null)" >>"${TOCSIN_FIGURES:-build/figures.jsonl}"
echo "fuzz: $tried inputs tried, $failed targets failed"
[ $failed = 0 ]
