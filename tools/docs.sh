#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs.sh - check that every relative link in the Markdown files leads to a
# file, and to nothing outside the repository.
set -eu
cd "$(dirname "$0")/.."
links() {
    git ls-files '*.md' | while read -r page; do
        [ -f "$page" ] || continue
        grep -o '](\([^)# ]*\)' "$page" | sed 's/^](//' |
            sed "s|^|$page |" || true
    done
}
links | {
    bad=0 count=0
    while read -r page link; do
        case $link in '' | *://* | mailto:*) continue ;; esac
        count=$((count + 1))
        [ -e "$(dirname "$page")/$link" ] && continue
        echo "$page: the link to $link leads nowhere" >&2
        bad=1
    done
    echo "$count links looked at"
    exit $bad
}
