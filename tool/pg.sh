#!/bin/sh
# A PostgreSQL of one's own for tests: pg.sh start DIR prints its address, pg.sh stop DIR ends it. It listens at a socket in
# DIR alone, belongs to the user postgres when root asks, and keeps nothing that anybody needs.
set -eu
dir=$2 bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || { echo "SKIP: PostgreSQL is not here" >&2; exit 77; }
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
case $1 in
start)
	mkdir -p "$dir"; dir=$(cd "$dir" && pwd)
	[ "$(id -u)" = 0 ] && chown postgres "$dir"
	cd "$dir"
	[ -d data ] || new=1
	[ -d data ] || as "$bin/initdb" -D "$dir/data" -A trust -U tocsin -E UTF8 --locale=C.UTF-8 >initdb.log 2>&1
	# one who needs a password, for those who try a wrong one
	[ -z "${new:-}" ] || as sed -i '1i local all tocsin_locked scram-sha-256' data/pg_hba.conf
	as "$bin/pg_ctl" -D "$dir/data" -w -s -l "$dir/log" -o "-c listen_addresses='' -c unix_socket_directories='$dir' -c max_connections=50 ${PG_OPTIONS:-}" start
	echo "postgresql://tocsin@/postgres?host=$dir";;
stop)
	cd "$dir"
	as "$bin/pg_ctl" -D "$dir/data" -w -s -m immediate stop;;
esac
