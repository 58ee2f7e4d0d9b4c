/* SPDX-License-Identifier: Apache-2.0 */
#include "help.h"

#include "../shim.h"
#include "die.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static const char text[] =
    "Usage: sandlock-trace [-o FILE] [--] PROGRAM [ARG...]\n"
    "\n"
    "Runs PROGRAM confined by the SANDLOCK_* of the environment, as libsandlock_shim.so PROGRAM\n"
    "does, and tells on standard error what the policy denies, once each and as it happens, with\n"
    "the setting that would grant it; and at the end the settings for all of it.\n"
    "\n"
    "  -o FILE     write to FILE instead\n"
    "  --help      print this\n"
    "  --version   print the version\n"
    "\n"
    "Exit status and signals are PROGRAM's; 125: the tracer or the shim failed. It ends when the\n"
    "last process of PROGRAM does.\n"
    "\n"
    "Limits: what permissions forbid anyway is not reported, nor what Landlock denies to all that\n"
    "is confined (mounts; the files of other processes in /proc). A program that installs a "
    "seccomp\n"
    "listener of its own gets EBUSY. Of SANDLOCK_SECCOMP_ACTION=kill and trap the calls fail\n"
    "instead, so that the next are seen too. Processes that are not dumpable cannot be looked "
    "into,\n"
    "unless by root. When the tracer is killed, PROGRAM is too, and in what it has started the\n"
    "calls that are looked at fail with ENOSYS. See sandlock-trace(1).\n";

static _Noreturn void print(const char *s)
{
    if (fputs(s, stdout) == EOF || fflush(stdout) != 0)
        die("standard output");
    exit(0);
}

int help_option(int argc, char **argv)
{
    static const struct option options[] = {
        {"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'v'}, {0}};
    opterr = 0;
    int option = getopt_long(argc, argv, "+o:", options, NULL);
    switch (option) {
    case 'h':
        print(text);
    case 'v':
        print("sandlock-trace " SHIM_VERSION "\n");
    case '?':
        die(optopt == 'o' ? "-o takes a file" : "%s: unknown option; see --help", argv[optind - 1]);
    default:
        return option;
    }
}
