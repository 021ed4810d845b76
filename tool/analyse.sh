#!/bin/sh
# What analysers find in the C sources without running them must be nothing: gcc -fanalyzer over the product and what
# makes it, clang-tidy (.clang-tidy) over tests and fuzz targets too. The build directory holds what is generated.
# usage: analyse.sh gcc | tidy [BUILD] [FILE…]
set -u
what=$1 build=${2:-build}
case $what in
gcc)
	[ -d build-analyse ] || CC=gcc meson setup build-analyse -Dbuildtype=plain -Dc_args='-O1 -fanalyzer' >/dev/null ||
		exit 1
	nice ninja -k0 -C build-analyse tocsin
	;;
tidy)
	command -v clang-tidy >/dev/null || { echo "SKIP: clang-tidy is not here"; exit 0; }
	[ $# -gt 2 ] && shift 2 || set -- src/*/*.c tool/*.c verify/*.c fuzz/*.c bench/*.c test/*.c test/*/*.c
	echo "clang-tidy looks at $# files"
	# it says on stderr how many warnings of system headers it hid, which nobody needs unless it fell
	printf '%s\n' "$@" | nice xargs -n 1 -P "$(nproc)" clang-tidy -p "$build" --quiet 2>"$build/tidy.log" && exit 0
	grep -v ' warnings* generated' "$build/tidy.log" | tail -n 5
	exit 1
	;;
esac
