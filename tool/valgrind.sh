#!/bin/sh
# Whole journeys under valgrind: nothing is read that was not written, nothing is lost, nothing is used after its end.
# usage: valgrind.sh [PREFIX…]   tests whose names begin so; without one, all tests of journeys (those that include flow.h
# or what stands on it), but for those of restoring, which asks for more addresses than valgrind has.
set -u
command -v valgrind >/dev/null || { echo "SKIP: valgrind is not here"; exit 0; }
journeys='#include "(desk/flow|web/browse|web/report_walk)\.h"'
[ $# -gt 0 ] || set -- $(grep -lE "$journeys" src/*/*_test.c | grep -v restore_test | xargs sed -n 's/^TEST(\(.*\))$/\1/p')
log=build/valgrind.log began=$(date +%s)
TOCSIN_ROOT=$PWD nice valgrind -q --error-exitcode=99 --leak-check=full --child-silent-after-fork=yes \
	build/unit "$@" >$log 2>&1
bad=$?
[ $bad = 0 ] || grep -vE '^\[ +(OK|RUN) ' $log | head -n 80
tried=$(sed -n 's/^\[==========\] \([0-9]*\) test(s) run.*/\1/p' $log)
echo "valgrind: ${tried:-0} tried, $((bad != 0)) failed: journeys, in $(($(date +%s) - began)) s"
[ $bad = 0 ] && [ "${tried:-0}" -gt 0 ]
