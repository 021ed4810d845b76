#!/bin/sh
# Keeper: every row of the source policies (policy/rows.txt) is proved by a case that holds, in one pack or the other, or
# stands in policy/later.txt with a reason, never both; and each of the 28 listed examples is a category's in both packs.
# usage: seedmap.sh [path to the tocsin binary].  Run from the project's root.
tocsin=${1:-build/tocsin}
began=$(date +%s)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
tab=$(printf '\t')
bad=0
say() { echo "$1"; bad=$((bad + 1)); }

cut -f1 policy/rows.txt >"$work/rows"
sort "$work/rows" | uniq -d | sed 's/$/ stands twice in policy\/rows.txt/' | grep . && bad=1
cut -f1 policy/later.txt >"$work/later"
grep -v "^[HS]-[0-9]*$tab." policy/later.txt && say "policy/later.txt: a row needs its number, a tab and the reason"

for pack in st-helens hmcts; do
	"$tocsin" policy cases "$pack" --json >"$work/$pack.json" || say "the cases of $pack do not all hold"
	# The rows of the cases that hold: one object a line. A case that fails proves nothing.
	tr '}' '\n' <"$work/$pack.json" | grep '"passed":true' | sed 's/.*"rows":\[\([^]]*\)\].*/\1/' | tr -d '"' |
	    tr ',' '\n' >>"$work/proved"
	for row in $(grep -E "^(H-(2[0-9]|3[0-5])|S-(2[0-9]|3[01]))$" "$work/rows"); do
		grep -Eq "^    rows: \[(.*, )?$row[],]" "policy/$pack/pack.yaml" || say "$row is no category's in $pack"
	done
done
sort -u "$work/proved" >"$work/proved.u"

for row in $(cat "$work/proved.u" "$work/later"); do
	grep -qx "$row" "$work/rows" || say "$row is no row of policy/rows.txt"
done
for row in $(cat "$work/rows"); do
	has=$(grep -cx "$row" "$work/proved.u") waits=$(grep -cx "$row" "$work/later")
	[ "$has$waits" = 00 ] && say "$row has no case, and no reason to wait"
	[ "$has$waits" = 11 ] && say "$row has a case but still waits in policy/later.txt"
done

grep -q . "$work/proved.u" || say "no case was run"
all=$(wc -l <"$work/rows") have=$(grep -cxFf "$work/rows" "$work/proved.u") later=$(wc -l <"$work/later")
echo "seedmap: $have of $all rows have a case, $later belong to later issues"
mkdir -p build
printf '{"name":"seedmap","tried":%d,"failed":%d,"seconds":%d,"seed":0,"commit":"%s"}\n' "$all" \
    "$bad" "$(($(date +%s) - began))" "$(git rev-parse --short HEAD 2>/dev/null)" >>"${TOCSIN_FIGURES:-build/figures.jsonl}"
[ "$bad" = 0 ]
