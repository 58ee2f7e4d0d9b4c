/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program face: libsandlock_shim.so [--] PROGRAM [ARG...].
 *
 * It confines its own process and then becomes PROGRAM, which so needs no dynamic loader: static,
 * setuid and foreign programs are confined like any other, and a mistyped name of the shim means
 * that nothing starts at all. Nothing of libc's is initialised here, nor needed (start.c).
 */
#include "../env/path.h"
#include "../env/protections.h"
#include "../env/strip.h"
#include "../env/value.h"
#include "../env/vars.h"
#include "abi.h"
#include "check.h"
#include "exec.h"
#include "explain.h"
#include "gates.h"
#include "shim.h"
#include "sys.h"

#include <unistd.h> /* STDOUT_FILENO */

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
static const char help_tail[] =
    "\n"
    "Exit status: 1 --verify found no confinement, or --check no way to it; 125 the shim failed and\n"
    "nothing ran, 126 PROGRAM cannot be executed, 127 it was not found; otherwise that of PROGRAM.\n";

/* Appends spaces up to a column; at least one. */
static void column(struct text *line, size_t to)
{
    do
        text_put(line, " ");
    while (line->len < to);
}

/* Writes line and empties it, unless an earlier write has failed. */
static void flush(struct text *line, int *error)
{
    text_end(line);
    if (*error == 0)
        *error = sys_write_all(STDOUT_FILENO, line->at, line->len);
    line->len = 0;
}

/* Writes a piece of fixed text in the same way. */
static void print(const char *text, int *error)
{
    if (*error == 0)
        *error = sys_write_all(STDOUT_FILENO, text, strlen(text));
}

static void help_variables(int *error)
{
    struct text line = {.len = 0};
    for (const struct variable *v = variables; *v->name != '\0'; v++) {
        text_put(&line, "  ");
        text_put(&line, v->name);
        text_put(&line, "=");
        text_put(&line, v->value);
        column(&line, 40);
        text_put(&line, v->meaning);
        flush(&line, error);
    }
}

/* Appends a word at a column or behind it, on a line of its own where there is no more room. */
static void wrap(struct text *line, size_t to, struct span word, int *error)
{
    if (line->len + 1 + word.len > 100)
        flush(line, error);
    column(line, to);
    text_span(line, word);
}

static void help_presets(int *error)
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
            wrap(&line, 13, span_of("(no path)"), error);
        const char *end = paths.at + paths.len;
        for (const char *path = paths.at; path < end; path += strlen(path) + 1)
            wrap(&line, 13, span_of(path), error);
        flush(&line, error);
    }
}

/* What the gates of one group close, of which the first is given. Returns the gate behind them. */
static unsigned help_group(unsigned gate, struct text *line, int *error)
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
                wrap(line, 18, word, error);
                rest.at += word.len + (word.len < rest.len);
                rest.len -= word.len + (word.len < rest.len);
                gap = ";";
            }
        }
    }
    return gate;
}

static void help_gates(int *error)
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
        gate = help_group(gate, &line, error);
        flush(&line, error);
    }
}

static void help_protection_names(int *error)
{
    struct text line = {.len = 0};
    for (unsigned p = 0; p < PROTECTIONS; p++) {
        text_put(&line, "  ");
        text_put(&line, protection_name((enum protection)p));
        column(&line, 30);
        text_number(&line, (unsigned long)protection_rows[p].abi);
        flush(&line, error);
    }
}

/* Prints the help. Returns 0, or -errno. */
static int help(void)
{
    int error = 0;
    print(help_head, &error);
    help_variables(&error);
    print(help_paths, &error);
    help_presets(&error);
    print(help_protections, &error);
    help_protection_names(&error);
    print(help_gates_head, &error);
    help_gates(&error);
    print(help_tail, &error);
    return error;
}

/* Prints the version. Returns 0, or -errno. */
static int version(void)
{
    int error = 0;
    print("libsandlock_shim " SHIM_VERSION "\n", &error);
    return error;
}

static _Noreturn void refuse(const char *argument, const char *reason)
{
    struct fault fault = {.reason = reason};
    if (argument != NULL)
        fault.entry = span_of(argument);
    shim_fault(EXIT_SHIM, &fault);
}

/* Says whether the process is confined, by its status. */
static _Noreturn void verify(char *const envp[])
{
    if (shim_verify(envp))
        sys_exit(0);
    struct fault fault = {.reason = "this process is not confined, or not by this policy"};
    shim_fault(EXIT_UNCONFINED, &fault);
}

/* Whether an argument is an option, or that option with "=json". */
static bool is_option(const char *argument, const char *option, bool *json)
{
    size_t len = strlen(option);
    if (strncmp(argument, option, len) != 0)
        return false;
    *json = strcmp(argument + len, "=json") == 0;
    return *json || argument[len] == '\0';
}

/* Does what an option asks for, and ends the process. */
static _Noreturn void option(char *argv[], char *const envp[])
{
    enum { HELP, VERSION, VERIFY, CHECK, EXPLAIN, OPTIONS };
    static const char names[OPTIONS][10] = {"--help", "--version", "--verify", "--check",
                                            "--explain"};
    bool json = false;
    unsigned option = 0;
    while (option < OPTIONS && !is_option(argv[0], names[option], &json))
        option++;
    if (option == OPTIONS || (json && option < CHECK))
        refuse(argv[0], "unknown option; see --help");
    if (option != EXPLAIN && argv[1] != NULL)
        refuse(argv[1], "an argument that this option does not take");
    switch (option) {
    case HELP:
        shim_printed(help());
        break;
    case VERSION:
        shim_printed(version());
        break;
    case VERIFY:
        verify(envp);
    case CHECK:
        check(envp, json);
    case EXPLAIN:
        explain(argv + 1, envp, json);
    }
    sys_exit(0);
}

_Noreturn void program_main(int argc, char **argv)
{
    char **program = argv + (argc > 0), **envp = argv + argc + 1; /* as the kernel lays them out */
    if (*program != NULL && strcmp(*program, "--") == 0)
        program++;
    else if (*program != NULL && **program == '-')
        option(program, envp);
    if (*program == NULL)
        refuse(NULL, "no program to run: libsandlock_shim.so [--] PROGRAM [ARG...]; see --help");
    if (shim_confined() != NULL)
        exec_program(program, envp, *shim_confined());
    struct confinement confinement = shim_confine(envp);
    if (!confinement.keep_env)
        env_strip(envp, span_of(SHIM_NAME), span_of(SHIM_NAME));
    exec_program(program, envp, confinement);
}
