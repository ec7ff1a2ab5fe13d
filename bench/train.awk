# SPDX-License-Identifier: Apache-2.0
# train.awk - the lines of train.sh to a table.
#
# A ratio is formed within a pair, from runs that followed each other; of the
# peer's two layouts the one that was faster in that pair counts.

# a[1..n] to b[1..n], ascending
function sort(a, b, n,    i, j, x) {
    for (i = 1; i <= n; i++) {
        x = a[i]
        for (j = i; j > 1 && b[j - 1] > x; j--) b[j] = b[j - 1]
        b[j] = x
    }
}

function median(a, n,    b) {
    if (!n) return 0
    sort(a, b, n)
    return n % 2 ? b[(n + 1) / 2] : (b[n / 2] + b[n / 2 + 1]) / 2
}

# The values of one key of one runner over all pairs, into list.
function gather(list, what, who, key,    i, n) {
    n = 0
    for (i = 1; i <= pairs[what]; i++)
        if ((what, i, who, key) in seen) list[++n] = seen[what, i, who, key]
    return n
}

function median_of(what, who, key,    list, n) {
    n = gather(list, what, who, key)
    return median(list, n)
}

# The peer's time in a pair; 0: it did not run.
function peer_ms(what, i,    a, b) {
    a = seen[what, i, "torch_nchw", "step_ms"] + 0
    b = seen[what, i, "torch_channels_last", "step_ms"] + 0
    return !a || (b && b < a) ? b : a
}

function best_of(what, key,    a, b) {
    a = median_of(what, "torch_nchw", key)
    b = median_of(what, "torch_channels_last", key)
    return !a || (b && b < a) ? b : a
}

function number(x, digits) {
    return x ? sprintf("%." digits "f", x) : "-"
}

{
    delete value
    for (i = 1; i <= NF; i++) {
        split($i, part, "=")
        value[part[1]] = part[2]
    }
    what = value["net"] " " value["batch"] " " value["threads"]
    if (!(what in pairs)) order[++rows] = what
    if (value["pair"] > pairs[what] + 0) pairs[what] = value["pair"]
    who = "cores" in value ? "cores" : value["who"]
    for (key in value) seen[what, value["pair"], who, key] = value[key]
}

function print_row(what,    i, n, ratios, sorted, ratio) {
    n = 0
    for (i = 1; i <= pairs[what]; i++)
        if (peer_ms(what, i))
            ratios[++n] = peer_ms(what, i) / seen[what, i, "mien", "step_ms"]
    sort(ratios, sorted, n)
    ratio = n ? sprintf("%.2f / %.2f / %.2f", sorted[1], median(ratios, n),
                        sorted[n]) : "-"
    split(what, part, " ")
    printf "%-14s %5s %7s %9s %9s %13s %20s %7s %7s %5s\n", part[1], part[2],
        part[3], number(median_of(what, "mien", "step_ms"), 1),
        number(median_of(what, "torch_nchw", "step_ms"), 1),
        number(median_of(what, "torch_channels_last", "step_ms"), 1), ratio,
        number(median_of(what, "mien", "peak_mb"), 0),
        number(best_of(what, "peak_mb"), 0),
        number(median_of(what, "cores", "cores"), 2)
}

# Two threads against one, of the same network and batch.
function print_scaling(what,    one, a, b) {
    one = what
    sub(/ 2$/, " 1", one)
    if (what == one || !(one in pairs)) return
    a = median_of(one, "mien", "step_ms") / median_of(what, "mien", "step_ms")
    b = best_of(what, "step_ms")
    if (b) b = best_of(one, "step_ms") / b
    split(what, part, " ")
    printf "%s, 1 to 2 threads: mien %.2f times as fast, PyTorch %s; two " \
        "busy loops %s\n", part[1], a, number(b, 2),
        number(median_of(what, "cores", "cores"), 2)
}

END {
    printf "%-14s %5s %7s %9s %9s %13s %20s %15s %5s\n", "", "", "", "mien",
        "torch ms", "torch ms", "torch / mien", "peak MB", ""
    printf "%-14s %5s %7s %9s %9s %13s %20s %7s %7s %5s\n", "net", "batch",
        "threads", "ms", "nchw", "channels_last", "min / median / max", "mien",
        "torch", "cores"
    for (i = 1; i <= rows; i++) print_row(order[i])
    print ""
    for (i = 1; i <= rows; i++) print_scaling(order[i])
    print "cores: how much more two busy loops did in a time than one; below " \
        "1.9 the second\ncore was not there, and two-thread figures of that " \
        "run mean nothing."
}
