#!/bin/sh
# Keeper: the papers are true where a script can see it.  Every path that they name is there (NAME stands for anything), every
# module of the map too, every verb stands in README's table, every make target they speak of exists, every link leads somewhere,
# and docs/CAGE.md's tables are those of the sources.  usage: docs.sh [write]   (write: make those tables anew)
bad=0
say() { echo "$1"; bad=1; }
papers=$(git ls-files --cached --others --exclude-standard '*.md')
there() { # a path or a pattern
	set -- $1
	[ -e "$1" ]
}
for f in $papers; do
	for p in $(grep -oE '`(src|docs|tool|page|policy|sql|verify|fuzz|test|assets|content)/[A-Za-z0-9_./*-]*`' "$f" | tr -d '`' | sort -u); do
		there "$(echo "$p" | sed 's/NAME/*/g')" || say "$f names $p, which is not there"
	done
	for t in $(grep -oE '`make [a-z]+' "$f" | sed 's/.* //' | sort -u); do
		grep -q "^$t:" Makefile || say "$f names make $t, which is no target"
	done
	for l in $(grep -oE '\]\([A-Za-z][A-Za-z0-9_./-]*\)' "$f" | sed 's/^](//; s/)$//' | grep -v '^http' | sort -u); do
		[ -e "$(dirname "$f")/$l" ] || say "$f links to $l, which is not there"
	done
done
# "### src/core/ …" and below it "| `fact` `condition` | … |"
awk '/^### src\// { dir = $2; next } /^#/ { dir = "" } dir != "" && /^\| `/ { split($0, c, "|"); n = split(c[2], w, "`")
	for (i = 2; i <= n; i += 2) print dir w[i] }' docs/MAP.md > build/docs.modules || bad=1
while read -r m; do
	[ -e "$m.h" ] || [ -e "$m.c" ] || say "docs/MAP.md names $m, which is not there"
done < build/docs.modules
sed -n 's/^VERB("\([a-z]*\)", "\([a-z]*\)".*/\1 \2/p' src/cli/verb.def | sed 's/ $//' > build/docs.verbs
while read -r v; do
	grep -q "^| \`tocsin $v\`" README.md || say "README.md's table has no tocsin $v"
done < build/docs.verbs
sed -n 's/^| `tocsin \([a-z ]*\)`.*/\1/p' README.md | while read -r v; do
	grep -qx "$v" build/docs.verbs || echo "README.md's table has tocsin $v, which is no verb"
done | grep . && bad=1
if [ -x build/cagetable ]; then
	{ sed '/^<!-- from here /q' docs/CAGE.md; build/cagetable; sed -n '/^<!-- up to here/,$p' docs/CAGE.md; } > build/docs.cage
	[ "${1:-}" = write ] && cp build/docs.cage docs/CAGE.md
	cmp -s build/docs.cage docs/CAGE.md || say "docs/CAGE.md is not what src/sys/proc.def and src/sys/act.def say: make docs"
fi
# what is measured is said as it was measured
python3 bench/paper.py --check || bad=1
[ $bad = 0 ] && echo "papers hold"
exit $bad
