#!/bin/sh
# The command line as other programs call it: exit codes, what is printed, what is left behind. Once with nobody serving, then
# through a server.  usage: cli.sh TOCSIN ROOT
set -u
t=$(realpath "$1") root=$2
dir=$(mktemp -d) tried=0 failed=0 server=
trap '[ -n "$server" ] && kill $server 2>/dev/null; rm -rf "$dir"' EXIT
cd "$root" || exit 1
d=$dir/data

# is CODE WORDS COMMAND…: the command ends with that code, and what it says has these words (an extended expression).
is() {
	code=$1 words=$2; shift 2
	tried=$((tried + 1))
	said=$("$@" 2>&1 </dev/null); got=$?
	if [ $got != "$code" ] || ! printf '%s\n' "$said" | grep -Eq -- "$words"; then
		failed=$((failed + 1))
		printf '%s\n    ended with %s, not %s, or said nothing like: %s\n%s\n' "$*" "$got" "$code" "$words" "$said" | head -20
	fi
}
person() { printf '%s\n' "$1" > "$dir/people.csv"; is "$2" "$3" $t person import --data "$d" "$dir/people.csv"; }

is 64 'say what to do' $t
is 0 'tocsin init --data DIR' $t --help
is 0 'all or none' $t person import --help
echo '{}' > "$dir/bad.json"
is 66 'cannot open' $t report --data "$dir/none" "$dir/bad.json"
mkdir "$dir/empty"
is 66 'run `tocsin init` first' $t doctor --data "$dir/empty"
is 66 'run `tocsin init` first' $t setting set --data "$dir/empty" phone 1
is 64 'is no port' $t serve --data "$dir/empty" --listen 127.0.0.1:99999
is 66 'no pack' $t init --data "$d" --policy no-such
is 65 'cannot name a log' $t init --data "$d" --policy st-helens --origin 'a b'
is 0 '/link/[A-Z0-9]{51}' $t init --data "$d" --policy st-helens --origin test.example/cli/1
is 75 'is not empty' $t init --data "$d" --policy st-helens
key=$($t export vkey --data "$d")
is 0 '^test.example/cli/1\+[0-9a-f]{8}\+' $t export vkey --data "$d"
is 75 'nobody holds' $t doctor --data "$d"
is 75 '"ok":false' $t doctor --data "$d" --json

person 'person,nam' 65 'did you mean “name”'
person 'person,name,email,manager,roles
a,Ann,ann@example.org,b,
b,,bob,zz,internal_audt' 65 ':3:5: roles: .*did you mean “internal_audit”'
is 0 '^admin ' $t person list --data "$d"
[ "$($t person list --data "$d" --json | grep -c '"a"')" = 0 ] || { failed=$((failed + 1)); echo "half of a bad list was taken"; }
person 'person,name,email,department,manager,roles
a,Ann,ann@example.org,Housing,b,
b,Bob,bob@example.org,Housing,,internal_audit; dpo it_service_desk' 0 '2 people'
is 0 '"id":"b".*"roles":\["dpo","internal_audit","it_service_desk","manager@Housing"\]' $t person list --data "$d" --json
is 0 '^/link/[A-Z0-9]{51}$' $t person link --data "$d" --person a
is 66 'nobody called' $t person link --data "$d" --person zz
is 0 '^[A-Z0-9]{51}$' $t token add --data "$d" --person b
printf 'system,title,owner\nrent,Rent,a\nb d,x,nobody\n' > "$dir/systems.csv"
is 65 ':3:3: owner: nobody called' $t system import --data "$d" "$dir/systems.csv"
printf 'system,title,owner\nrent,Rent,a\n' > "$dir/systems.csv"
is 0 '1 systems' $t system import --data "$d" "$dir/systems.csv"
is 65 'did you mean “org_name”' $t setting set --data "$d" org_nam x
is 65 'contrast' $t setting set --data "$d" colour '#eeeeee'
is 0 '' $t setting set --data "$d" public_url https://tell.example.org/
is 0 '"public_url":"https://tell.example.org/"' $t setting list --data "$d" --json
is 0 '^https://tell.example.org/link/' $t person link --data "$d" --person a

echo '{"narrative":"A bag is gone.","facts":{"category":"lost_or_stolen","personal_data":"yes"}}' > "$dir/report.json"
is 0 '"ref":"INC-.*"duties":\[\{.*"seal":' $t report --data "$d" --json "$dir/report.json"
is 0 '^Code      [A-Z0-9]{4}-' $t report --data "$d" "$dir/report.json"
echo '{"narratve":"x"}' > "$dir/bad.json"
is 65 'did you mean “narrative”' $t report --data "$d" "$dir/bad.json"
echo '[1' > "$dir/bad.json"
is 65 'JSON, line' $t report --data "$d" "$dir/bad.json"

cat > "$dir/veris.jsonl" <<'END'
{"incident_id":"one","action":{"error":{"variety":["Misdelivery"]}},"summary":"A letter.","timeline":{"incident":{"year":2012}},"odd":{"kept":[1.0,99999999999]}}
{"incident_id":"two","action":{"physical":{"variety":["Theft"]}},"attribute":{"confidentiality":{"data_total":12000000000}}}
{"incident_id":"","action":{}}
{"incident_id":"one","action":{"error":{"variety":["Loss"]}}}
broken
END
gzip -k "$dir/veris.jsonl"
is 65 '"taken":2,"known":0,"differing":1,"refused":2' $t import veris --data "$d" --json "$dir/veris.jsonl"
is 65 '0 taken, 2 known already, 1 differing .* 2 refused' $t import veris --data "$d" "$dir/veris.jsonl.gz"
is 65 'veris.jsonl:3: incident_id: must be' $t import veris --data "$d" "$dir/veris.jsonl"
is 65 'veris.jsonl:5: refused: JSON' $t import veris --data "$d" "$dir/veris.jsonl"
head -c 150 "$dir/veris.jsonl.gz" > "$dir/cut.jsonl.gz"
is 65 'damaged or cut off' $t import veris --data "$d" "$dir/cut.jsonl.gz"
is 66 'veris' $t import veris --data "$d" "$dir/no-such-veris"

both() { # both verifiers say the same of a bundle
	is "$1" "$2" $t verify "$3" --vkey "$key"
	is "$1" "$4" python3 verify/verify.py "$3" --vkey "$key"
}
is 0 'records' $t export journal --data "$d" --out "$dir/bundle"
is 75 'is not empty' $t export journal --data "$d" --out "$dir/bundle"
both 0 'It verifies: the whole log' "$dir/bundle" '"ok": true'
mkdir "$dir/bundle/payloads/more"
both 76 'payloads/more' "$dir/bundle" 'payloads/more'
rmdir "$dir/bundle/payloads/more"; echo > "$dir/bundle/opened"
both 76 'opened' "$dir/bundle" 'opened'
rm "$dir/bundle/opened"
p=$(ls "$dir/bundle/payloads" | head -1)
printf x | dd of="$dir/bundle/payloads/$p" bs=1 seek=60 conv=notrunc 2>/dev/null
both 76 '' "$dir/bundle" ''

# One case: it ends with its own export, names nobody, and cannot be cut back to an earlier export.
echo '{"narrative":"A letter.","reporter":{"mode":"named","name":"Joan Farrier","email":"joan@example.net"},"line_manager":"b"}' \
	> "$dir/named.json"
ref=$($t report --data "$d" --json "$dir/named.json" | grep -o 'INC-[A-Z0-9-]*' | head -1)
is 0 '2 records, 2 payloads, 2 of them disclosed' $t export case --data "$d" --case "$ref" --out "$dir/case1"
both 0 'It verifies: one case, 2 records' "$dir/case1" '"ok": true'
is 0 '^3$' sh -c "$t export case --data '$d' --case '$ref' --out '$dir/case2' --json | grep -o '\"records\":3' | cut -d: -f2"
both 0 'It verifies: one case, 3 records' "$dir/case2" '"mode": "case".*"opened": 3'
is 0 'A letter' cat "$dir/case2/opened/$(ls "$dir/case2/opened" | sort -n | head -1)"
is 1 '' grep -raE 'Joan|joan|Bob|bob@|person":"b"' "$dir/case1" "$dir/case2"
is 75 'is not empty' $t export case --data "$d" --case "$ref" --out "$dir/case2"
is 66 'no such case' $t export case --data "$d" --case INC-26-22222-2 --out "$dir/case3"
is 1 '' test -e "$dir/case3"
last=$(ls "$dir/case2/opened" | sort -n | tail -1)
rm "$dir/case2/opened/$last" "$dir/case2/proofs/$last.tlog-proof"
truncate -s 544 "$dir/case2/records.bin"
for p in $(ls "$dir/case2/payloads"); do [ -e "$dir/case1/payloads/$p" ] || rm "$dir/case2/payloads/$p"; done
both 76 'does not end with the export record' "$dir/case2" 'its end is not the checkpoint'
is 64 'wants a BUNDLE' $t verify
is 64 'takes no bundle' $t verify "$dir/bundle" --data "$d"
is 0 'It verifies' $t verify --data "$d"
is 0 'views are made again' $t rebuild --data "$d"
is 0 '[1-3] open cases' $t policy set --data "$d" st-helens
is 0 '"ok":true,"records"' $t verify --data "$d" --json

# The same through a server, which holds the directory.
$t serve --data "$d" --listen 127.0.0.1:0 > "$dir/log" 2>&1 &
server=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do grep -q listening "$dir/log" 2>/dev/null && break; sleep 0.2; done
is 75 'serves this directory' $t serve --data "$d" --listen 127.0.0.1:0
is 75 'stop it first' $t rebuild --data "$d"
is 0 '^Reference INC-' $t report --data "$d" "$dir/report.json"
is 65 'did you mean “narrative”|narrative: is missing' sh -c "echo '{\"narratve\":1}' | $t report --data '$d' -"
is 65 '"taken":0,"known":2,"differing":1,"refused":2' $t import veris --data "$d" --json "$dir/veris.jsonl"
is 0 '^[A-Z0-9]{51}$' $t token add --data "$d" --person b
is 0 'records' $t export journal --data "$d" --out "$dir/bundle2"
both 0 'It verifies' "$dir/bundle2" '"ok": true'
is 0 '4 records' $t export case --data "$d" --case "$ref" --out "$dir/case4"
both 0 'one case, 4 records' "$dir/case4" '"ok": true'
is 0 'It verifies' $t verify --data "$d"
is 0 'cases are there' $t demo --data "$d" --count 3
is 0 'a server runs on it' sh -c "$t doctor --data '$d' || true"
kill $server; wait $server 2>/dev/null; server=
is 1 '' grep -E 'Sanitizer|runtime error:' "$dir/log"
is 0 'It verifies' $t verify --data "$d"

printf '{"name":"cli","tried":%d,"failed":%d,"seconds":0,"seed":0,"commit":"%s"}\n' $tried $failed \
	"$(git rev-parse --short HEAD 2>/dev/null)" >> "${TOCSIN_FIGURES:-build/figures.jsonl}"
echo "cli: $tried tried, $failed failed"
[ $failed = 0 ]
