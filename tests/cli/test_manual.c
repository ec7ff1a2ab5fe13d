/* SPDX-License-Identifier: Apache-2.0 */
/* test_manual.c - the manual page and the completions know every command. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "scratch.h"
#include "session.h"

static int setup(void **state) {
    return getenv("MIEN") ? scratch_open(state) : -1;
}

/* Look for each command of `mien help` in the text. */
static void assert_knows_commands(const char *text, const char *form) {
    static char overview[ROOM];
    int n = 0;
    assert_int_equal(MIEN("help"), 0);
    memcpy(overview, out, ROOM);
    for (char *line = strtok(overview, "\n"); line; line = strtok(NULL, "\n")) {
        char name[64], wanted[96];
        if (strncmp(line, "  ", 2) || sscanf(line, "  %63[a-z ]", name) != 1)
            continue;
        char *gap = strstr(name, "  ");
        if (gap) *gap = 0;
        if (*name && name[strlen(name) - 1] == ' ') name[strlen(name) - 1] = 0;
        snprintf(wanted, sizeof wanted, form, name);
        says(text, wanted);
        n++;
    }
    assert_true(n > 20);
}

static void man__has_a_section_for_every_command(void **state) {
    static char page[ROOM];
    (void)state;
    assert_int_equal(MIEN("man"), 0);
    memcpy(page, out, ROOM);
    says(page, ".TH MIEN 1");
    says(page, "\\fB\\-\\-threshold\\fR \\fIT\\fR");
    assert_knows_commands(page, ".SS \"%s\"\n");
}

static void completion__of_bash_is_a_script(void **state) {
    static char script[ROOM];
    char command[700];
    (void)state;
    assert_int_equal(MIEN("completion", "bash"), 0);
    memcpy(script, out, ROOM);
    assert_knows_commands(script, "'%s'");
    scratch_text("mien.bash", script);
    snprintf(command, sizeof command,
             "command -v bash >/dev/null || exit 0; bash -c '. %s; "
             "COMP_WORDS=(mien gallery e); COMP_CWORD=2; _mien; "
             "[ \"${COMPREPLY[*]}\" = \"erase export\" ]'",
             scratch("mien.bash"));
    assert_int_equal(system(command), 0);
}

static void completion__knows_three_shells(void **state) {
    (void)state;
    assert_int_equal(MIEN("completion", "zsh"), 0);
    says(out, "#compdef mien");
    assert_int_equal(MIEN("completion", "fish"), 0);
    says(out, "complete -c mien -n __fish_use_subcommand -f -a verify");
    assert_int_equal(MIEN("completion", "csh"), 2);
    says(err, "bash, zsh and fish");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(man__has_a_section_for_every_command),
        cmocka_unit_test(completion__of_bash_is_a_script),
        cmocka_unit_test(completion__knows_three_shells),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
