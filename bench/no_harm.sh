#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# no_harm.sh BUILD [PATTERN] - what the doctor does to trainings that are well.
#
# Trains recipes as they are, with several seeds, with health: off and with
# health: doctor in turns, so that what else the machine does hits both. Prints
# accuracy, findings, acts and times of each as Markdown, and what they come to.
# Runs whose name does not match PATTERN (of grep -E) are left out, and those
# whose data is not there. Short trainings are repeated ($REPEAT times, 3) and
# the least time counts: other work only ever adds to it.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=${1:?"usage: no_harm.sh BUILD [PATTERN]"}
pattern=${2:-.}
repeat=${REPEAT:-3}
build=$(cd "$build" && pwd) || exit 2
LC_ALL=C
export LC_ALL
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' INT TERM
cd "$here/.." || exit 2
photos=../shared/data/orl

orl="data={reader: folder, path: $photos, test_per_class: 2, seed: 42}"
small="input={size: [32, 32, 1], scale: 255, mean: [0.45], std: [0.2]}|\
init=he_normal|model=[{conv: {out: 16, kernel: 3, pad: 1}}, relu,\
 {maxpool: 2}, {conv: {out: 32, kernel: 3, pad: 1}}, relu, {maxpool: 2},\
 flatten, {dense: {out: 64}}, relu, {dense: {out: classes}}]"

# group|repetitions|recipe|epochs|setting|setting...
runs() {
    for seed in 1 2 3 4 5; do
        echo "keras64|$repeat|keras64|20|train.seed=$seed"
    done
    for seed in 1 2 3 4; do
        echo "mnist|$repeat|mnist|15|train.seed=$seed"
    done
    for seed in 1 2 3; do
        echo "face64|1|face64|8|train.seed=$seed"
        for optim in sgd:0.1 momentum:0.02 adamw:0.001 rmsprop:0.0005; do
            rule="optim={${optim%:*}: {lr: ${optim#*:}}}"
            echo "small-${optim%:*}|$repeat|keras64|30|train.seed=$seed|$orl|\
$small|$rule"
        done
    done
    for seed in 1 2; do
        echo "gradient-clipping|1|gradient-clipping|60|train.seed=$seed|\
data.path=$work/npy"
    done
    echo "mobilefacenet|1|mobilefacenet|1|train.seed=1"
}

number() { # KEY: of the summary
    sed -n "s/^  \"$1\": \([0-9.e+-]*\),*\$/\1/p" "$work/json"
}

# Seconds of the processors in what `times` printed: two lines of 0m1.23s.
processor() {
    tr 'ms' '  ' <"$work/times" | awk 'NR == 2 { print 60 * ($1 + $3) + $2 + $4 }'
}

# One training: "GROUP SEED HEALTH ACCURACY SECONDS WALL PROCESSOR TESTED".
once() ( # HEALTH GROUP RECIPE EPOCHS SETTINGS...
    health=$1 group=$2 recipe=$3 epochs=$4
    shift 4
    seed=${1#train.seed=}
    for word in "$@"; do
        shift
        set -- "$@" --set "$word"
    done
    rm -rf "${work:?}/$health"
    begin=$(date +%s%N)
    "$build/cli/mien" train "recipes/$recipe.yaml" --epochs "$epochs" \
        --out "$work/$health" --json --set health="$health" "$@" \
        >"$work/json" 2>"$work/log"
    status=$?
    times >"$work/times"
    end=$(date +%s%N)
    # 3: stopped by a diagnosis, which is harm and no reason to leave it out.
    if [ $status -ne 0 ] && [ $status -ne 3 ]; then
        echo "left out: $group: $(tail -n 1 "$work/log")" >&2
        exit 1
    fi
    tested=$(sed -n 's/.* \([0-9]*\) to validate, \([0-9]*\) to test.*/\1 \2/p' \
        "$work/log" | awk '{ print $2 ? $2 : $1 }' | head -n 1)
    right=$(number accuracy | head -n 1) steps=$(number seconds)
    echo "$group $seed $health ${right:-0} ${steps:-0} $((end - begin))" \
        "$(processor)" "${tested:-0}"
)

structural=$(grep -l 'structural = true' src/health/remedies/*.c |
    sed 's|.*/||; s|\.c$||' | tr '\n' ' ')

# What the journal of the run with the doctor holds.
journal() { # GROUP SEED
    awk -v run="$1 $2" -v structural=" $structural" '
        /"kind": "finding"/ && /"severity": "warn"/ { warn++ }
        /"kind": "finding"/ && /"severity": "fail"/ { fail++ }
        /"kind": "act"/ {
            tried++
            if (!/"kept": true/) next
            kept++
            match($0, /"remedy": "[a-z_]*"/)
            name = substr($0, RSTART + 11, RLENGTH - 12)
            if (index(structural, " " name " ")) changed++
        }
        END {
            printf "journal %s %d %d %d %d %d\n", run, warn, fail, tried, kept,
                changed
        }' "$work/doctor/health.jsonl"
}

train() { # GROUP REPETITIONS RECIPE EPOCHS SETTINGS...
    group=$1 repetitions=$2 seed=${5#train.seed=} first=off second=doctor
    shift 2
    [ $((seed % 2)) -eq 1 ] || { first=doctor; second=off; }
    for _ in $(seq "$repetitions"); do
        once $first "$group" "$@" && once $second "$group" "$@" || return
        other=$first first=$second second=$other
    done
    journal "$group" "$seed"
}

if [ -d $photos ]; then
    mkdir "$work/npy"
    "$build/make_npy" $photos "$work/npy" --size 64x64 >&2 || exit 2
fi
runs | grep -E "^[^|]*($pattern)" | while read -r line; do
    (
        IFS='|'
        set -f
        # shellcheck disable=SC2086 # splits at the bars
        set -- $line
        unset IFS
        train "$@"
    )
done | awk -f "$here/no_harm.awk"
