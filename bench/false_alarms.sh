#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# false_alarms.sh BUILD [PATTERN] - what the detectors say of healthy trainings.
#
# Trains recipes as they are and with small changes (optimisers at sensible
# rates, seeds, batches, clips), with health: watch, and counts the findings
# per 1,000 steps by detector. All of these learn: a failing finding is a false
# alarm. Runs whose name does not match PATTERN (of grep -E) are left out, and
# those whose data is not there. With SEED=N the weights, order and dropout of
# all runs are other ones than those that the limits were chosen on.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=${1:?"usage: false_alarms.sh BUILD [PATTERN]"}
pattern=${2:-.}
mien=$(cd "$build" && pwd)/cli/mien
LC_ALL=C
export LC_ALL
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' INT TERM
cd "$here/.." || exit 2

orl="{reader: folder, path: ../shared/data/orl, test_per_class: 2, seed: 42}"
drawn="reader: generated, photos: 10, seed: 42"
people="data={$drawn, people: 40, size: 64, channels: 3, test_per_class: 2}"
many="data={$drawn, people: 100, size: 112, channels: 3, val: 0.02}"

small="data={$drawn, people: 40, size: 32, test_per_class: 2}|input={size: [32,\
 32, 1], scale: 255, mean: [0.45], std: [0.2]}|init=he_normal"

# Small networks with other layers, of the same size as the stress suite's.
conv() { echo "{conv: {out: $1, kernel: 3, pad: 1}}"; }
body() { # LAYERS
    layers=$(echo "$1" | sed 's/[a-z]*: [0-9.]*/{&}/')
    echo "model=[$(conv 16), $layers, {maxpool: 2}, $(conv 32), $layers," \
        "{maxpool: 2}, flatten, {dense: {out: 64}}, $layers," \
        "{dense: {out: classes}}]"
}
skips() { # twenty layers in ten blocks
    echo "model=[$(conv 16), bn, relu, {maxpool: 2}, {repeat: {times: 10," \
        "body: [{name: x}, $(conv 16), bn, relu, $(conv 16), bn, {add: x}," \
        "relu]}}, globalpool, {dense: {out: classes}}]"
}
embeds() {
    echo "model=[$(conv 16), relu, {maxpool: 2}, $(conv 32), relu," \
        "{maxpool: 2}, flatten, {dense: {out: 64}}]"
}

# name|recipe|epochs|setting|setting...
runs() {
    first=${SEED:-1}
    for seed in "$first" $((first + 1)) $((first + 2)); do
        echo "mnist-adam-$seed|mnist|6|train.seed=$seed"
        echo "keras64-adam-$seed|keras64|40|train.seed=$seed"
        echo "face64-adam-$seed|face64|8|train.seed=$seed"
        echo "people-adam-$seed|keras64|60|train.seed=$seed|$people"
    done
    for optim in sgd:0.1 momentum:0.02 nesterov:0.02 adamw:0.001 \
        rmsprop:0.0005 adagrad:0.01; do
        rule="optim={${optim%:*}: {lr: ${optim#*:}}}"
        echo "mnist-${optim%:*}|mnist|6|$rule"
        echo "people-${optim%:*}|keras64|60|$people|$rule"
    done
    echo "keras64-momentum|keras64|40|optim={momentum: {lr: 0.01}}"
    echo "keras64-slow|keras64|40|optim.adam.lr=0.0003"
    echo "keras64-he|keras64|40|init=he_normal"
    echo "keras64-clip|keras64|40|clip={global_norm: 5}"
    echo "keras64-batch-8|keras64|15|train.batch=8|optim.adam.lr=0.0005"
    echo "mnist-batch-8|mnist|2|train.batch=8"
    echo "mnist-batch-128|mnist|12|train.batch=128"
    echo "mnist-cosine|mnist|6|schedule=cosine"
    echo "mnist-one-cycle|mnist|6|schedule=one_cycle"
    echo "mnist-decay|mnist|6|optim={adamw: {lr: 0.001, weight_decay: 0.05}}"
    echo "mnist-l2|mnist|6|regularise.l2=1e-4"
    echo "mnist-lecun|mnist|6|init=lecun_normal"
    echo "face64-sgd|face64|8|optim={sgd: {lr: 0.01}}"
    echo "face64-l1|face64|6|regularise.l1=1e-5"
    echo "clipping|gradient-clipping|30|data=$orl"
    echo "clipping-people|gradient-clipping|30|$people"
    for layers in tanh prelu gelu "bn, relu" "relu, dropout: 0.2"; do
        echo "small-$(echo "$layers" | tr -dc a-z)|keras64|40|$small|$(
            body "$layers")"
    done
    echo "small-skip|keras64|40|$small|$(skips)"
    echo "small-arcface|keras64|40|$small|$(embeds)|loss={arcface: {s: 64, m:\
 0.5, warmup: 0.5}}|optim={momentum: {lr: 0.01}}"
    echo "mobilefacenet|mobilefacenet|1|train.batch=16|$many"
}

# Numbers of a run: steps, accuracy, and "detector severity" a finding.
train() ( # NAME RECIPE EPOCHS SETTINGS...
    name=$1 recipe=$2 epochs=$3
    shift 3
    for word in "$@"; do
        shift
        set -- "$@" --set "$word"
    done
    [ -z "${SEED:-}" ] || set -- --set "train.seed=$SEED" "$@"
    "$mien" train "recipes/$recipe.yaml" --set health=watch --epochs "$epochs" \
        --out "$work/run" "$@" >"$work/out" 2>&1 ||
        { echo "left out: $name: $(tail -n 1 "$work/out")" >&2; exit 0; }
    steps=$(sed -n 's/^training .* \([0-9]*\) steps .*/\1/p' "$work/out")
    right=$(sed -n 's/^train .*accuracy *\([0-9.]*\).*/\1/p' "$work/out")
    echo "run $name ${steps:-0} ${right:--}"
    sed -n '/"kind": *"finding"/s/.*"detector": *"\([a-z_]*\)".*"severity": *"\([a-z]*\)".*/finding \1 \2/p' \
        "$work/run/health.jsonl"
    [ -z "${VERBOSE:-}" ] || sed -n "/^warning: step/s/^/$name: /p" \
        "$work/out" >&2
    rm -rf "$work/run"
)

runs | grep -E "^[^|]*($pattern)" | while read -r line; do
    (
        IFS='|'
        set -f
        # shellcheck disable=SC2086 # splits at the bars
        train $line
    )
done | awk -f "$here/false_alarms.awk"
