#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# setup.sh [PACKAGE...] - install what mien needs, by Debian package name, and
# only what is missing. Says nothing when nothing is.
set -eu

packages="gcc libc6-dev meson ninja-build pkg-config libdnnl-dev libjpeg-dev
libpng-dev libwebp-dev libyaml-dev libjansson-dev libsodium-dev libcmocka-dev
libcairo2-dev zlib1g-dev libonnx-dev libprotobuf-c-dev protobuf-c-compiler
libsqlite3-dev $*"

if ! command -v dpkg-query >/dev/null; then
    echo "setup: this is not Debian; install the likes of:" $packages >&2
    exit 0
fi

missing=
for package in $packages; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) ||
        state=absent
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

root=
if [ "$(id -u)" -ne 0 ]; then
    root=sudo
    if ! command -v sudo >/dev/null; then
        echo "setup: as root, run: apt-get install$missing" >&2
        exit 1
    fi
fi

apt() {
    $root env DEBIAN_FRONTEND=noninteractive apt-get -q "$@"
}

install() {
    apt install -y --no-install-recommends $missing
}

echo "setup: installing$missing" >&2
# The package lists may be absent or old: fetch them when the first try fails.
install >&2 || { apt update >&2 && install >&2; }
