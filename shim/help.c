/* SPDX-License-Identifier: Apache-2.0 */
#include "help.h"

#include "../env/path.h"
#include "../env/protections.h"
#include "../env/vars.h"
#include "abi.h"
#include "gates.h"
#include "output.h"

static const char help_head[] =
    "Usage: libsandlock_shim.so [--] PROGRAM [ARG...]\n"
    "       LD_PRELOAD=/path/to/libsandlock_shim.so PROGRAM [ARG...]\n"
    "Confine PROGRAM, and all that it starts, to what SANDLOCK_* in the environment grants.\n"
    "\n"
    "  --explain[=json] [PROGRAM]  print what would be enforced here, and whether PROGRAM would "
    "start\n"
    "  --check[=json]              print what this kernel can enforce; exit 0 if that is enough, "
    "else 1\n"
    "  --verify                    exit 0 if this process is confined already (by this policy, if\n"
    "                              one is set), else 1\n"
    "  --help                      print this and exit\n"
    "  --version                   print the version and exit\n"
    "\n"
    "Variables (one that is empty is unset, one that is unknown is an error):\n";
static const char help_paths[] =
    "\n"
    "A PATH starts with / ./ ../ or is a preset; '-' before it: skip it when it is missing.\n"
    "Paths are separated by ':' or newlines; '\\:' '\\\\' '\\n' stand for themselves and a "
    "newline.\n"
    "\n"
    "Presets (paths that are missing are skipped; w: may be in SANDLOCK_FS_WRITABLE):\n";
static const char help_protections[] =
    "\n"
    "Protections, or 'all', and the Landlock ABI that each needs (required up to ABI 6):\n";
static const char help_gates_head[] =
    "\n"
    "Groups of the filter, closed unless a grant needs them or SANDLOCK_SECCOMP_ALLOW names them\n"
    "(n: SANDLOCK_SECCOMP=nested opens it):\n";
static const char help_tail[] = "\n"
                                "Exit status: 1 --verify found no confinement, or --check no way "
                                "to it; 125 the shim failed and\n"
                                "nothing ran, 126 PROGRAM cannot be executed, 127 it was not "
                                "found; otherwise that of PROGRAM.\n";

/* Appends spaces up to a column; at least one. */
static void column(struct text *line, size_t to)
{
    do
        text_put(line, " ");
    while (line->len < to);
}

/* Ends the line, and begins another. */
static void flush(struct text *line, struct output *out)
{
    text_end(line);
    for (size_t i = 0; i < line->len; i++)
        output_byte(out, line->at[i]);
    line->len = 0;
}

static void help_variables(struct output *out)
{
    struct text line = {.len = 0};
    for (const struct variable *v = variables; *v->name != '\0'; v++) {
        text_put(&line, "  ");
        text_put(&line, v->name);
        text_put(&line, "=");
        text_put(&line, v->value);
        column(&line, 40);
        text_put(&line, v->meaning);
        flush(&line, out);
    }
}

/* Appends a word at a column or behind it, on a line of its own where there is no more room. */
static void wrap(struct text *line, size_t to, struct span word, struct output *out)
{
    if (line->len + 1 + word.len > 100)
        flush(line, out);
    column(line, to);
    text_span(line, word);
}

static void help_presets(struct output *out)
{
    struct text line = {.len = 0};
    for (const struct preset *p = presets; *p->name != '\0'; p++) {
        text_put(&line, "  @");
        text_put(&line, p->name);
        if (p->writable) {
            column(&line, 11);
            text_put(&line, "w");
        }
        struct span paths = preset_paths(p);
        if (paths.len == 0)
            wrap(&line, 13, span_of("(no path)"), out);
        const char *end = paths.at + paths.len;
        for (const char *path = paths.at; path < end; path += strlen(path) + 1)
            wrap(&line, 13, span_of(path), out);
        flush(&line, out);
    }
}

/* What the gates of one group close, of which the first is given. Returns the gate behind them. */
static unsigned help_group(unsigned gate, struct text *line, struct output *out)
{
    const char *group = gate_rows[gate].group, *gap = "";
    for (; gate < GATES && strcmp(gate_rows[gate].group, group) == 0; gate++) {
        const char *parts[] = {gate_calls((enum gate)gate), gate_rule((enum gate)gate)};
        for (size_t i = 0; i < 2; i++) {
            struct span rest = span_of(parts[i]), word;
            const char *blank = gap;
            for (; rest.len > 0; blank = "") {
                text_put(line, blank);
                word = (struct span){rest.at, strcspn(rest.at, " ")};
                wrap(line, 18, word, out);
                rest.at += word.len + (word.len < rest.len);
                rest.len -= word.len + (word.len < rest.len);
                gap = ";";
            }
        }
    }
    return gate;
}

static void help_gates(struct output *out)
{
    struct text line = {.len = 0};
    for (unsigned gate = 0; gate < GATES;) {
        bool named = *gate_rows[gate].group != '\0';
        text_put(&line, named ? "  @" : "  (i386)");
        text_put(&line, gate_rows[gate].group);
        if (gate_rows[gate].opened_by & OPENED_BY(NESTED)) {
            column(&line, 16);
            text_put(&line, "n");
        }
        gate = help_group(gate, &line, out);
        flush(&line, out);
    }
}

static void help_protection_names(struct output *out)
{
    struct text line = {.len = 0};
    for (unsigned p = 0; p < PROTECTIONS; p++) {
        text_put(&line, "  ");
        text_put(&line, protection_name((enum protection)p));
        column(&line, 30);
        text_number(&line, (unsigned long)protection_rows[p].abi);
        flush(&line, out);
    }
}

int help(void)
{
    struct output out = {0};
    output_put(&out, help_head);
    help_variables(&out);
    output_put(&out, help_paths);
    help_presets(&out);
    output_put(&out, help_protections);
    help_protection_names(&out);
    output_put(&out, help_gates_head);
    help_gates(&out);
    output_put(&out, help_tail);
    output_flush(&out);
    return out.error;
}
