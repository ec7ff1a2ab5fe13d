#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_examples.sh MAKE_TOY VERIFY RECOGNISE - the examples that need a
# detector and an embedder, on models whose weights are set by hand.
set -eu
# From the build folder, which is left below.
make_toy=$PWD/$1 verify=$PWD/$2 recognise=$PWD/$3
case $1 in /*) make_toy=$1 verify=$2 recognise=$3 ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "test_examples.sh: $1" >&2
    exit 1
}

"$make_toy" "$work"
cd "$work"
models="detector.safetensors embedder.safetensors"
same=$("$verify" $models ada1.png ada2.png)
other=$("$verify" $models ada1.png bob.png)
echo "same: $same; other: $other"
awk -v a="${same#similarity }" -v b="${other#similarity }" \
    'BEGIN { exit !(a > .7 && b < .5) }' || fail "the wrong pair is alike"
"$verify" $models ada1.png nobody.png 2>/dev/null && fail "a face of nobody"
"$recognise" $models people Ada ada1.png both.png | tee who
[ "$(grep -c ': Ada$' who)" = 1 ] || fail "Ada is not named once"
[ "$(grep -c ': stranger$' who)" = 1 ] || fail "Bob is no stranger"
exit 0
