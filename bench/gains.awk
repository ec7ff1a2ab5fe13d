# gains.awk - of the first frame of a health.jsonl: how the dense layers of a
# stack scale values and gradients, and how the gradients of their weights
# compare. Prints "forward backward ratio".
function list(key, out,    text) {
    if (!match($0, "\"" key "\": \\[[^]]*\\]")) return 0
    text = substr($0, RSTART + length(key) + 5, RLENGTH - length(key) - 6)
    gsub(/"/, "", text)
    return split(text, out, /, /)
}
/"kind": "rows"/ {
    n = list("layers", layers)
    m = list("tensors", tensors)
    for (i = 1; i <= n; i++)
        if (layers[i] ~ /^dense/) { if (!a) a = i; b = c; c = i }
    for (i = 1; i <= m; i++)
        if (tensors[i] ~ /^dense[0-9]*\.weight/) {
            if (!first) first = i
            last = then; then = i
        }
}
/"kind": "frame"/ && n {
    list("y_rms", y); list("dy_rms", dy); list("gradient", g)
    printf "%s %s %s\n", ratio(y[b], y[a]), ratio(dy[a], dy[b]),
        ratio(g[first], g[last])
    exit
}
function ratio(x, y) { return y > 0 ? sprintf("%.2g", x / y) : "-" }
