#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# lint.sh [ROOT] - the rules of CONTRIBUTING.md that a machine can check.
# lint.sh --self-test - show that each rule fires.
set -u
here=$(cd "$(dirname "$0")" && pwd)
LC_ALL=C
export LC_ALL

if [ "${1:-}" = --self-test ]; then
    exec "$here/../tests/tools/test_lint.sh"
fi
cd "${1:-$here/..}" || exit 2
failed=0

complain() {
    echo "$1"
    failed=1
}

sources() { # of the folders that exist; $1: a pattern of names
    for folder in include src cli server tests bench fuzz examples; do
        [ -d "$folder" ] && find "$folder" -name "$1" -type f
    done | sort
}

check_lines() {
    sources '*.[ch]' | xargs awk -f "$here/lint.awk" /dev/null || failed=1
}

# Also in the build files, where the flag would be.
check_fast_math() {
    flags='-f(fast|finite|unsafe)-math|-Ofast|-ffinite-math-only'
    found=$(find . -path './build*' -prune -o \( -name meson.build -o \
        -name Makefile \) -exec grep -nE -e "$flags" {} +)
    [ -z "$found" ] || complain "fast math deletes the tests for NaN: $found"
}

# Every line NAME(file) has file.c beside the table or in its folder.
check_tables() {
    for table in $(sources '*.def' | grep -v '^include/'); do
        for name in $(sed -n 's/^[A-Z_]*(\([a-z0-9_]*\)).*/\1/p' \
            "$table"); do
            [ -f "$(dirname "$table")/$name.c" ] ||
                [ -f "${table%.def}/$name.c" ] ||
                complain "$table: $name has no file $name.c"
        done
    done
}

# A file that no meson.build and no table names is compiled by nobody.
check_compiled() {
    names=$(find . -path './build*' -prune -o \( -name meson.build -o \
        -name '*.def' \) -exec cat {} + | tr -c 'A-Za-z0-9_' '\n' | sort -u)
    for file in $(sources '*.c' | grep -E '^(src|cli|server)/'); do
        echo "$names" | grep -qx "$(basename "$file" .c)" ||
            complain "$file: no meson.build and no table names it"
    done
}

# Each header has its guard and compiles alone; two at a time.
check_headers() {
    headers=$(sources '*.h' | grep -E '^(include|src|cli|server)/')
    for header in $headers; do
        grep -q '^#ifndef MIEN_' "$header" ||
            complain "$header: no include guard MIEN_..."
    done
    printf '%s\n' $headers | xargs -r -P 2 -I '{}' "${CC:-cc}" -std=c17 \
        -D_GNU_SOURCE -Wall -Wextra -Iinclude -Isrc -I. -x c -fsyntax-only \
        -include '{}' /dev/null 2>&1 || failed=1
}

check_lines
check_fast_math
check_tables
check_compiled
check_headers
[ $failed -eq 0 ] && echo "lint: ok"
exit $failed
