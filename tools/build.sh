#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# build.sh FOLDER [MESON OPTION...] - configure once, then build.
set -eu
cd "$(dirname "$0")/.."
folder=$1
shift
[ -f "$folder/build.ninja" ] || meson setup "$folder" . "$@"
ninja -C "$folder"
