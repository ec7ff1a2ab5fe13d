#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_summary.sh - tools/summary.awk counts cases as they ended.
set -u
cd "$(dirname "$0")/../../tools" || exit 1
failed=0

# gives WANT STATUS: the log on stdin comes to this summary and exit status.
gives() {
    got=$(awk -f summary.awk)
    status=$?
    if [ "$got" != "$1" ] || [ $status -ne "$2" ]; then
        echo "want '$1' ($2), got '$got' ($status)"
        failed=1
    fi
}

ok='[ RUN      ] a\n[       OK ] a\n'
skip='[ RUN      ] b\n[  SKIPPED ] b\n'
skips='[  SKIPPED ] 1 test(s), listed below:\n[  SKIPPED ] b\n'
bad='[ RUN      ] c\n'

line() { # RESULT STDOUT
    printf '%s\n' "{\"name\": \"x\", \"stdout\": \"$2\", \"result\": \"$1\"}"
}

line OK "$ok$ok" | gives '2 passed, 0 failed, 0 skipped' 0
{ line OK "$ok"; line FAIL "$ok$bad"; } |
    gives '2 passed, 1 failed, 0 skipped' 1
line OK "$ok$skip$skips" | gives '1 passed, 0 failed, 1 skipped' 0
line FAIL "$ok$skip$skip$bad" | gives '1 passed, 1 failed, 2 skipped' 1
line OK "" | gives '1 passed, 0 failed, 0 skipped' 0
{ line OK ""; line SKIP ""; } | gives '1 passed, 0 failed, 1 skipped' 0
line FAIL "" | gives '0 passed, 1 failed, 0 skipped' 1
line FAIL "$ok" | gives '1 passed, 1 failed, 0 skipped' 1
line TIMEOUT "$ok$bad" | gives '1 passed, 1 failed, 0 skipped' 1
printf '' | gives '0 passed, 0 failed, 0 skipped' 1
exit $failed
