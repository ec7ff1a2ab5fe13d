#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ablation.sh [PHOTOS [ROW...]] - the doctor without some of his remedies.
#
# First the stress cases with all remedies. Then for each row, without its
# remedies, the cases in which they did something: in the others nothing
# changes, since a training is the same to the bit. A row is one remedy or a
# group of those that cover for each other, "head,rate": tried in the cases in
# which two of it did something, as where one did it is that one's row. Prints
# which cases fail then, and where the median R fell most.
#
# Without rows: every remedy, then the groups below. PHOTOS of '' are generated
# ones. SEEDS=3, CASES (all), and MIEN for another program than build/cli/mien.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mien=${MIEN:-$here/../build/cli/mien}
seeds=${SEEDS:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
photos=${1:-}
[ $# -eq 0 ] || shift
groups='quarantine,percentile quarantine,percentile,rollback
    head,rate head,rate,residual slope,head clean,head,rate'

stress() { # CSV, then arguments
    csv=$1
    shift
    "$mien" stress "$@" ${photos:+--data "$photos"} --arms doctor \
        --seeds "$seeds" --csv "$csv" >/dev/null 2>"$work/said" || {
        tail -n 3 "$work/said" >&2
        exit 1
    }
}

# "case pass median worst" of the doctor's arm.
rows() {
    awk -F, '{ gsub(/"[^"]*"/, "-") } NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["arm"] == "doctor" {
            print $at["case"], $at["pass"], $at["median_r"], $at["worst_r"]
        }' "$1"
}

# The cases in whose journals a remedy did something.
acted() {
    case $1 in
    percentile) pattern='"kind": "frame"' ;; # it is always on
    quarantine) pattern='"kind": "quarantine"' ;;
    *) pattern="\"remedy\": \"$1\".*\"kept\": true" ;;
    esac
    grep -lE "$pattern" "$work"/runs/*-doctor-*/health.jsonl 2>/dev/null |
        sed 's|.*/\([a-z0-9_]*\)-doctor-[0-9]*/health.jsonl|\1|' | sort -u
}

# The cases in which one remedy did something, or two of a group.
cases_of() { # "head,rate"
    least=1
    [ "$1" = "${1#*,}" ] || least=2
    echo "$1" | tr ',' '\n' | while read -r name; do acted "$name"; done |
        sort | uniq -c | awk -v least=$least '$1 >= least { print $2 }'
}

compare() { # of "$work/all" and "$work/one"
    awk 'NR == FNR { passed[$1] = $2; before[$1] = $3; next }
        passed[$1] == 1 && $2 != 1 {
            failed = failed sep sprintf("%s (%.2f, %.2f)", $1, $3, $4)
            sep = ", "
        }
        before[$1] - $3 > fell + .005 {
            fell = before[$1] - $3
            most = sprintf("%s, %.2f to %.2f", $1, before[$1], $3)
        }
        END {
            print (failed ? failed : "none") " | " (most ? most : "nowhere")
        }' "$work/all" "$work/one"
}

# shellcheck disable=SC2086 # cases are words
stress "$work/all.csv" ${CASES:-} --keep "$work/runs"
rows "$work/all.csv" >"$work/all"
every=$("$mien" stress --list | sed '1,/^remedies:/d' |
    awk '$1 != "skip" { print $1 }') # skip is a rule, not a choice
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $every $groups
echo '| without | cases | fail then (median R, worst R) | R fell most |'
echo '|---|---|---|---|'
for row; do
    cases=$(cases_of "$row")
    [ -n "$cases" ] || {
        echo "| $row | 0 | never needed | |"
        continue
    }
    # shellcheck disable=SC2086
    stress "$work/one.csv" $cases --without "$row"
    rows "$work/one.csv" >"$work/one"
    echo "| $row | $(echo "$cases" | wc -l) | $(compare) |"
done
