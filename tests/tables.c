/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the tables of the shim for manpage.sh, one row on a line: the kind of the table, the name,
 * and the columns that the page has of it. */
#include "../env/fields.h"
#include "../env/path.h"
#include "../env/protections.h"
#include "../env/value.h"
#include "../env/vars.h"
#include "../shim/abi.h"
#include "../shim/gates.h"
#include "../shim/shim.h"

#include <stdio.h>

/* Prints the words that the variable of this kind can say. */
static void choices_print(enum variable_kind kind, const char *words)
{
    for (; *words != '\0'; words = string_at(words, 1))
        printf("choice\t%s\t%s\n", variable_name(kind, 0).at, words);
}

int main(void)
{
    for (const struct variable *v = variables; *v->name != '\0'; v++)
        printf("variable\t%s\t%s\t%s\n", v->name, v->value, v->policy ? "policy" : "");
    choices_print(KIND_MODE, filter_modes);
    choices_print(KIND_ACTION, filter_actions);
    for (const struct preset *p = presets; *p->name != '\0'; p++) {
        printf("preset\t@%s\t%s\t", p->name, p->writable ? "w" : "");
        struct span paths = preset_paths(p);
        for (const char *path = paths.at; path < paths.at + paths.len; path += strlen(path) + 1)
            printf("%s%s", path == paths.at ? "" : " ", path);
        printf("\n");
    }
    for (unsigned p = 0; p < PROTECTIONS; p++)
        printf("protection\t%s\t%d\t%s\n", protection_name(p), protection_rows[p].abi,
               protection_rows[p].abi <= ABI_REQUIRED ? "required" : "");
    for (const char *f = fields_not_offered; *f != '\0'; f = field_next(f)) {
        struct span rest = span_of(f), name;
        while (word_next(&rest, &name))
            printf("field\t" VARS_PREFIX "%.*s\t%s\n", (int)name.len, name.at, field_reason_of(f));
    }
    for (unsigned gate = 0; gate < GATES; gate++)
        printf("gate\t%s\t%s\t%s\t%s\t%s\n", gate_rows[gate].group, gate_calls(gate),
               gate_rule(gate), strerrorname_np(gate_rows[gate].error),
               gate_rows[gate].opened_by & OPENED_BY(NESTED) ? "nested" : "");
    printf("status\t%d\nstatus\t%d\nstatus\t%d\nstatus\t%d\n", EXIT_UNCONFINED, EXIT_SHIM,
           EXIT_CANNOT_RUN, EXIT_NOT_FOUND);
    return 0;
}
