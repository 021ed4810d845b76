#!/bin/sh
# Keeper: the programme is built hard: position-independent, nothing writable runs, all of it bound and made read-only before
# main, stack and buffers guarded, no call that is not wanted; and the services may do little, as systemd counts it.  Each
# check is seen to fail on something soft that is made for it.  usage: hardening.sh [BUILD]
set -u
build=${1:-build} cc=${CC:-cc} tried=0 failed=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
say() { tried=$((tried + 1)); [ "$1" = 0 ] || { failed=$((failed + 1)); echo "$2"; }; }

# What the programme never calls by itself, and why. What libraries do inside is theirs.
unwanted='gets|no bound at all
strcpy|no bound: str and buf have one
strcat|no bound
stpcpy|no bound
sprintf|no bound: snprintf and str_fmt
vsprintf|no bound
scanf|no bound, and no strictness
sscanf|no strictness: readers of our own
strtok|keeps state between callers
strncpy|leaves text without an end
atoi|cannot say that it failed
atol|cannot say that it failed
strtol|skips blanks, takes signs and much else that is not a number: str_int
alloca|a size from outside moves the stack
tmpnam|somebody else can take the name first
tempnam|somebody else can take the name first
mktemp|somebody else can take the name first
rand|can be guessed: chance comes from cx
random|can be guessed
drand48|can be guessed
srand|can be guessed
system|runs a shell
popen|runs a shell
execve|nothing is run, ever
execv|nothing is run, ever
execvp|nothing is run, ever
execl|nothing is run, ever
execlp|nothing is run, ever
fexecve|nothing is run, ever
posix_spawn|nothing is run, ever
posix_spawnp|nothing is run, ever
dlopen|no code that was not linked
dlsym|no code that was not linked
ptrace|nobody is traced
regcomp|backtracks: a text from outside decides how long it takes
regexec|backtracks
wordexp|runs a shell
glob|patterns from outside
gethostbyname|not safe with threads, IPv4 only
inet_addr|cannot say that it failed
inet_ntoa|one buffer for all callers
localtime|one buffer for all, and the machine'"'"'s time zone
gmtime|one buffer for all
ctime|one buffer for all
asctime|one buffer for all
strftime|the locale'"'"'s words: time in base
setlocale|numbers would change their shape
readdir_r|overflows
access|what is true when it is asked need not be when it is used
chmod|by name: what the name means can change in between
chown|nothing changes its owner
chroot|no jail
setuid|a service manager chooses the user
pthread_create|no threads of our own
sqlite3_mprintf|SQL stands in sql/
sqlite3_vmprintf|SQL stands in sql/
sqlite3_enable_load_extension|no code that was not linked
curl_easy_escape|addresses are not made from text
MD5|broken
SHA1|broken
RAND_bytes|one source of chance: the kernel'"'"'s'

dynamic() { readelf -dW "$1" 2>/dev/null; }
headers() { readelf -lW "$1" 2>/dev/null; }
imports() { nm -D --undefined-only "$1" | awk '{ sub(/@.*/, "", $2); print $2 }'; }
pie()      { readelf -hW "$1" | grep -q 'Type:.*DYN' && dynamic "$1" | grep -q 'FLAGS_1.*PIE'; }
relro()    { headers "$1" | grep -q GNU_RELRO; }
now()      { dynamic "$1" | grep -Eq 'BIND_NOW|Flags:.*NOW'; }
stack()    { headers "$1" | grep 'GNU_STACK' | grep -q ' RW '; }
apart()    { ! headers "$1" | grep -E '^ *LOAD' | grep -Eq 'RWE|R?WE ' && headers "$1" | grep -E '^ *LOAD' | head -1 | grep -q ' R  *0x'; }
text()     { ! dynamic "$1" | grep -q TEXTREL; }
path()     { ! dynamic "$1" | grep -Eq 'R(UN)?PATH'; }
guard()    { imports "$1" | grep -qx __stack_chk_fail; }
bounds()   { [ "$(imports "$1" | grep -c '_chk$\|^__open')" -ge 4 ]; }
landing()  { [ "$(readelf -nW "$1" 2>/dev/null | grep -c 'IBT, SHSTK')" -ge 1 ]; }
wanted()   {
	echo "$unwanted" | cut -d'|' -f1 | sort > "$tmp/unwanted"
	imports "$1" | sed 's/64$//; s/^__\(.*\)_chk$/\1/; s/^__isoc99_//' | sort -u | comm -12 - "$tmp/unwanted" > "$tmp/found"
	while read -r name; do echo "    $name: $(echo "$unwanted" | sed -n "s/^$name|//p")"; done < "$tmp/found"
	[ ! -s "$tmp/found" ]
}
checks='pie|not position-independent
relro|tables of addresses stay writable (no RELRO)
now|functions are bound late, so their table stays writable
stack|the stack can run
apart|a segment can be written and run, or data lies among code
text|code is changed while it is loaded (TEXTREL)
path|a library may come from a path that was built in
guard|no stack protector
bounds|no fortified calls
wanted|a call that is not wanted'

each() { echo "$checks" | cut -d'|' -f1; }
words() { echo "$checks" | sed -n "s/^$1|//p"; }

t=$build/tocsin
for c in $(each); do $c "$t"; say $? "$t: $(words "$c")"; done
# Debian's own start files are not marked for it, so the linked programme cannot be: what is ours is looked at.
case $(uname -m) in x86_64)
	for o in "$build"/tocsin.p/*.o "$build"/libtocsin.a.p/*.o; do
		landing "$o"; say $? "$o: an indirect jump may land anywhere in it (no CET)"
	done ;;
esac

# What the environment says is asked for in few places.
reads=$(for o in "$build"/tocsin.p/*.o "$build"/libtocsin.a.p/*.o; do nm -u "$o" | grep -Eq ' (secure_)?getenv$' && echo "$o"; done |
    grep -vE '/src_(cli_policy|main_systemd)\.c\.o$')
[ -z "$reads" ]; say $? "$reads: reads the environment"

# Each check fails on something soft.
cat > "$tmp/soft.c" <<'END'
#include <string.h>
int main(int n, char **v) { char small[8]; (void)n; return (int)strlen(strcpy(small, v[0])); }
END
printf '.text\n.globl main\nmain: ret\n.quad main\n.section .note.GNU-stack,"x",@progbits\n' > "$tmp/text.s"
$cc -O2 -w -U_FORTIFY_SOURCE -fno-stack-protector -no-pie -fno-pie -Wl,-z,norelro,-z,lazy,-z,execstack \
    -Wl,-z,noseparate-code,-rpath,/tmp -o "$tmp/soft" "$tmp/soft.c" || exit 1
$cc -pie -Wl,-z,notext -o "$tmp/text" "$tmp/text.s" 2>/dev/null || exit 1
soft() { case $1 in text) echo "$tmp/text" ;; *) echo "$tmp/soft" ;; esac; }
for c in $(each); do
	! $c "$(soft "$c")" >/dev/null; say $? "the check $c finds nothing wrong with what is soft: it is no check"
done
$cc -c -o "$tmp/text.o" "$tmp/text.s"
! landing "$tmp/text.o"; say $? "the check landing finds nothing wrong with what is soft: it is no check"
echo "$unwanted" | sed 's/|.*//; s/.*/extern char &[]; char *at_&(void) { return &; }/' > "$tmp/all.c"
$cc -w -fno-builtin -shared -fPIC -o "$tmp/all.so" "$tmp/all.c" 2>/dev/null || exit 1
wanted "$tmp/all.so" >/dev/null
[ "$(wc -l < "$tmp/found")" = "$(echo "$unwanted" | wc -l)" ]; say $? "not every call that is not wanted would be found"

# The units: how much each is exposed, as systemd counts it.
exposure() { systemd-analyze security --offline=true --no-pager "$1" 2>/dev/null | sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p'; }
at_most() { [ -n "$1" ] && awk -v a="$1" -v b="$2" 'BEGIN { exit !(a <= b) }'; }
with() { sed "/^\[Install\]/,\$d" "$build/systemd/$1"; echo "$2"; } # a unit and a drop-in
if command -v systemd-analyze >/dev/null; then
	mkdir "$tmp/units"
	with tocsin.service '' > "$tmp/units/tocsin.service"
	with tocsin-clerk.service 'IPAddressAllow=127.0.0.53 192.0.2.25 2001:db8::25' > "$tmp/units/tocsin-clerk.service"
	with tocsin.service "$(grep -v '^[#[]' systemd/postgresql.conf)" > "$tmp/units/tocsin-postgresql.service"
	printf '[Service]\nExecStart=/bin/true\n' > "$tmp/units/soft.service"
	for goal in tocsin:1.0 tocsin-clerk:1.5 tocsin-postgresql:1.5; do
		level=$(exposure "$tmp/units/${goal%:*}.service")
		at_most "$level" "${goal#*:}"; say $? "${goal%:*}.service: exposure $level, and at most ${goal#*:} is wanted"
		echo "${goal%:*}.service: exposure $level, at most ${goal#*:}"
	done
	! at_most "$(exposure "$tmp/units/soft.service")" 1.5; say $? "the check of exposure finds nothing wrong with what is soft"
	sed "s,^ExecStart=[^ ]*,ExecStart=$(realpath "$t")," "$build/systemd/tocsin.service" > "$tmp/units/tocsin.service"
	sed "s,^ExecStart=[^ ]*,ExecStart=$(realpath "$t")," "$build/systemd/tocsin-clerk.service" > "$tmp/units/tocsin-clerk.service"
	cp "$build/systemd/tocsin.socket" "$tmp/units/"
	bad=$(SYSTEMD_UNIT_PATH=$tmp/units: systemd-analyze verify --man=no "$tmp/units/tocsin.service" "$tmp/units/tocsin-clerk.service" \
	    "$tmp/units/tocsin.socket" 2>&1 | grep 'tocsin[-a-z]*\.')
	[ -z "$bad" ]; say $? "$bad"
else
	echo "SKIP: systemd-analyze is not here: how much the units are exposed is not counted"
fi

echo "hardening: $tried tried, $failed failed"
[ $failed = 0 ]
