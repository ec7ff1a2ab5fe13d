#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh PROGRAMS - run every example on drawn shapes, and look at what it says.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
programs=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "run.sh: $1" >&2
    exit 1
}

"$programs/draw_shapes" shapes 1
"$programs/draw_shapes" unseen 2

"$programs/train_tiny" "$here/shapes.yaml" shapes classes
right=$("$programs/classify" classes/model.safetensors unseen/*/0?.png |
    awk -F '[/:]' '{ print; sub(/ /, "", $4) } $4 ~ "^" $2 " " { n++ }
        END { print n + 0 > "right" }')
echo "$right"
[ "$(cat right)" -ge 27 ] || fail "$(cat right) of 30 shapes are right"

"$programs/train_tiny" "$here/shapes-embed.yaml" shapes embedding
model=embedding/model.safetensors
one=unseen/cross/01.png
same=$("$programs/embed_compare" $model $one unseen/cross/02.png)
other=$("$programs/embed_compare" $model $one unseen/square/02.png)
echo "two crosses $same, cross and square $other"
awk "BEGIN { exit !($same > $other) }" || fail "the wrong pair is more alike"

"$programs/classify" nothing.safetensors $one 2>/dev/null &&
    fail "a model that is not there was used"
exit 0
