#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_lint.sh - each rule of tools/lint.sh fires on a tree that breaks it, and
# none on a tree that breaks none.
set -u
lint=$(cd "$(dirname "$0")/../../tools" && pwd)/lint.sh
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
passed=0 failed=0
spdx='/* SPDX-License-Identifier: Apache-2.0 */'

fresh_tree() {
    rm -rf "${tree:?}"/*
    mkdir -p "$tree/include/mien" "$tree/src/base" "$tree/src/image" \
        "$tree/src/nn/dnnl" "$tree/src/nn/layers" "$tree/cli"
    header "$tree/include/mien/a.h" A '#include <stdint.h>'
    header "$tree/src/base/b.h" B '#include "mien/a.h"'
    header "$tree/src/nn/n.h" N '#include "base/b.h"'
    printf '%s\n#include <pthread.h>\n#include "base/b.h"\n' "$spdx" \
        >"$tree/src/base/b.c"
    printf '%s\n#include "image/i.h"\n#include "nn/n.h"\n' "$spdx" \
        >"$tree/src/nn/layers/relu.c"
    printf '%s\n' "$spdx" >"$tree/src/nn/dnnl/d.c"
    printf 'MIEN_LAYER(relu)\n' >"$tree/src/nn/layers.def"
    printf "files('b.c', 'dnnl/d.c')\n" >"$tree/meson.build"
}

header() { # FILE GUARD LINE
    printf '%s\n#ifndef MIEN_%s_H\n#define MIEN_%s_H\n%s\n#endif\n' \
        "$spdx" "$2" "$2" "$3" >"$1"
}

function_of() { # LINES
    printf 'int f(int x) {\n'
    awk -v n="$1" 'BEGIN { for (i = 2; i < n; i++) print "    x++;" }'
    printf '}\n'
}

# fires NAME TEXT: the tree fails, and the output holds TEXT.
fires() {
    if output=$("$lint" "$tree" 2>&1); then
        echo "$1: passed, but should fail"
        failed=$((failed + 1))
    elif ! printf '%s' "$output" | grep -qF -e "$2"; then
        echo "$1: want '$2', got: $output"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
    fresh_tree
}

# quiet NAME: the tree passes.
quiet() {
    if output=$("$lint" "$tree" 2>&1); then
        passed=$((passed + 1))
    else
        echo "$1: should pass, got: $output"
        failed=$((failed + 1))
    fi
    fresh_tree
}

fresh_tree
quiet clean_tree

echo '#include "nn/n.h"' >>"$tree/src/base/b.c"
fires layering__base_uses_nn 'src/base/b.c:4: base comes before nn'
printf '%s\n#include "nn/n.h"\n' "$spdx" >"$tree/src/image/b.c"
fires layering__image_uses_nn 'src/image/b.c:2: image comes before nn'
echo '#include "other/n.h"' >>"$tree/src/base/b.c"
fires layering__unknown_folder 'base comes before other'
echo '#include "b.h"' >>"$tree/src/base/b.c"
fires layering__no_folder 'say the folder: "base/b.h"'
printf '%s\n#include "base/b.h"\n' "$spdx" >"$tree/cli/b.c"
fires layering__cli_uses_base 'cli may include only mien/'
printf '%s\n#include "cli/x.h"\n#include <unistd.h>\n#include "mien/a.h"\n' \
    "$spdx" >"$tree/cli/b.c"
quiet layering__cli_uses_itself_and_mien
header "$tree/include/mien/a.h" A '#include "base/b.h"'
fires layering__public_uses_private 'include may include only mien/'
echo '#include <dnnl.h>' >>"$tree/src/nn/layers/relu.c"
fires owned__dnnl_elsewhere 'only src/nn/dnnl/ may include <dnnl.h>'
echo '#include <dnnl.h>' >>"$tree/src/nn/dnnl/d.c"
quiet owned__dnnl_at_home
mkdir -p "$tree/bench"
printf '%s\n#include <dnnl.h>\n' "$spdx" >"$tree/bench/peer.c"
printf "files('peer.c')\n" >"$tree/bench/meson.build"
quiet owned__dnnl_as_a_peer
echo '#include <pthread.h>' >>"$tree/src/nn/layers/relu.c"
fires posix__in_nn 'POSIX belongs in base'

echo 'int x;' >"$tree/src/base/b.c"
fires spdx__missing 'src/base/b.c:1: the first line must be the SPDX line'
printf '/* %079d */\n' 0 >>"$tree/src/base/b.c"
fires width__over_80 'columns; 80 fit'
awk 'BEGIN { for (i = 0; i < 74; i++) s = s "\303\251"; print "/* " s " */" }' \
    >>"$tree/src/base/b.c"
quiet width__counts_letters_not_bytes
printf 'int x;\t\n' >>"$tree/src/base/b.c"
fires space__tab 'a tab or a space'

function_of 61 >>"$tree/src/base/b.c"
fires length__function_of_61 'a function of 61 lines; split it'
function_of 60 >>"$tree/src/base/b.c"
quiet length__function_of_60
{
    printf 'static const int table[] = {\n'
    awk 'BEGIN { for (i = 0; i < 100; i++) print "    MACRO(1)," }'
    printf '};\n'
} >>"$tree/src/base/b.c"
quiet length__tables_are_exempt
awk 'BEGIN { for (i = 0; i < 600; i++) print "int x;" }' \
    >>"$tree/src/base/b.c"
fires length__file_over_600 'src/base/b.c: 603 lines; split it'

echo "add_project_arguments('-ffast-math')" >>"$tree/meson.build"
fires fast_math__in_meson 'fast math deletes'
echo '#pragma GCC optimize("fast-math")' >>"$tree/src/base/b.c"
fires fast_math__in_pragma 'fast math deletes'

echo 'MIEN_LAYER(gone)' >>"$tree/src/nn/layers.def"
fires table__line_without_file 'layers.def: gone has no file gone.c'
printf '%s\n' "$spdx" >"$tree/src/nn/layers/lost.c"
fires compiled__by_nobody 'lost.c: no meson.build and no table names it'

header "$tree/src/nn/n.h" N 'int f(size_t n);'
fires header__not_alone 'size_t'
printf '%s\n' "$spdx" >"$tree/src/nn/n.h"
fires header__no_guard 'src/nn/n.h: no include guard'

echo "lint rules: $passed fire as they should, $failed do not"
[ $failed -eq 0 ]
