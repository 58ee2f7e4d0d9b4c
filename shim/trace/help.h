/* SPDX-License-Identifier: Apache-2.0 */
/* The options, and what is said about the command. */
#ifndef TRACE_HELP_H
#define TRACE_HELP_H

/* The next option, as getopt(3) has it: 'o' with its argument in optarg; -1 at the end. Those that
 * only print, and mistakes, end the process. */
int help_option(int argc, char **argv);

#endif
