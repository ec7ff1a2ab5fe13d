#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ablation.sh [PHOTOS] - the doctor without each of his remedies in turn.
#
# First all stress cases with all remedies. Then for each remedy, without it,
# the cases in which it did something: in the others nothing changes, since a
# training is the same to the bit. Prints which cases fail then. SEEDS=3, and
# MIEN for another program than build/cli/mien.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mien=${MIEN:-$here/../build/cli/mien}
seeds=${SEEDS:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
photos=${1:-}

stress() { # CSV, then arguments
    csv=$1
    shift
    "$mien" stress "$@" ${photos:+--data "$photos"} --arms doctor \
        --seeds "$seeds" --csv "$csv" >/dev/null 2>&1
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

stress "$work/all.csv" --keep "$work/runs"
rows "$work/all.csv" >"$work/all"
printf '%-12s %5s  %s\n' without tried 'cases that fail then (median R, worst R)'
for remedy in $("$mien" stress --list | sed -n '/^remedies:/,$p' |
    sed 1d | awk '{print $1}'); do
    [ "$remedy" = skip ] && continue # a rule, not a choice
    cases=$(acted "$remedy")
    [ -n "$cases" ] || {
        printf '%-12s %5d  never needed\n' "$remedy" 0
        continue
    }
    # shellcheck disable=SC2086
    stress "$work/one.csv" $cases --without "$remedy"
    rows "$work/one.csv" >"$work/one"
    failed=$(awk 'NR == FNR { passed[$1] = $2; next }
        passed[$1] == 1 && $2 != 1 {
            printf "%s%s (%s, %s)", sep, $1, $3, $4; sep = ", "
        }' "$work/all" "$work/one")
    printf '%-12s %5d  %s\n' "$remedy" "$(echo "$cases" | wc -l)" \
        "${failed:-none}"
done
