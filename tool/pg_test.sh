#!/bin/sh
# Every test that keeps a database, on a PostgreSQL of its own. usage: pg_test.sh BUILD [prefix of tests]
build=$1; shift
dir=$(mktemp -d) && chmod 755 "$dir"
trap 'sh tool/pg.sh stop "$dir" 2>/dev/null; rm -rf "$dir"' EXIT
# these tests ask whether it works; whether it lasts, others do
TOCSIN_PG=$(PG_OPTIONS='-c fsync=off' sh tool/pg.sh start "$dir") || exit $?
export TOCSIN_PG
"$build/unit" "$@"
