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

/* In a child that is confined: whether it can execute a file. Kernels before 6.14 do not tell, and
 * some filter may not let them: there it is whether it can read it. */
static int refusal_of(const char *path)
{
    int error = sys_check_execute(path);
    return error == 0 || error == -EACCES ? error : sys_try_open(path, false);
}

/* In a child: confines it, and looks from inside at what a start would meet: which of the files
 * that the program's name may mean it is, and which libraries the loader would find. */
static void look(void *context, bool traced)
{
    struct explanation *it = context;
    struct findings *found = it->findings;
    (void)traced;
    found->keeps = shim_confine(it->envp).keep_env;
    found->directory = sys_try_open(".", false);
    found->null_device = sys_try_open("/dev/null", true);
    const char *config = variable_find(it->envp, "SANDLOCK_CONFIG=");
    if (found->keeps && config != NULL && *config != '\0')
        found->config = sys_try_open(config, false);
    found->confined = true;
    if (it->program == NULL)
        return;
    found->usable = program_find_inside(*it->program, it->envp, found->path);
    struct search search = search_for(*it->program, it->envp);
    while (!found->usable && search_next(&search, found->path))
        found->usable = path_is_program(found->path) && refusal_of(found->path) == 0;
    if (found->usable)
        libraries_walk(found->path, it->envp, NULL, it->inside, NEED_LIST_SIZE);
}

/* In a child: confines it, and executes the program. */
static void run(void *context, bool traced)
{
    struct explanation *it = context;
    struct confinement confinement = shim_confine(it->envp);
    for (struct need *need = it->needs->first; need != NULL; need = need->next)
        if (need->path != NULL)
            need->refused =
                is_executed(need) ? refusal_of(need->path) : sys_try_open(need->path, false);
    it->findings->asked = true;
    if (!traced)
        return;
    it->findings->executed = true;
    exec_program(it->program, it->envp, confinement);
}

/* The loader takes the next file of a library's name where it may not read one: what it finds from
 * inside is what counts. */
static void libraries_settle(struct explanation *it)
{
    for (struct need *need = it->needs->first; need != NULL; need = need->next)
        for (const struct need *seen = it->inside->first;
             seen != NULL && need->kind == NEED_LIBRARY && need->refused < 0; seen = seen->next)
            if (seen->path != NULL && strcmp(seen->name, need->name) == 0) {
                need->path = seen->path;
                need->refused = 0;
            }
}

int explain_try(struct explanation *it, struct fault *fault)
{
    it->findings = sys_map(sizeof *it->findings, true);
    it->needs = sys_map(NEED_LIST_SIZE, true);
    it->inside = sys_map(NEED_LIST_SIZE, true);
    if (it->findings == NULL || it->needs == NULL || it->inside == NULL)
        return fault_of_call(fault, "mmap", -ENOMEM);
    it->unknown = 0;
    trial_run_or_say(look, it, &it->trial);
    if (it->program == NULL || !it->findings->confined)
        return 0;
    if (it->findings->usable || program_find(*it->program, it->envp, it->findings->path))
        it->unknown =
            libraries_walk(it->findings->path, it->envp, it->inside, it->needs, NEED_LIST_SIZE);
    else
        *it->findings->path = '\0';
    trial_run_or_say(run, it, &it->trial);
    libraries_settle(it);
    return 0;
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
        return has_needs(it->needs) ? "would start"
                                    : "would be executed, and not start: see what it needs, below";
    if (!tried && it->trial.end == TRIAL_IMPOSSIBLE)
        return trial_line(&it->trial);
    if (!tried)
        return killed ? "cannot be tried: a call that is denied ends the trial"
                      : "cannot be tried: ptrace(2) is not permitted here";
    if (!killed)
        return trial_line(&it->trial);
    return it->trial.code == SIGSYS ? "a call that is denied ends its start"
                                    : "would be executed, and ended by a signal at once";
}

/* Of what was tried alone. */
static void verdict_say(struct explanation *it)
{
    struct document *doc = &it->doc;
    bool executes = it->trial.end == TRIAL_EXECUTED, killed = it->trial.end == TRIAL_KILLED;
    document_flag(doc, "tried", it->findings->executed);
    if (!it->findings->executed) {
        document_null(doc, "executes");
        document_null(doc, "starts");
        document_null(doc, "status");
        return;
    }
    document_flag(doc, "executes", executes);
    document_flag(doc, "starts", executes && has_needs(it->needs));
    /* as sh(1) has it; 0 where it would be that of the program */
    document_number(doc, "status",
                    executes ? 0 : (unsigned long)it->trial.code + (killed ? 128 : 0));
    if (it->trial.end == TRIAL_EXITED)
        document_say(doc, "would not be executed:");
}

static void program_say(struct explanation *it)
{
    struct document *doc = &it->doc;
    struct span path = span_of(it->findings->path);
    document_section(doc, "program", "Program", true);
    document_row(doc);
    document_string(doc, "name", span_of(*it->program), 0);
    if (doc->json || (path.len > 0 && !span_equals(path, *it->program))) {
        document_say(doc, "->");
        document_string(doc, "path", path, 0);
    }
    verdict_say(it);
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
        if (need->path != NULL && !it->findings->asked)
            document_null(doc, "usable");
        else
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

static const char *words_of_need(const struct need *need)
{
    if (need->kind == NEED_PRELOAD)
        return "is to be preloaded, and cannot be: the loader says so and goes on without";
    if (need->path == NULL)
        return "is needed, and is not found";
    if (is_executed(need))
        return "is needed, and cannot be executed from inside";
    return "is needed, and cannot be read from inside: see @system, or add it or its directory to"
           " SANDLOCK_FS_READABLE";
}

static void need_warn(struct explanation *it, const struct need *need)
{
    if (need->path == NULL || need->refused < 0)
        explain_warn(it, kind_of(need), span_of(need->path != NULL ? need->path : need->name),
                     words_of_need(need));
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
