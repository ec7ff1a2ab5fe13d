# SPDX-License-Identifier: Apache-2.0
# embed.awk - the lines of embed.sh to a table of times and ratios.

function keep(key, value,    n, i) {
    n = ++count[key]
    for (i = n; i > 1 && list[key, i - 1] > value; i--)
        list[key, i] = list[key, i - 1]
    list[key, i] = value
}

function median(key,    n) {
    n = count[key]
    if (!n) return 0
    return n % 2 ? list[key, (n + 1) / 2] \
                 : (list[key, n / 2] + list[key, n / 2 + 1]) / 2
}

{
    delete value
    for (i = 1; i <= NF; i++) {
        split($i, part, "=")
        value[part[1]] = part[2]
    }
    batch = value["batch"]
    if (!(batch in seen)) order[++rows] = batch
    seen[batch] = 1
    keep(batch " " value["who"] " least", value["min_ms"] + 0)
    keep(batch " " value["who"] " ms", value["ms"] + 0)
    at[batch, value["pair"], value["who"]] = value["ms"] + 0
    if (value["pair"] > pairs) pairs = value["pair"]
}

function least(batch, who) { return list[batch " " who " least", 1] + 0 }

function over(a, b) { return b ? sprintf("%.2f", a / b) : "-" }

# The median of the ratios within pairs.
function paired(batch, who,    i, key) {
    key = batch " " who " ratio"
    for (i = 1; i <= pairs; i++)
        if (at[batch, i, who] && at[batch, i, "ort"])
            keep(key, at[batch, i, "ort"] / at[batch, i, who])
    return count[key] ? sprintf("%.2f", median(key)) : "-"
}

END {
    printf "%-6s %-9s %10s %10s %18s %18s\n", "batch", "who", "least ms",
        "median ms", "ORT / it, least", "ORT / it, pairs"
    for (r = 1; r <= rows; r++) {
        b = order[r]
        printf "%-6s %-9s %10.3f %10.3f\n", b, "ort", least(b, "ort"),
            median(b " ort ms")
        for (k = 1; k <= 2; k++) {
            who = k == 1 ? "float32" : "int8"
            printf "%-6s %-9s %10.3f %10.3f %18s %18s\n", b, who,
                least(b, who), median(b " " who " ms"),
                over(least(b, "ort"), least(b, who)), paired(b, who)
        }
    }
    print "On a machine that does other work, compare the least times."
}
