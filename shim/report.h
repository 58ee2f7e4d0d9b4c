/* SPDX-License-Identifier: Apache-2.0 */
/* The lines that the shim says: what went wrong and what to do, or what was enforced. */
#ifndef SHIM_REPORT_H
#define SHIM_REPORT_H

#include "plan.h"
#include "text.h"

/* What every line of ours begins with. */
#define REPORT_PREFIX "sandlock: "

/* The line for a fault: where it is, subject, entry, reason, and for a system call what to do about
 * its error. */
void report_fault(struct text *text, const struct fault *fault);

/* The line for protections that the policy asks for and the kernel lacks; it ends with the setting
 * that accepts that, and begins with where the policy asks for them (place). abi: the kernel's
 * Landlock ABI. */
void report_missing(struct text *text, const struct fault *place, const struct policy *policy,
                    protection_set missing, int abi);

/* The variable that asks for one of them, by name or by what it grants; none where all are required
 * by default. */
struct span report_asker(const struct policy *policy, protection_set missing);

/* The line of SANDLOCK_VERBOSE, of less than 200 bytes: the plan, how many rules there are for
 * paths and for ports, what filter there is and how many of its gates are open. More than three
 * protections that are not enforced are given by their number. */
void report_enforced(struct text *text, const struct policy *policy, const struct plan *plan,
                     gate_set open, unsigned long rules, unsigned long ports);

/* Its line where the process was confined already. */
void report_confined(struct text *text);

#endif
