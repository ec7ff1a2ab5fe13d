#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# embed.sh BUILD FILE.onnx [SIXTEEN.onnx] - one network, asked by mien and by
# ONNX Runtime.
#
# mien imports FILE.onnx and runs it in float32 and in bytes, ONNX Runtime runs
# the file itself, in turns A B C, A B C, ..., five times (PAIRS=N), each run a
# process of its own, on one thread (THREADS=N). A line for every run, then the
# least and the median times and their ratios. With SIXTEEN.onnx, the same
# network exported for 16 photos at a time, these are compared, too.
# ONNX Runtime is that of node: npm i --ignore-scripts onnxruntime-node; the
# folder with node_modules is ORT, by default this one.
set -u
here=$(cd "$(dirname "$0")" && pwd)
usage='usage: embed.sh BUILD FILE.onnx [SIXTEEN.onnx]'
build=${1:?$usage}
one=${2:?$usage}
sixteen=${3:-}
pairs=${PAIRS:-5}
threads=${THREADS:-1}
seconds=${SECONDS_EACH:-2}
mien=$build/cli/mien
NODE_PATH=${ORT:-$here}/node_modules
LC_ALL=C
export NODE_PATH LC_ALL
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
trap 'exit 2' INT TERM
model=$folder/model.safetensors

"$mien" model import "$one" --out "$model" >/dev/null || exit 2
shape=$("$mien" model info "$model" --json |
    tr -d ' \n' | sed -n 's/.*"input":\[\([0-9]*\),\([0-9]*\),\([0-9]*\)\].*/\3 \1 \2/p')
node -e 'require("onnxruntime-node")' 2>/dev/null ||
    echo "no onnxruntime-node in $NODE_PATH: mien alone is timed" >&2

note() { # WHO JSON
    printf '%s\n' "$2" | tr -d ' \n' |
        sed -n "s/.*\"ms\":\([0-9.e-]*\).*\"min_ms\":\([0-9.e-]*\).*/who=$1 batch=$batch pair=$pair ms=\1 min_ms=\2\n/p" |
        tee -a "$folder/log"
}

run_mien() { # WHO [--int8]
    who=$1
    shift
    note "$who" "$("$mien" bench embed --model "$model" --batch "$batch" \
        --threads "$threads" --seconds "$seconds" --json "$@")"
}

compare() { # BATCH FILE
    batch=$1
    pair=1
    while [ "$pair" -le "$pairs" ]; do
        run_mien float32
        note ort "$(node "$here/onnxruntime.js" "$2" "$batch $shape" \
            "$threads" "$seconds" 2>/dev/null)"
        run_mien int8 --int8
        pair=$((pair + 1))
    done
}

compare 1 "$one"
[ -z "$sixteen" ] || compare 16 "$sixteen"
awk -f "$here/embed.awk" "$folder/log"
