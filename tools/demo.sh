#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# demo.sh BUILD - train the 64x64 face recogniser on photos, one folder a
# person: those in DATA, else the ORL faces where they lie beside the checkout.
# Each demo has a run folder of its own: runs/demo, runs/demo-2, ...
set -eu
cd "$(dirname "$0")/.."
build=$1
data=${DATA:-../shared/data/orl}
if [ ! -d "$data" ]; then
    echo "demo: no photos in $data; say make demo DATA=folder, with one" \
        "folder of photos for each person" >&2
    exit 2
fi
run=runs/demo
n=1
while [ -e "$run" ]; do
    n=$((n + 1))
    run=runs/demo-$n
done
exec "$build/cli/mien" train recipes/keras64.yaml --data "$data" \
    --out "$run" --show-gradients
