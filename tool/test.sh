#!/usr/bin/env bash
# Everything that is promised, in order; goes on after a failure and says at the end what failed. The runners' own closing
# lines come last.  usage: test.sh [step …]
#
# `step` runs beside others, as many at once as there are processors (JOBS); `alone` waits until nothing else runs and lets
# nothing else run, for what others stand upon or what measures time.
set -u
export TOCSIN_ROOT="$PWD" UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
# the last step looks at what is left in it; others than root walk through it, to folders of their own
TMPDIR=$(mktemp -d /tmp/tocsin-suite-XXXXXX); export TMPDIR; chmod 711 "$TMPDIR"
# whether it lasts is for kill -9 and failovers to say: what only asks whether it works waits for no disk, where memory has room
ram=$TMPDIR
[ "$(df --output=avail -k /dev/shm 2>/dev/null | tail -1)" -gt 4000000 ] 2>/dev/null &&
	ram=$(mktemp -d /dev/shm/tocsin-suite-XXXXXX) && chmod 711 "$ram"
log=build/test; mkdir -p "$log"; rm -f "$log"/*.log "$log"/*.word
only="$*" jobs=${JOBS:-$(nproc)} names=
parsers=$(printf 'src/web/%s.c ' head chunk form multipart cookie url)
wanted() { case " $only " in "  " | *" $1 "*) names="$names $1";; *) return 1;; esac; }
run() {
	local name=$1 start=$SECONDS word=passed code=0; shift
	"$@" > "$log/$name.log" 2>&1 || { code=$?; word=FAILED; }
	echo "$word" > "$log/$name.word"
	echo "$word: $name ($((SECONDS - start)) s$([ $code = 0 ] || echo ", code $code"))"  # above 128: a signal ended it
	[ $word = FAILED ] && tail -n 40 "$log/$name.log" | sed 's/^/    /'
	grep -h '^SKIP' "$log/$name.log" | sort | uniq -c | sed 's/^/    /'
}
step() {
	wanted "$1" || return
	while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
	run "$@" &
}
alone() { wanted "$1" || return; wait; run "$@"; }
alone build    ninja -C build
step  browser  sh test/browser/run.sh
step  asan     make asan
step  unit     env TMPDIR="$ram" build/unit
step  postgres env TMPDIR="$ram" sh tool/pg_test.sh build
step  fuzz     make fuzz FUZZ_SECONDS="${FUZZ_SECONDS:-}" TOTAL="$([ "${FUZZ_SECONDS:-}" ] || echo 60)"
step  torture  sh test/torture/run.sh
step  floors   sh tool/floors.sh build
step  names    sh tool/names.sh
step  analyse  sh tool/analyse.sh gcc
step  tidy     sh tool/analyse.sh tidy build ${TIDY-$parsers}
step  seedmap  sh tool/seedmap.sh
step  docs     sh tool/docs.sh
step  backup   python3 test/backup.py --rounds "${BACKUPS:-1}"
step  systemd  python3 test/systemd.py
step  cage     python3 test/cage.py
step  hardening sh tool/hardening.sh build
step  packs    sh -c 'for p in st-helens hmcts; do build/tocsin policy check $p && build/tocsin policy cases $p || exit 1; done'
[ -z "${VALGRIND:-}" ] || step valgrind sh tool/valgrind.sh ${FLOWS:-}
alone programs meson test -C build --no-suite unit --print-errorlogs
alone http     python3 test/door.py --crowd "${CROWD:-500}" --hold "${CROWD_HOLD:-0}"
step  copy     python3 test/carry_over.py
step  nodes    python3 test/nodes.py
step  failover python3 test/failover.py --rounds "${FAILOVERS:-3}"
step  lost_commits python3 test/lost_commits.py --rounds "${LOST_COMMITS:-1}"
step  resets   python3 test/resets.py --every "${RESETS_EVERY:-100}" --rounds "${RESETS:-1}"
step  partition python3 test/partition.py --rounds "${PARTITIONS:-1}"
step  silent   python3 test/silent.py --rounds "${PULLS:-2}"
alone hot      python3 bench/hot.py 200
step  weather  python3 test/weather.py
alone kills    python3 test/kills.py --rounds "${KILLS:-20}"
alone canary   python3 test/canary.py --suite "$log"
wait
rm -rf "$TMPDIR" "$ram"
for name in $names; do
	echo "$name:"
	grep -E '^\[ *(PASSED|FAILED) *\]|^# (tests|pass|fail|skipped) |^Ok: |^Fail: |tried, |passed, ' "$log/$name.log" | tail -n 12
done
[ -f build/figures.jsonl ] && { echo "figures:"; tail -n 40 build/figures.jsonl; }
failed=$(cat "$log"/*.word | grep -c FAILED)
echo "$(($(cat "$log"/*.word | wc -l) - failed)) passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
