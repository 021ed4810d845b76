#!/bin/sh
# Keeper: the hostile clients of ../shared/tools against the HTTP door, each with the answer that it must get.
#     http_prove.sh HTTPPROBE ROOT FIGURES
# Skips (77) where python3 or those clients are not there.
probe=$1 root=$2 figures=${TOCSIN_FIGURES:-$3}
tools=$root/../shared/tools
command -v python3 >/dev/null || { echo "SKIP: python3 is not here"; exit 77; }
[ -f "$tools/smuggle.py" ] && [ -f "$tools/slow.py" ] || { echo "SKIP: shared/tools is not here"; exit 77; }

out=$(mktemp -d) began=$(date +%s)
"$probe" 3 3 >"$out/port" &
pid=$!
trap 'kill $pid 2>/dev/null; wait $pid; rm -rf "$out"' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s "$out/port" ] && break; sleep 0.2; done
port=$(cat "$out/port")

# What smuggle.py tries | what must come; /c: and the connection is closed
cat >"$out/want" <<'END'
sane POST CL7|200
dup CL 7,9|400/c
dup CL 9,7|400/c
CL list '7, 7'|400/c
CL +7|400/c
CL -1|400/c
CL 7x|400/c
CL+TE chunked|400/c
TE xchunked|400/c
TE identity,chunked|501/c
chunk size 0x7|400/c
chunk size overflow|400/c
chunk no CRLF after data|400/c
space before colon|400/c
obs-fold header|400/c
bare LF line ends|400/c
no Host|400/c
two Hosts|400/c
NUL in header|400/c
CR in header|400/c
HTTP/9.9|505/c
junk method|400/c
headers 200 KiB|431/c
3000 headers|431/c
body CL 100GB|413/c
pipelined 2 GET|200,200
END
python3 "$tools/smuggle.py" "door:$port" >"$out/smuggle"
python3 "$tools/slow.py" "door:$port" >"$out/slow"
cat "$out/smuggle" "$out/slow"

# Every line must be known, and every known line must be there with its answer.
awk -F'|' -v slow="$out/slow" '
function bad(words) { failed++; print "FAILED: " words }
NR == FNR { want[$1] = $2; next }
FNR == 1 { next }
{
	tried++
	answer = $0; sub(/ *$/, "", answer); sub(/.* /, "", answer)
	hit = ""
	for (w in want) if (index($0, w) == 1 && length(w) > length(hit)) hit = w
	if (hit == "") bad("not in the table: " $0)
	else if (want[hit] != answer) bad(hit ": " answer ", not " want[hit])
	seen[hit] = 1
}
END {
	for (w in want) if (!(w in seen)) bad("not tried: " w)
	while ((getline line < slow) > 0) {
		tried++
		if (line !~ /(closed|answered) after [2345](\.[0-9])?s/) bad(line)
		lines++
	}
	if (lines != 2) bad("slow.py did not report on both of its clients")
	print tried + 0, failed + 0
}' "$out/want" "$out/smuggle" | tee "$out/result"
set -- $(tail -1 "$out/result")
kill -0 $pid 2>/dev/null || { echo "FAILED: the door has fallen"; set -- "$1" $(($2 + 1)); }
commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null)
printf '{"name":"http","tried":%d,"failed":%d,"seconds":%d,"seed":0,"commit":"%s"}\n' "$1" "$2" \
	$(($(date +%s) - began)) "$commit" >>"$figures"
echo "http: $1 probes tried, $2 failed"
[ "$2" = 0 ]
