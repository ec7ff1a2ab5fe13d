#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# people.sh MIEN        - draw examples/people and docs/pictures/people.jpg.
# people.sh MIEN check  - draw examples/people elsewhere and compare the bytes.
# MIEN is the program; nothing but its version decides what comes out.
set -eu
mien=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$mien" synth "$work/people" --people 12 --photos 4 --groups 2 --seed 14
if [ "${2:-}" = check ]; then
    diff -r -x README.md -x synth.json examples/people "$work/people"
    exit
fi
mkdir -p examples/people
for old in examples/people/*; do
    [ "$old" = examples/people/README.md ] || rm -rf "$old"
done
cp -R "$work/people/." examples/people

"$mien" synth "$work/sheet" --people 64 --photos 1 --groups 0 --seed 14
"$mien" data show recipes/keras64.yaml --data "$work/sheet/people" --plain \
    --set data.test_per_class=0 --set 'input.size=[144, 144, 3]' \
    --out docs/pictures/people.jpg
