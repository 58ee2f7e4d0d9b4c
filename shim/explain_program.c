/* SPDX-License-Identifier: Apache-2.0 */
#include "../env/value.h"
#include "exec.h"
#include "explain.h"
#include "inspect.h"
#include "search.h"
#include "sys.h"

#include <errno.h>
#include <signal.h> /* SIGSYS */

/* --- finding out --- */

static bool is_executed(const struct need *need)
{
    return need->kind == NEED_PROGRAM || need->kind == NEED_INTERPRETER;
}

/* In a child that is confined: whether it can use what the program needs. */
static int refusal_of(const struct need *need)
{
    int error = is_executed(need) ? sys_check_execute(need->path) : -EINVAL;
    return error == -EINVAL ? sys_try_open(need->path, false) : error;
}

/* In a child: starts for real, finds out what is found out from inside, and executes the program.
 */
static void start(void *context, bool traced)
{
    struct explanation *it = context;
    struct findings *found = it->findings;
    struct confinement confinement = shim_confine(it->envp);
    found->directory = sys_try_open(".", false);
    found->null_device = sys_try_open("/dev/null", true);
    for (struct need *need = it->needs->first; need != NULL; need = need->next)
        if (need->path != NULL)
            need->refused = refusal_of(need);
    found->confined = true;
    if (it->program == NULL || !traced)
        return;
    found->executed = true;
    exec_program(it->program, it->envp, confinement);
}

int explain_try(struct explanation *it, struct fault *fault)
{
    char path[PATH_MAX];
    it->findings = sys_map(sizeof *it->findings, true);
    it->needs = sys_map(NEED_LIST_SIZE, true);
    if (it->findings == NULL || it->needs == NULL)
        return fault_of_call(fault, "mmap", -ENOMEM);
    it->unknown = 0;
    if (it->program != NULL && program_find(*it->program, it->envp, path))
        it->unknown = libraries_walk(path, it->envp, it->needs, NEED_LIST_SIZE);
    return trial_run(start, it, &it->trial, fault);
}

/* --- saying it --- */

/* Whether all that the start needs is there and usable. (It would do without a preload and a file
 * of the loader's.) */
static bool has_needs(const struct need_list *needs)
{
    for (const struct need *need = needs->first; need != NULL; need = need->next)
        if (need->kind != NEED_PRELOAD && need->kind != NEED_CONFIG &&
            (need->path == NULL || need->refused < 0))
            return false;
    return true;
}

static const char *message_of(struct explanation *it)
{
    bool tried = it->findings->executed, killed = it->trial.end == TRIAL_KILLED;
    if (it->trial.end == TRIAL_EXECUTED)
        return has_needs(it->needs) ? "would be executed"
                                    : "would be executed, and fail for what it needs: see below";
    if (!tried)
        return killed ? "cannot be tried: a call that is denied ends the trial"
                      : "cannot be tried: ptrace(2) is not permitted here";
    if (!killed)
        return trial_line(&it->trial);
    return it->trial.code == SIGSYS ? "a call that is denied ends its start"
                                    : "would be executed, and ended by a signal at once";
}

/* The status of a start, as sh(1) has it; 0 where the program would be executed, or was not tried.
 */
static unsigned long status_of(const struct explanation *it)
{
    if (it->trial.end == TRIAL_EXECUTED || !it->findings->executed)
        return 0;
    return (unsigned long)it->trial.code + (it->trial.end == TRIAL_KILLED ? 128 : 0);
}

static void program_say(struct explanation *it)
{
    struct document *doc = &it->doc;
    document_section(doc, "program", "Program", true);
    document_row(doc);
    document_string(doc, "name", span_of(*it->program), 0);
    document_flag(doc, "tried", it->findings->executed);
    document_flag(doc, "executes", it->trial.end == TRIAL_EXECUTED);
    document_number(doc, "status", status_of(it));
    if (it->trial.end == TRIAL_EXITED && it->findings->executed)
        document_say(doc, "would not be executed:");
    document_sentence(doc, "message", message_of(it));
    document_row_end(doc);
    document_section_end(doc, true);
}

static const char *kind_of(const struct need *need)
{
    return string_at("program\0interpreter\0preload\0library\0configuration\0", need->kind);
}

static struct span span_or_none(const char *s)
{
    return s != NULL ? span_of(s) : (struct span){"", 0};
}

/* For JSON alone: in text those that cannot be used are warnings. */
static void needs_say(struct explanation *it)
{
    struct document *doc = &it->doc;
    document_section(doc, "needs", NULL, false);
    for (const struct need *need = it->needs->first; need != NULL && doc->json; need = need->next) {
        if (need->repeated)
            continue;
        document_row(doc);
        document_hidden(doc, "name", span_of(need->name));
        document_hidden(doc, "path", span_or_none(need->path));
        document_hidden(doc, "kind", span_of(kind_of(need)));
        document_hidden(doc, "by", span_or_none(need->by != NULL ? need->by->path : NULL));
        document_flag(doc, "usable", need->path != NULL && need->refused == 0);
        document_row_end(doc);
    }
    document_section_end(doc, false);
}

void explain_program(struct explanation *it)
{
    if (it->program == NULL)
        return;
    program_say(it);
    needs_say(it);
}

static void need_warn(struct explanation *it, const struct need *need)
{
    if (need->path == NULL)
        explain_warn(it, kind_of(need), span_of(need->name), "is needed, and is not found");
    else if (need->refused < 0 && is_executed(need))
        explain_warn(it, kind_of(need), span_of(need->path),
                     "is needed, and cannot be executed from inside");
    else if (need->refused < 0)
        explain_warn(it, kind_of(need), span_of(need->path),
                     "is needed, and cannot be read from inside: grant it, or its directory");
}

void explain_needs_warn(struct explanation *it)
{
    if (it->program == NULL)
        return;
    for (const struct need *need = it->needs->first; need != NULL; need = need->next)
        if (!need->repeated)
            need_warn(it, need);
    if (it->needs->full || it->unknown < 0)
        explain_warn(it, "needs", span_of(*it->program),
                     "needs more than its headers tell, or than can be followed");
}
