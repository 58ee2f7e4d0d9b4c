/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include "../env/protections.h"
#include "abi.h"
#include "calls.h"
#include "document.h"
#include "inspect.h"
#include "layers.h"
#include "report.h"
#include "shim.h"
#include "sys.h"
#include "trial.h"
#include "words.h"

#include <elf.h>
#include <errno.h>

/* The policy that is tried: one that asks for nothing unusual. */
#define POLICY "SANDLOCK_FS_READABLE=@base"

/* In a child: starts by a policy of defaults. The context is AT_SECURE of this process. */
static void start(void *context, bool traced)
{
    static const char policy[] = POLICY;
    const unsigned long *secure = context;
    /* as the kernel lays it out, with what is asked for of the auxiliary vector behind */
    char *const envp[] = {(char *)(uintptr_t)policy,    NULL,
                          (char *)(uintptr_t)AT_SECURE, (char *)(uintptr_t)*secure,
                          (char *)(uintptr_t)AT_NULL,   NULL};
    (void)traced;
    shim_confine(envp);
}

/* A number, in a row of text behind its name. */
static void number_say(struct document *doc, const char *key, const char *name,
                       unsigned long number)
{
    document_number(doc, key, number);
    document_say(doc, name);
    document_say_number(doc, number);
}

static void landlock_say(struct document *doc, int abi, int layers)
{
    int errata = sys_landlock_errata();
    document_section(doc, "landlock", "Landlock", true);
    document_row(doc);
    number_say(doc, "abi", "ABI", abi > 0 ? (unsigned long)abi : 0);
    document_row_break(doc);
    document_list(doc, "errata");
    document_say(doc, "fixed errata:");
    for (unsigned i = 0; errata > 0 && i < 31; i++)
        if (errata >> i & 1)
            number_say(doc, NULL, "", i + 1);
    if (errata <= 0)
        document_say(doc, "none known");
    document_list_end(doc);
    document_row_break(doc);
    document_flag(doc, "layers_known", layers >= 0);
    if (layers >= 0)
        number_say(doc, "layers", "layers in force:", (unsigned long)layers);
    document_number(doc, "layers_max", LAYERS_MAX);
    document_say(doc, layers >= 0 ? "of 16" : "layers in force: not known");
    document_row_end(doc);
    document_section_end(doc, true);
}

static void protections_say(struct document *doc, int abi)
{
    document_section(doc, "protections", "Protections", false);
    for (unsigned p = 0; p < PROTECTIONS; p++) {
        int since = protection_rows[p].abi;
        bool there = abi >= since, required = since <= ABI_REQUIRED;
        document_row(doc);
        document_string(doc, "name", span_of(protection_name((enum protection)p)), 26);
        document_flag(doc, "enforced", there);
        document_flag(doc, "required", required);
        document_colour(doc, there ? COLOUR_GREEN : required ? COLOUR_RED : COLOUR_YELLOW);
        if (!doc->json)
            document_string(doc, NULL, span_of(there ? "enforced" : "missing"), 8);
        document_plain(doc);
        if (!there && required)
            document_say(doc, "and required,");
        number_say(doc, "abi", "since ABI", (unsigned long)since);
        document_sentence(doc, "about", words_of_protection((enum protection)p));
        document_row_end(doc);
    }
    document_section_end(doc, false);
}

static void seccomp_say(struct document *doc)
{
    enum { MODE_FILTER = 2 };
    int mode = sys_seccomp_mode();
    document_section(doc, "seccomp", "Filters of system calls", true);
    document_row(doc);
    document_flag(doc, "available", mode >= 0);
    document_flag(doc, "in_force", mode == MODE_FILTER);
    document_say(doc, mode < 0              ? "not available;"
                      : mode == MODE_FILTER ? "available; another one is in force already;"
                                            : "available; none is in force;");
    document_say(doc, "for");
    document_list(doc, "architectures");
    for (unsigned i = 0; i < CALL_ARCHS; i++)
        if (call_arch(i) != 0)
            document_item(doc, span_of(words_of_arch(call_arch(i))));
    document_list_end(doc);
    document_row_end(doc);
    document_section_end(doc, true);
}

static void kernel_say(struct document *doc)
{
    char release[RELEASE_MAX] = "?";
    sys_release(release);
    document_section(doc, "kernel", "Kernel", true);
    document_row(doc);
    document_say(doc, "Linux");
    document_string(doc, "release", span_of(release), 0);
    document_row_end(doc);
    document_section_end(doc, true);
}

/* What came of the trial. Returns whether a start succeeds. */
static bool verdict_say(struct document *doc, struct trial *trial)
{
    bool starts = trial->end == TRIAL_EXITED && trial->code == 0;
    document_section(doc, "verdict", "Verdict", true);
    document_row(doc);
    document_flag(doc, "starts", starts);
    document_colour(doc, starts ? COLOUR_GREEN : COLOUR_RED);
    document_say(doc, starts ? "yes:" : "no:");
    document_plain(doc);
    document_string(doc, "policy", span_of(POLICY), 0);
    document_sentence(doc, "message", starts ? "can be enforced here" : trial_line(trial));
    document_row_end(doc);
    document_section_end(doc, true);
    return starts;
}

_Noreturn void check(char *const envp[], bool json)
{
    struct document doc;
    struct trial starting;
    struct fault fault;
    unsigned long *secure = sys_map(sizeof *secure, true);
    if (secure == NULL) {
        fault_of_call(&fault, "mmap", -ENOMEM);
        shim_fault(EXIT_SHIM, &fault);
    }
    if (sys_auxval(envp, AT_SECURE, secure) < 0)
        *secure = 1; /* as a start takes it */
    trial_run_or_say(start, secure, &starting);
    int abi = sys_landlock_create_ruleset(NULL, CREATE_RULESET_VERSION);
    document_begin(&doc, json, envp);
    kernel_say(&doc);
    landlock_say(&doc, abi, layers_in_force());
    protections_say(&doc, abi);
    seccomp_say(&doc);
    bool starts = verdict_say(&doc, &starting);
    shim_printed(document_end(&doc));
    sys_exit(starts ? 0 : EXIT_CANNOT_START);
}
