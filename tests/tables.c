/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the tables of the shim for manpage.sh, one row on a line: the kind of the table, the name,
 * and the columns that the page has of it. */
#include "../env/fields.h"
#include "../env/path.h"
#include "../env/value.h"
#include "../env/vars.h"
#include "../shim/abi.h"
#include "../shim/shim.h"

#include <stdio.h>

int main(void)
{
    for (const struct variable *v = variables; v->name != NULL; v++)
        printf("variable\t%s\t%s\n", v->name, v->value);
    for (const struct preset *p = presets; p->name != NULL; p++) {
        printf("preset\t@%s\t%s\t", p->name, p->writable ? "w" : "");
        for (const char *path = p->paths; *path != '\0'; path += strlen(path) + 1)
            printf("%s%s", path == p->paths ? "" : " ", path);
        printf("\n");
    }
    for (unsigned p = 0; p < PROTECTIONS; p++)
        printf("protection\t%s\t%d\t%s\n", protection_names[p], protection_rows[p].abi,
               protection_rows[p].abi <= ABI_REQUIRED ? "required" : "");
    for (const struct field *f = fields_not_offered; f->name != NULL; f++)
        printf("field\t%s\t%s\n", f->name, f->reason);
    printf("status\t%d\nstatus\t%d\nstatus\t%d\n", EXIT_SHIM, EXIT_CANNOT_RUN, EXIT_NOT_FOUND);
    return 0;
}
