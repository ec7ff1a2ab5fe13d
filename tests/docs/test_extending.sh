#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_extending.sh PAGE ROOT - every whole file on the page compiles, as float
# and as double, without a warning.
set -eu
root=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

awk -v work="$work" '
    /^```c$/ { inside = 1; n++; next }
    /^```/ { inside = 0 }
    inside { print > (work "/" n ".c") }' "$1"

count=0
for file in "$work"/*.c; do
    for real in -DMIEN_F32 -DMIEN_F64; do
        "${CC:-cc}" -std=c17 -D_GNU_SOURCE -fno-math-errno -Wall -Wextra \
            -Werror -Wno-missing-field-initializers $real -I"$root/include" \
            -I"$root/src" -I"$root/cli" -fsyntax-only "$file" || {
            sed -n 2p "$file" >&2
            exit 1
        }
    done
    count=$((count + 1))
done
echo "$count files compile"
[ "$count" -ge 6 ]
