# SPDX-License-Identifier: Apache-2.0
# summary.awk - meson's testlog.json to "N passed, N failed, N skipped".
#
# One line is one test program. A cmocka program prints what it runs and how
# each case ends; a case that begins and does not end counts as failed, and so
# does a program that fails while all its cases passed (a leak, a crash after
# them). Other programs count as one case.
{
    good = /"result": "(OK|SKIP|EXPECTEDFAIL)"/
    cases = gsub(/\[ RUN      \]/, "&")
    ok = gsub(/\[       OK \]/, "&")
    left_out = gsub(/\[  SKIPPED \]/, "&")
    # At its end cmocka says how many were skipped and names them again.
    if (/\[  SKIPPED \] [0-9]+ test/) left_out = (left_out - 1) / 2
    bad = cases - ok - left_out
    if (cases == 0 && /"result": "SKIP"/) left_out = 1
    else if (cases == 0 && good) ok = 1
    if (!good && bad < 1) bad = 1
    passed += ok
    failed += bad
    skipped += left_out
}

END {
    printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
    exit failed > 0 || passed == 0
}
