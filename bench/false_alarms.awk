# SPDX-License-Identifier: Apache-2.0
# false_alarms.awk - the lines of false_alarms.sh to two tables: "run NAME
# STEPS ACCURACY" and, after it, "finding DETECTOR SEVERITY" for each.

$1 == "run" {
    runs++
    run = $2
    name[runs] = run
    steps[run] = $3
    accuracy[run] = $4
    total += $3
}

$1 == "finding" {
    if (!($2 in seen)) detector[++detectors] = $2
    seen[$2] = 1
    count[$2, $3]++
    of_run[run, $3]++
    sum[$3]++
}

function per_thousand(n) { return total ? 1000 * n / total : 0 }

END {
    printf "%-24s %7s %9s %6s %6s %6s\n", "run", "steps", "accuracy", "fail",
        "warn", "note"
    for (i = 1; i <= runs; i++)
        printf "%-24s %7d %9s %6d %6d %6d\n", name[i], steps[name[i]],
            accuracy[name[i]], of_run[name[i], "fail"],
            of_run[name[i], "warn"], of_run[name[i], "note"]
    printf "\n%-24s %21s %20s\n", "detector", "per 1,000: fail", "warn"
    for (i = 1; i <= detectors; i++)
        printf "%-24s %21.2f %20.2f\n", detector[i],
            per_thousand(count[detector[i], "fail"]),
            per_thousand(count[detector[i], "warn"])
    printf "%-24s %21.2f %20.2f   (%d runs, %d steps)\n", "all",
        per_thousand(sum["fail"]), per_thousand(sum["warn"]), runs, total
}
