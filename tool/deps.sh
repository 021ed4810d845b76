#!/bin/sh
# Install what is missing to build, run or test Tocsin on Debian 12, by apt; say what and why; touch nothing else.
# usage: deps.sh build|test|bench
set -eu
want="build-essential:the_compiler meson:the_build ninja-build:the_build pkg-config:the_build libsqlite3-dev:the_database libpq-dev:the_other_database
libjansson-dev:reading_JSON libyaml-dev:reading_packs libsodium-dev:cryptography libssl-dev:SHA-256 libcurl4-openssl-dev:mail
libseccomp-dev:the_cage libqrencode-dev:the_poster zlib1g-dev:imports_that_are_compressed libcmocka-dev:the_tests git:the_sources
nodejs:stylesheet_and_script_at_build_time"
[ "$1" = test ] && want="$want clang:the_sanitizers clang-tidy:the_analysers valgrind:make_prove libclang-rt-14-dev:the_sanitizers chromium:the_browser_tests
python3:the_independent_verifier fonts-liberation:the_browser_tests sqlite3:looking_at_databases curl:the_tests systemd:the_services
postgresql:the_other_database iproute2:a_wire_between_two_machines"
[ "$1" = bench ] && want="$want python3:the_benches linux-perf:a_profile nginx-light:something_to_compare_pages_with"
missing=
for w in $want; do
	p=${w%%:*}
	[ "$p" = nodejs ] && command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 && continue
	[ "$p" = nginx-light ] && command -v nginx >/dev/null 2>&1 && continue
	[ "$p" = python3 ] && command -v python3 >/dev/null 2>&1 && continue
	dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' && continue
	echo "missing: $p (for $(echo "${w#*:}" | tr _ ' '))"
	missing="$missing $p"
	[ "$p" = nodejs ] && missing="$missing npm"
done
[ -z "$missing" ] && exit 0
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
$sudo apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
