#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_setup.sh - tools/setup.sh asks apt-get for what is missing, no more. It
# runs against a pretended Debian, so nothing is installed.
set -u
setup=$(cd "$(dirname "$0")/../../tools" && pwd)/setup.sh
fake=$(mktemp -d) || exit 1
trap 'rm -rf "$fake"' EXIT
failed=0

cat >"$fake/dpkg-query" <<'END'
#!/bin/sh
for package; do :; done
case " $FAKE_MISSING " in *" $package "*) exit 1 ;; esac
[ "$package" = "$FAKE_REMOVED" ] && { printf config-files; exit 0; }
printf installed
END
cat >"$fake/apt-get" <<'END'
#!/bin/sh
echo "$@" >>"$FAKE_LOG"
case $* in *install*)
    [ -n "$FAKE_OLD_LISTS" ] && ! grep -q update "$FAKE_LOG" && exit 100 ;;
esac
exit 0
END
printf '#!/bin/sh\nexec "$@"\n' >"$fake/sudo"
chmod +x "$fake"/*

# run_with MISSING REMOVED OLD_LISTS: what apt-get was asked.
run_with() {
    : >"$fake/log"
    env FAKE_MISSING="$1" FAKE_REMOVED="$2" FAKE_OLD_LISTS="$3" \
        FAKE_LOG="$fake/log" PATH="$fake:$PATH" "$setup" 2>/dev/null
    cat "$fake/log"
}

wants() { # NAME WANT GOT
    if [ "$2" != "$3" ]; then
        echo "$1: want '$2', got '$3'"
        failed=1
    fi
}

ask='-q install -y --no-install-recommends'
wants all_there '' "$(run_with '' '' '')"
wants two_missing "$ask libyaml-dev libcmocka-dev" \
    "$(run_with 'libcmocka-dev libyaml-dev' '' '')"
wants removed_is_missing "$ask libpng-dev" "$(run_with '' libpng-dev '')"
wants old_lists "$(printf '%s\n-q update\n%s' "$ask gcc" "$ask gcc")" \
    "$(run_with gcc '' old)"
exit $failed
