#!/bin/sh
# Show Tocsin: a data directory with the St Helens pack and an invented organisation, served on 127.0.0.1:8080, with one
# sign-in link for each role.  DATA_DIR=… PORT=… PACK=… DEMO=uk DATA=…
set -eu
dir=${DATA_DIR:-data} port=${PORT:-8080} pack=${PACK:-st-helens} t=build/tocsin
if [ ! -e "$dir/db" ]; then
	$t init --data "$dir" --policy "$pack" --demo
	$t setting set --data "$dir" public_url "http://127.0.0.1:$port" >/dev/null
	[ "${DEMO:-}" = uk ] && {
		f=${DATA:-}/vcdb-dev80-uk-public-health-education.jsonl
		if [ -f "$f" ]; then
			$t demo --data "$dir" --veris "$f"
		else
			echo "DEMO=uk wants DATA=DIR with vcdb-dev80-uk-public-health-education.jsonl: the 250 UK public records of the VERIS"
			echo "Community Database, https://github.com/vz-risk/VCDB (CC BY-SA 4.0). Filling in 250 invented cases instead."
			$t demo --data "$dir" --count 250
		fi
	}
fi
mkdir -p build/run
$t serve --data "$dir" --listen "127.0.0.1:$port" > build/run/log 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null || true' EXIT INT TERM
for i in 1 2 3 4 5 6 7 8 9 10; do
	grep -qs listening build/run/log && break
	kill -0 $server 2>/dev/null || { cat build/run/log; exit 1; }
	sleep 0.3
done
echo
echo "Tocsin is running:  http://127.0.0.1:$port"
echo "Report something there; no account is needed. To see what others must do, open one of these (each works once):"
$t person list --data "$dir" --json | sed 's/},{/}\n{/g' | sed -n 's/.*"id":"\([^"]*\)","name":"\([^"]*\)".*"roles":\[\([^]]*\)\].*/\1|\2|\3/p' |
awk -F'|' '{ n = split($3, r, ","); for (i = 1; i <= n; i++) { gsub(/"/, "", r[i]); sub(/@.*/, "", r[i]); if (r[i] == "manager") r[i] = "line_manager"; if (r[i] != "" && !seen[r[i]]++) print $1 "|" $2 "|" r[i] } }' |
while IFS='|' read -r id name role; do
	link=$($t person link --data "$dir" --person "$id" | grep -o '/link/[A-Z0-9]*' | head -1)
	printf '  %-28s %-22s http://127.0.0.1:%s%s\n' "$role" "$name" "$port" "$link"
done
echo "Stop with Ctrl-C. The data stays in $dir; the log is build/run/log."
wait $server
