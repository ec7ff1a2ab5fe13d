#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# train.sh BUILD [--quick] [NET ...] - training steps of mien and of PyTorch.
#
# Runs the two in turn, A B A B ..., five times (--quick: twice), each run a
# process of its own, and prints a line for every run and then a table of
# medians and ratios. The peer is tuned: both its layouts are run and the faster
# counts, OPENBLAS_CORETYPE, OMP_WAIT_POLICY and the threads are set. Without
# python3-torch it prints mien's own figures.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=${1:?"usage: train.sh BUILD [--quick] [NET ...]"}
shift
pairs=5
nets=
for word in "$@"; do
    case $word in
    --quick) pairs=2 ;;
    *) nets="$nets $word" ;;
    esac
done
[ -n "$nets" ] || nets="s64 mobilefacenet iresnet18"

mien=$build/cli/mien
cores=$build/bench/bench_cores
export MIEN_RECIPES="${MIEN_RECIPES:-$here/../recipes}"
export OPENBLAS_CORETYPE=SkylakeX OMP_WAIT_POLICY=passive
LC_ALL=C
export LC_ALL
log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT
trap 'exit 2' INT TERM

python=
for candidate in "${PYTHON:-python3}" /usr/bin/python3; do
    [ -z "$python" ] && "$candidate" -c 'import torch' 2>/dev/null &&
        python=$candidate
done
[ -n "$python" ] || echo "no PyTorch here, so no ratios: it is optional," \
    "apt-get install python3-torch" >&2

field() { # NAME: its number in the JSON on stdin
    sed -n "s/.*\"$1\": \"\{0,1\}\([^\",}]*\).*/\1/p" | head -n 1
}

note() { # WHO JSON: one line, also to the log
    for key in step_ms images_per_s peak_mb; do
        eval "$key=\$(printf '%s\n' \"\$2\" | field $key)"
    done
    printf 'net=%s batch=%s threads=%s pair=%s who=%s step_ms=%.1f images_per_s=%.1f peak_mb=%.0f\n' \
        "$net" "$batch" "$threads" "$pair" "$1" "$step_ms" "$images_per_s" \
        "$peak_mb" | tee -a "$log"
}

run_mien() {
    json=$("$mien" bench train --net "$net" --batch "$batch" --threads \
        "$threads" --rounds "$1" --json) || exit 2
    note mien "$json"
}

run_torch() { # LAYOUT ROUNDS
    json=$("$python" "$here/torch_train.py" --net "$net" --batch "$batch" \
        --threads "$threads" --layout "$1" --rounds "$2") || exit 2
    note "torch_$1" "$json"
    version=$(printf '%s\n' "$json" | field peer)
}

check_cores() { # what two threads get; a virtual core may vanish for minutes
    [ "$threads" -gt 1 ] || return 0
    printf 'net=%s batch=%s threads=%s pair=%s cores=%s\n' "$net" "$batch" \
        "$threads" "$pair" "$("$cores" "$threads")" | tee -a "$log"
}

compare() { # NET BATCH THREADS ROUNDS PEER_ROUNDS
    net=$1 batch=$2 threads=$3
    case " $nets " in *" $net "*) ;; *) return 0 ;; esac
    pair=1
    while [ $pair -le $pairs ]; do
        check_cores
        run_mien "$4"
        if [ -n "$python" ]; then
            run_torch nchw "$5"
            run_torch channels_last "$5"
        fi
        pair=$((pair + 1))
    done
}

compare s64 32 1 40 20
compare s64 32 2 40 20
compare mobilefacenet 64 1 5 3
compare iresnet18 64 1 3 2
compare iresnet18 64 2 3 2

echo
awk -f "$here/train.awk" "$log"
[ -z "$python" ] || echo "Peer: ${version:-PyTorch}, the faster of nchw and" \
    "channels_last in each pair, OPENBLAS_CORETYPE=$OPENBLAS_CORETYPE" \
    "OMP_WAIT_POLICY=$OMP_WAIT_POLICY, threads set."
sed -n 's/^model name[^:]*: */Machine: /p' /proc/cpuinfo | head -n 1
