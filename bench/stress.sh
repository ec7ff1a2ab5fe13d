#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# stress.sh [PHOTOS] - the stress suite by mien and by PyTorch, side by side.
#
# PHOTOS holds one folder a person; without it both train on generated faces.
# Writes stress.csv, stress-torch.csv and the survival map into $OUT (.); with
# MIEN and PYTHON other programs than build/cli/mien and python3 are used.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mien=${MIEN:-$here/../build/cli/mien}
python=${PYTHON:-python3}
out=${OUT:-.}
seeds=${SEEDS:-5}
peer=$(mktemp -d)
trap 'rm -rf "$peer"' EXIT INT TERM
mkdir -p "$out"

"$mien" stress ${1:+--data "$1"} --seeds "$seeds" --csv "$out/stress.csv" \
    --map "$out/survival.png" | tee "$out/stress.txt"

if ! "$python" -c 'import torch, numpy' 2>/dev/null; then
    echo "stress.sh: $python has no torch and numpy: no peer" >&2
    exit 0
fi
"$mien" stress ${1:+--data "$1"} --export "$peer"
# A tuned peer: OpenBLAS does not know every processor by itself.
OPENBLAS_CORETYPE=${OPENBLAS_CORETYPE:-SkylakeX} \
    "$python" "$here/stress_torch.py" "$peer" --seeds "$seeds" \
    --csv "$out/stress-torch.csv" | tee "$out/stress-torch.txt"
