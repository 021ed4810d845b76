#!/bin/sh
# Keeper: a header exports only functions that begin with its module's name: a word of the header's name, its floor, or a
# struct that it defines. No struct hides behind a typedef.  Run from the project's root.
bad=0
also() { case $1 in src/core/evaluate.h) echo policy ;; src/desk/registrar.h) echo gate ;; esac; }
for f in $(git ls-files --cached --others --exclude-standard 'src/*.h'); do
	case $f in src/base/*) continue ;; esac # the ground floor has its short words: str, hex, fail
	stem=$(basename "$f" .h); floor=$(dirname "$f")
	words="$(echo "$stem" | tr _ ' ') $(basename "$floor") $(also "$f")
	    $(grep -oE '^(struct|enum) [a-z_0-9]+' "$f" | awk '{ sub(/_.*/, "", $2); print $2 }')"
	for name in $(grep -E '^[A-Za-z].*\(' "$f" | grep -vE '^(typedef|#|__attribute__|extern|_Static)' | grep -oE '[ *][a-z][a-z0-9_]*\(' |
	    tr -d ' *(' | grep -vE '^(enum|struct|sizeof|void|const)$' | sort -u); do
		case $name in *_*) ;; *) continue ;; esac # a parameter that is a function
		ok=0
		for w in $words; do case $name in "$w"_*) ok=1 ;; esac; done
		[ $ok = 1 ] || { echo "$f exports $name, which does not begin with its module's name"; bad=1; }
	done
done
git grep -nE '^typedef (struct|union|enum)[^(]*;' -- 'src/*.h' 'src/*.c' && { echo "no typedef hides a struct"; bad=1; }
[ $bad = 0 ] && echo "names hold"
exit $bad
