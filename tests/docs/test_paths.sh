#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_paths.sh ROOT - every `file` and `mien_function()` that a page names is
# there. A page may also name files that it writes itself, and NAME stands for
# any.
set -eu
cd "$1"
failed=0
names=$(mktemp)
trap 'rm -f "$names"' EXIT
cat include/mien/*.h src/*/*.[ch] src/nn/*/*.[ch] |
    grep -oE 'mien_[a-z0-9_]+' | sort -u > "$names"
for page in *.md docs/*.md */README.md src/*/README.md src/nn/*/README.md; do
    [ -f "$page" ] || continue
    for path in $(grep -oE '`(src|include|cli|tests|tools|docs|examples|recipes|fuzz|bench)/[^` ]*`' \
        "$page" | tr -d '`' | sort -u); do
        case $path in *NAME* | *'<'*) continue ;; esac
        grep -q "^/\* $(basename "$path") - " "$page" && continue
        set -- $path # a pattern may match several
        [ -e "$1" ] && continue
        echo "$page: there is no $path" >&2
        failed=1
    done
    for name in $(grep -oE '`mien_[a-z0-9_]+\(\)`' "$page" |
        tr -d '`()' | sort -u); do
        grep -qx "$name" "$names" && continue
        echo "$page: there is no $name()" >&2
        failed=1
    done
done
exit $failed
