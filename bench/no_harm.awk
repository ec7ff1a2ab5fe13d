# SPDX-License-Identifier: Apache-2.0
# no_harm.awk - the lines of no_harm.sh to tables: "GROUP SEED HEALTH ACCURACY
# SECONDS NANOSECONDS PROCESSOR TESTED" of a training, several for each repetition, and
# "journal GROUP SEED WARN FAIL TRIED KEPT STRUCTURAL".

$1 == "journal" {
    run = $2 " " $3
    warn[run] = $4
    fail[run] = $5
    tried[run] = $6
    kept[run] = $7
    changed[run] = $8
    order[++runs] = run
    if (!($2 in size)) group[++groups] = $2
    size[$2]++
    next
}

{
    run = $1 " " $2
    at = run " " $3
    accuracy[at] = $4
    tested[$1] = $8
    if (!(at in seconds) || $5 < seconds[at]) seconds[at] = $5
    if (!(at in wall) || $6 < wall[at]) wall[at] = $6
    if (!(at in cpu) || $7 < cpu[at]) cpu[at] = $7
}

function more(time, run) {
    return time[run " off"] > 0 \
        ? 100 * time[run " doctor"] / time[run " off"] - 100 : 0
}

function median(x, n, i, k, t) {
    for (i = 2; i <= n; i++)
        for (k = i; k > 1 && x[k - 1] > x[k]; k--) {
            t = x[k]
            x[k] = x[k - 1]
            x[k - 1] = t
        }
    return n % 2 ? x[(n + 1) / 2] : (x[n / 2] + x[n / 2 + 1]) / 2
}

# Of the runs of a group, or of all: mean difference, its standard error, ratios.
function sum_up(which, i, run, part, d, n, sum, squares, p) {
    n = sum = squares = p = 0
    for (i = 1; i <= runs; i++) {
        run = order[i]
        split(run, part, " ")
        if (which != "" && part[1] != which) continue
        d = 100 * (accuracy[run " doctor"] - accuracy[run " off"])
        n++
        sum += d
        squares += d * d
        p += accuracy[run " off"]
        in_steps[n] = more(seconds, run)
        in_all[n] = more(wall, run)
        in_cpu[n] = more(cpu, run)
    }
    mean = sum / n
    spread = n > 1 ? squares / n - mean * mean : 0
    own = n > 1 && spread > 0 ? sqrt(spread / (n - 1)) : 0
    p /= n
    of_test = tested[which] > 0 ? 100 * sqrt(p * (1 - p) / tested[which]) : 0
    steps_more = median(in_steps, n)
    wall_more = median(in_all, n)
    cpu_more = median(in_cpu, n)
}

END {
    print "| run | accuracy off | doctor | warn | fail | tried | kept " \
        "| structural | seconds off | doctor | steps | all | processor |"
    print "|---|---|---|---|---|---|---|---|---|---|---|---|---|"
    for (i = 1; i <= runs; i++) {
        run = order[i]
        printf "| %s | %.2f %% | %.2f %% | %d | %d | %d | %d | %d | %.2f " \
            "| %.2f | %+.1f %% | %+.1f %% | %+.1f %% |\n", run,
            100 * accuracy[run " off"], 100 * accuracy[run " doctor"],
            warn[run], fail[run], tried[run], kept[run], changed[run],
            seconds[run " off"], seconds[run " doctor"], more(seconds, run),
            more(wall, run), more(cpu, run)
        all_kept += kept[run]
        all_changed += changed[run]
    }
    if (!runs) exit 1
    print "\n| recipe | runs | doctor - off, points | its error " \
        "| error of a test | steps | all | processor |"
    print "|---|---|---|---|---|---|---|---|"
    for (g = 1; g <= groups; g++) {
        sum_up(group[g])
        printf "| %s | %d | %+.2f | %.2f | %.2f | %+.1f %% | %+.1f %% " \
            "| %+.1f %% |\n", group[g], size[group[g]], mean, own, of_test,
            steps_more, wall_more, cpu_more
        if (mean < -(own > of_test ? own : of_test)) worse = worse " " group[g]
    }
    sum_up("")
    printf "\n%d runs: %d structural interventions, %d acts kept; accuracy " \
        "%+.2f points (standard error %.2f), worse by more than an error: " \
        "%s; median time %+.1f %% in steps, %+.1f %% in all, %+.1f %% of the " \
        "processors\n", runs, all_changed, all_kept, mean, own,
        worse == "" ? "none" : worse, steps_more, wall_more, cpu_more
}
