#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fuzz.sh FOLDER - build the fuzzers with clang and run each for FUZZ_TIME seconds (60).
# What they find new stays in FOLDER/found/; the shipped corpus is only read.
set -eu
cd "$(dirname "$0")/.."
folder=$1
tools/setup.sh clang libclang-rt-14-dev
[ -f "$folder/build.ninja" ] || CC=clang meson setup "$folder" . \
    -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1 \
    -Dc_args=-fsanitize=fuzzer-no-link
for source in fuzz/*.c; do
    name=$(basename "$source" .c)
    [ "$name" = replay ] && continue
    ninja -C "$folder" "fuzz/fuzzer_$name"
    mkdir -p "$folder/found/$name"
    "$folder/fuzz/fuzzer_$name" -max_total_time="${FUZZ_TIME:-60}" \
        -rss_limit_mb=2048 -timeout=10 -artifact_prefix="$folder/found/" \
        "$folder/found/$name" "fuzz/corpus/$name"
done
