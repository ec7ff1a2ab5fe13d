#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# remedies.sh BUILD [GROUP] - what each remedy does by itself: the tables of
# docs/gradient-health.md, as Markdown.
#
# Groups: init, activation, structure (fifty or twenty layers, with the gains
# at step 0), clip, weights, optimiser, schedule, bound (the keras64 network).
# Every row is trained with three seeds, and the doctor off but for its own
# row; cells are the median and the worst test accuracy, or "broke" where no
# seed got to the end.
# A recipe's own command is that row's, as in
#
#   mien train recipes/deep50.yaml --set health=watch --set init=lsuv
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=${1:?"usage: remedies.sh BUILD [GROUP]"}
mien=$(cd "$build" && pwd)/cli/mien
only=${2:-all}
seeds=${SEEDS:-"1 2 3"}
LC_ALL=C
export LC_ALL
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' INT TERM
cd "$here/.." || exit 2

# One training: "accuracy forward backward ratio", the last three with watch.
once() ( # SEED RECIPE SETTINGS...
    seed=$1 recipe=$2
    shift 2
    for word in "$@"; do
        shift
        set -- "$@" --set "$word"
    done
    rm -rf "$work/run"
    "$mien" train "recipes/$recipe.yaml" --out "$work/run" \
        --set train.seed="$seed" "$@" >"$work/out" 2>&1
    right=$(sed -n 's/^test .*accuracy *\([0-9.]*\).*/\1/p' "$work/out")
    echo "${right:--} $([ -f "$work/run/health.jsonl" ] &&
        awk -f "$here/gains.awk" "$work/run/health.jsonl")"
)

each() { # RECIPE SETTINGS...: a line for each seed
    for seed in $seeds; do once "$seed" "$@"; done
}

# Median and worst of the first column; "broke" without any.
accuracy='{ if ($1 == "-") $1 = -1; print $1 }'
cell() {
    each "$@" | awk "$accuracy" | sort -n | awk '
        { x[NR] = $1 }
        END {
            m = x[int((NR + 1) / 2)]
            if (x[NR] < 0) printf "broke"
            else printf "%s (%s)", m < 0 ? "broke" : sprintf("%.1f", m),
                x[1] < 0 ? "broke" : sprintf("%.1f", x[1])
        }'
}

heading() {
    echo
    printf '|'
    printf ' %s |' "$@"
    printf '\n|'
    for word in "$@"; do printf '%s' '---|'; done
    echo
}

# ---- deep stacks: gains at step 0 and what is learned --------------------

deep_row() { # TITLE SETTINGS...
    title=$1
    shift
    gains=$(once 1 deep50 health=watch "$@" | cut -d' ' -f2-)
    # shellcheck disable=SC2086
    set -- "$title" "$(cell deep50 health=off "$@")" $gains
    echo "| $1 | $3 | $4 | $5 | $2 |"
}
deep_heading() {
    heading "$1" "forward gain" "backward gain" "first / last \|g\|" "test accuracy, %"
}

conv() { echo "{conv: {out: $1, kernel: 3, pad: 1}}, relu, {maxpool: 2}"; }
stack() { # TIMES BODY
    echo "model=[$(conv 16), $(conv 32), flatten, {dense: {out: 64}}, relu," \
        "{repeat: {times: $1, body: [$2]}}, {dense: {out: classes}}]"
}

init() {
    deep_heading "initialisation, 50 layers, ReLU"
    for i in normal glorot_uniform lecun_normal he_normal orthogonal \
        "orthogonal: {gain: 1.414}" lsuv; do
        case $i in *:*) rule="{$i}" ;; *) rule=$i ;; esac
        deep_row "$i" "init=$rule"
    done
    deep_heading "initialisation, 8 layers, ReLU"
    for i in normal glorot_uniform lecun_normal he_normal orthogonal lsuv; do
        deep_row "$i" "init=$i" "$(stack 8 '{dense: {out: 64}}, relu')"
    done
}

activation() {
    deep_heading "activation, 20 layers, LSUV"
    for a in sigmoid tanh relu leaky_relu prelu elu gelu silu; do
        deep_row "$a" "$(stack 20 "{dense: {out: 64}}, $a")" init=lsuv
    done
}

structure() {
    deep_heading "structure, 50 layers, He"
    deep_row "plain" "$(stack 50 '{dense: {out: 64}}, relu')"
    deep_row "batch norm" "$(stack 50 '{dense: {out: 64}}, bn, relu')"
    deep_row "layer norm" "$(stack 50 '{dense: {out: 64}}, layernorm, relu')"
    deep_row "skips" "$(stack 50 '{name: x}, relu, {dense: {out: 64}}, {add: x}')"
    deep_row "skips, factor from 0" "$(stack 50 '{name: x}, relu, {dense: {out: 64}}, {scale: 0}, {add: x}')"
    deep_row "dropout .1" "$(stack 50 '{dense: {out: 64}}, relu, {dropout: 0.1}')"
}

# ---- the keras64 network ------------------------------------------------

momentum="optim={momentum: {lr: 0.01}}"
spike="faults=[{scale_batch: {at: 100, by: 1000}}]"

clip_row() { # TITLE SETTINGS...
    title=$1
    shift
    echo "| $title | $(cell keras64 health=off "$@")" \
        "| $(cell keras64 health=off optim.adam.lr=0.1 "$@")" \
        "| $(cell keras64 health=off "$momentum" "$@")" \
        "| $(cell keras64 health=off "$momentum" "$spike" "$@")" \
        "| $(cell keras64 health=off 'faults=[{init_scale: {by: 1000}}]' "$@") |"
}

clip_heading() {
    heading "$1" "Adam .001" "Adam .1" "momentum .01" "one batch x1000" \
        "init x1000"
}

clip() {
    clip_heading clip
    clip_row none
    clip_row "value .5" clip.value=0.5
    clip_row "norm 1" clip.norm=1
    clip_row "global_norm 1" clip.global_norm=1
    clip_row "alpha .5, zero" clip.alpha.alpha=0.5
    clip_row "alpha .5, clamp" 'clip={alpha: {alpha: 0.5, mode: clamp}}'
    clip_row "alpha 1, clamp, window" \
        'clip={alpha: {alpha: 1, mode: clamp, over: window}}'
    clip_row agc clip=agc
    clip_row "autoclip 90" clip.autoclip.p=90
    clip_row zclip clip=zclip
    clip_row "none, the doctor" health=doctor
}

bound() {
    clip_heading "update bound"
    clip_row none
    for k in 0.001 0.003 0.01 0.03 0.1; do
        clip_row "update $k" bound.update="$k"
    done
}

weights() {
    heading "bound of the weights" "Adam .001" "Adam .1"
    wide='model=[{conv: {out: 32, kernel: 3, NORM}}, relu, {maxpool: 2}, flatten, {dense: {out: classes, NORM}}]'
    weight_row none
    weight_row "clip to ±.1" constrain.clip=0.1
    weight_row "max-norm 1" constrain.max_norm=1
    weight_row "unit norm" constrain=unit_norm
    weight_row "rescale to [0, 1]" constrain=rescale
    weight_row "spectral 1" constrain.spectral=1
    weight_row "weight normalisation" \
        "$(echo "$wide" | sed 's/NORM/norm: weight/g')"
    weight_row "weight standardisation" \
        "$(echo "$wide" | sed 's/NORM/norm: standard/g')"
    weight_row "l1 1e-4" regularise.l1=1e-4
    weight_row "l2 1e-3" regularise.l2=1e-3
    weight_row "decoupled decay .1" 'optim.adamw.weight_decay=0.1'
}

weight_row() { # TITLE SETTINGS...
    title=$1
    shift
    rate=optim.adam.lr
    case $* in *adamw*) rate=optim.adamw.lr ;; esac
    echo "| $title | $(cell keras64 health=off "$@" "$rate=0.001")" \
        "| $(cell keras64 health=off "$@" "$rate=0.1") |"
}

optimiser() {
    heading optimiser "lr .001" "lr .01" "lr .1"
    for o in gd sgd momentum nesterov adagrad rmsprop adadelta adam adamw \
        lars lamb; do
        printf '| %s |' "$o"
        for lr in 0.001 0.01 0.1; do
            printf ' %s |' "$(cell keras64 health=off "optim={$o: {lr: $lr}}")"
        done
        echo
    done
}

schedule() {
    heading schedule "Adam .001" "Adam .01"
    for s in constant step exponential polynomial cosine warmup \
        one_cycle plateau "cosine, warm-up .1"; do
        case $s in
        step) rule='{step: {every: 7}}' ;;
        cosine,*) rule='{cosine: {warmup: 0.1}}' ;;
        *) rule=$s ;;
        esac
        printf '| %s |' "$s"
        for lr in 0.001 0.01; do
            printf ' %s |' "$(cell keras64 health=off "schedule=$rule" \
                "optim.adam.lr=$lr")"
        done
        echo
    done
}

for group in init activation structure clip bound weights optimiser schedule; do
    [ "$only" = all ] || [ "$only" = "$group" ] || continue
    $group
done
