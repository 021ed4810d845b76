#!/bin/sh
# Keeper: every include arrow points down, doors never include each other nor store, each header compiles alone, and
# core touches nothing outside memory.  Run from the project's root; needs a configured build for generated headers.
build=${1:-build}
floor() {
	case $1 in base) echo 0;; core) echo 10;; sys) echo 11;; pack) echo 12;; store) echo 20;; desk) echo 30;;
	web|mail|cli) echo 40;; main) echo 50;; *) echo -1;; esac
}
bad=0 obj=$(mktemp)
trap 'rm -f "$obj"' EXIT
for f in $(git ls-files --cached --others --exclude-standard 'src/*.[ch]'); do
	here=${f#src/}; here=${here%%/*}; h=$(floor "$here")
	for d in $(sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' "$f" | sort -u); do
		[ "$d" = "$here" ] && continue
		t=$(floor "$d")
		case $f in *_test.c) continue;; esac
		[ "$t" -lt "$h" ] || { echo "$f may not include $d/: arrows point down"; bad=1; }
		# sys stands beside core and knows nothing of it; doors reach store through desk alone
		[ "$here" = sys ] && [ "$d" != base ] && { echo "$f may not include $d/: sys knows only base"; bad=1; }
		[ "$h" -eq 40 ] && [ "$d" = store ] && { echo "$f may not include store/: doors go through desk"; bad=1; }
	done
done
for f in $(git ls-files --cached --others --exclude-standard 'src/*.h'); do
	case $f in src/base/test.h) continue;; esac
	${CC:-cc} -std=c17 -D_GNU_SOURCE -Isrc -I. -I"$build" -Wall -Werror -fsyntax-only -x c "$f" || { echo "$f does not compile alone"; bad=1; }
	sed -n 1p "$f" | grep -q '^/\* ' || { echo "$f does not open with what it is for"; bad=1; }
done
for f in $(git ls-files --cached --others --exclude-standard 'src/core/*.c'); do
	case $f in *_test.c) continue;; esac
	${CC:-cc} -std=c17 -D_GNU_SOURCE -Isrc -I"$build" -c "$f" -o "$obj" || { bad=1; continue; }
	nm -u "$obj" | awk '{print $2}' | sed 's/@.*//' |
	grep -E '^(open|openat|read|write|close|socket|send|recv|time|clock|clock_gettime|gettimeofday|localtime.*|getenv|fopen|fread|fwrite|printf|puts|malloc|calloc|realloc|free|rand|random|getrandom|randombytes.*|sqlite3_.*|PQ.*|curl_.*|yaml_.*|log_line)$' |
	sed "s|^|$f reaches for |" | grep . && bad=1
done
[ $bad = 0 ] && echo "floors hold"
exit $bad
