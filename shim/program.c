/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program face: libsandlock_shim.so [--] PROGRAM [ARG...].
 *
 * It confines its own process and then becomes PROGRAM, which so needs no dynamic loader: static,
 * setuid and foreign programs are confined like any other, and a mistyped name of the shim means
 * that nothing starts at all. Nothing of libc's is initialised here, nor needed (start.c).
 */
#include "../env/strip.h"
#include "check.h"
#include "exec.h"
#include "explain.h"
#include "help.h"
#include "shim.h"
#include "sys.h"

#include <unistd.h> /* STDOUT_FILENO */

/* Prints the version. Returns 0, or -errno. */
static int version(void)
{
    static const char line[] = "libsandlock_shim " SHIM_VERSION "\n";
    return sys_write_all(STDOUT_FILENO, line, sizeof line - 1);
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
        argv++;
        if (argv[0] != NULL && strcmp(argv[0], "--") == 0)
            argv++;
        else if (argv[0] != NULL && *argv[0] == '-')
            refuse(argv[0], "no program; behind -- it may begin with a dash");
        explain(argv, envp, json);
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
        env_strip(envp, span_of(SHIM_NAME));
    exec_program(program, envp, confinement);
}
