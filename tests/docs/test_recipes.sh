#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_recipes.sh MIEN DRAW PAGE - every example on the page is a recipe that
# plans: the first is whole, the others replace sections of it. Those that read
# other files than photos get as far as opening them.
set -eu
mien=$1 draw=$2 page=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# 1.yaml the whole recipe, 2.yaml and so on that recipe with sections replaced.
awk -v work="$work" '
    function section(line) {
        sub(/:.*/, "", line)
        return line
    }
    function write(i, key) {
        for (i = 1; i <= n_keys; i++) {
            key = keys[i]
            printf "%s", key in new ? new[key] : whole[key] > file
        }
        for (key in new) if (!(key in whole)) printf "%s", new[key] > file
        close(file)
    }
    /^```yaml$/ {
        inside = 1
        file = work "/" ++n ".yaml"
        split("", new)
        next
    }
    /^```/ { if (inside) write(); inside = 0 }
    !inside || /^#/ { next }
    /^[a-z]/ { key = section($0); if (n == 1) keys[++n_keys] = key }
    n == 1 { whole[key] = whole[key] $0 "\n"; next }
    { new[key] = new[key] $0 "\n" }' "$page"

"$draw" "$work/photos" 1
count=0
for recipe in "$work"/*.yaml; do
    if "$mien" train "$recipe" --data "$work/photos" --dry-run \
        >"$work/said" 2>&1; then
        count=$((count + 1))
    elif ! grep -q 'cannot open' "$work/said"; then
        cat "$recipe" "$work/said" >&2
        exit 1
    fi
done
echo "$count recipes plan"
[ "$count" -ge 12 ]

# --set as the page says
"$mien" train "$work/1.yaml" --data "$work/photos" --dry-run \
    --set optim.sgd.lr=0.01 --set model.0.conv.out=16 --set 'augment=[flip]' \
    --set regularise.l2=1e-4 --set train.epochs=5 2>/dev/null >"$work/said"
grep -q '^conv1 .*16x62x62' "$work/said"
grep -q 'plan: 5 epochs .* optimiser sgd' "$work/said"
