#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check.sh FOLDER [MESON TEST OPTION...] - run the tests of a build folder. The
# last line is "N passed, N failed, N skipped", counting single cases.
set -u
cd "$(dirname "$0")/.."
folder=$1
shift
log=$folder/meson-logs/testlog.json
LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0
export LSAN_OPTIONS
rm -f "$log"
meson test -C "$folder" --no-rebuild --print-errorlogs "$@"
status=$?
[ -f "$log" ] || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
awk -f tools/summary.awk "$log" || status=1
exit $status
