# SPDX-License-Identifier: Apache-2.0
# lint.awk - the rules that one look at each line of a C file can check. Paths
# are relative to the root of the tree. Prints "FILE:LINE: what is wrong";
# lines with "note:" do not fail. Run by lint.sh.

function complain(text) {
    printf "%s:%d: %s\n", FILENAME, FNR, text
    failed = 1
}

# Which folder a file belongs to: src/nn/x.c nn, cli/x.c cli, tests/... tests.
function area_of(path, part) {
    split(path, part, "/")
    return part[1] == "src" ? part[2] : part[1]
}

function check_owned(header, i) {
    for (i in owner)
        if (header == i && index(FILENAME, owner[i]) != 1 &&
            area != "bench") # where it is the peer
            complain("only " owner[i] " may include <" header ">")
}

function check_include(line, header, target) {
    header = line
    sub(/^#include +[<"]/, "", header)
    sub(/[>"].*/, "", header)
    check_owned(header)
    if (header ~ /^mien\//) return
    if (line ~ /</) {
        if (header in posix && (area in rank || area == "include") &&
            area != "base")
            complain("POSIX belongs in base, cli and server: <" header ">")
        return
    }
    target = header
    if (!sub(/\/.*/, "", target)) {
        if (area in rank) complain("say the folder: \"" area "/" header "\"")
        return
    }
    if (area == "include" || ((area == "cli" || area == "server") &&
                              target != area))
        complain(area " may include only mien/: \"" header "\"")
    if (!(area in rank) || target == area || target == "base") return
    if (!(target in rank) || rank[target] > rank[area])
        complain(area " comes before " target " and may not include \"" \
                 header "\"")
}

# The lines of a function, from its first to its closing brace. A head starts
# in the first column, holds a parenthesis and no "=", and ends in "{".
function follow_functions(line, length_) {
    if (in_body) {
        if (line !~ /^}/) return
        in_body = 0
        length_ = FNR - head_line + 1
        if (length_ > 60) complain("a function of " length_ " lines; split it")
        else if (length_ > 40)
            printf "%s:%d: note: a function of %d lines\n", FILENAME,
                head_line, length_
        return
    }
    if (line ~ /^[A-Za-z_]/) {
        in_head = line ~ /\(/ && line !~ /^[^(]*=/ && line !~ /^typedef/
        head_line = FNR
    }
    if (!in_head) return
    if (line ~ /\{ *$/) {
        in_body = 1
        in_head = 0
    } else if (line ~ /[;}] *$/ || line ~ /^#/) in_head = 0
}

function end_file() {
    if (last_line > 600 && !generated) {
        printf "%s: %d lines; split it\n", last_file, last_line
        failed = 1
    }
}

BEGIN {
    n = split("base tensor image synth nn optim health data train face " \
              "gallery eval", order, " ")
    for (i = 1; i <= n; i++) rank[order[i]] = i
    owner["dnnl.h"] = "src/nn/dnnl/"
    owner["onnx.pb-c.h"] = "src/nn/onnx/"
    owner["sqlite3.h"] = "src/gallery/stores/"
    n = split("unistd.h fcntl.h dirent.h pthread.h signal.h sched.h " \
              "sys/mman.h sys/stat.h sys/types.h sys/wait.h sys/time.h " \
              "sys/ioctl.h sys/resource.h", names, " ")
    for (i = 1; i <= n; i++) posix[names[i]] = 1
}

FNR == 1 {
    end_file()
    last_file = FILENAME
    area = area_of(FILENAME)
    in_head = in_body = 0
    generated = FILENAME ~ /^tests\/golden\// # figures of a peer
    if ($0 !~ /SPDX-License-Identifier: Apache-2.0/)
        complain("the first line must be the SPDX line")
}

{
    last_line = FNR
    wide = $0
    gsub(/[\200-\277]/, "", wide) # bytes that continue a UTF-8 letter
    if (length(wide) > 80 && !generated)
        complain(length(wide) " columns; 80 fit")
    if (/\t/ || / $/) complain("a tab or a space at the end")
    follow_functions($0)
}

/^#include/ { check_include($0) }

/fast-math|finite-math|unsafe-math|Ofast/ && /pragma|attribute/ {
    complain("fast math deletes the tests for NaN")
}

END {
    end_file()
    exit failed
}
