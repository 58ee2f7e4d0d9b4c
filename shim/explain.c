/* SPDX-License-Identifier: Apache-2.0 */
#include "explain.h"

#include "../env/listen.h"
#include "../env/value.h"
#include "../env/vars.h"
#include "layers.h"
#include "sys.h"
#include "words.h"

#include <errno.h>

static void landlock_say(struct explanation *it)
{
    struct document *doc = &it->doc;
    document_section(doc, "landlock", "Landlock", true);
    document_row(doc);
    document_number(doc, "abi", (unsigned long)it->survey.plan.abi);
    document_say(doc, "ABI");
    document_say_number(doc, (unsigned long)it->survey.plan.abi);
    document_hidden(doc, "version", span_of(SHIM_VERSION));
    document_flag(doc, "confined_already", it->survey.confined);
    if (it->survey.confined)
        document_say(doc, it->survey.policy.empty
                              ? "(confined already, by a policy that is not set here any more; is "
                                "the shim in LD_PRELOAD too?)"
                              : "(confined already, by this very policy)");
    document_row_end(doc);
    document_section_end(doc, true);
}

/* --- the filter --- */

static enum gate_reason reason_of(const struct explanation *it, enum gate gate)
{
    const struct survey *s = &it->survey;
    return plan_gate_reason(&s->plan, &s->policy, &s->groups, gate);
}

static void gate_row(struct explanation *it, enum gate gate)
{
    struct document *doc = &it->doc;
    document_row(doc);
    document_hidden(doc, "group", span_of(gate_rows[gate].group));
    document_hidden(doc, "calls", span_of(gate_calls(gate)));
    document_hidden(doc, "rule", span_of(gate_rule(gate)));
    bool open = it->open & GATE_BIT(gate);
    bool logs = it->survey.policy.filter.action == ACTION_LOG && gate_rows[gate].error == EPERM;
    document_flag(doc, "open", open);
    document_flag(doc, "enforced", !open && !logs);
    document_hidden(doc, "because", span_of(words_of_reason(reason_of(it, gate))));
    document_number(doc, "errno", gate_rows[gate].error);
    document_row_end(doc);
}

/* Begins the row of text of all gates that are open or closed for one reason. */
static void gates_begin(struct document *doc, bool open, enum gate_reason reason)
{
    struct text words = {.len = 0};
    document_row(doc);
    document_colour(doc, open ? COLOUR_YELLOW : COLOUR_GREEN);
    document_say(doc, open ? "open" : "closed");
    document_plain(doc);
    text_put(&words, "(");
    text_put(&words, words_of_reason(reason));
    text_put(&words, "):");
    document_say(doc, words.at);
}

/* Adds the name of a gate to it, once for those that have one in common. */
static void gate_add(struct explanation *it, enum gate gate, enum gate_reason reason)
{
    const char *group = gate_rows[gate].group;
    struct text name = {.len = 0};
    if (!it->some)
        gates_begin(&it->doc, it->open & GATE_BIT(gate), reason);
    else if (strcmp(group, gate_rows[gate - 1].group) == 0 &&
             reason_of(it, (enum gate)(gate - 1)) == reason)
        return;
    it->some = true;
    text_put(&name, *group != '\0' ? "@" : "sockets of 32-bit x86");
    text_put(&name, group);
    document_say(&it->doc, name.at);
}

/* In text, the gates that are open or closed for one reason. */
static void gates_of_reason(struct explanation *it, enum gate_reason reason)
{
    it->some = false;
    for (unsigned gate = 0; gate < GATES; gate++)
        if (reason_of(it, (enum gate)gate) == reason)
            gate_add(it, (enum gate)gate, reason);
    if (it->some)
        document_row_end(&it->doc);
}

static void gates_say(struct explanation *it)
{
    document_section(&it->doc, "gates", "Gates", false);
    for (unsigned gate = 0; gate < GATES && it->doc.json; gate++)
        gate_row(it, (enum gate)gate);
    for (unsigned reason = 0; reason < REASONS && !it->doc.json; reason++)
        gates_of_reason(it, (enum gate_reason)reason);
    document_section_end(&it->doc, false);
}

static void filter_say(struct explanation *it)
{
    struct document *doc = &it->doc;
    const struct survey *s = &it->survey;
    const struct filter_wishes *wishes = &s->policy.filter;
    struct span denied = wishes->denied, word;
    document_section(doc, "filter", "Filter", true);
    document_row(doc);
    document_say(doc, "mode:");
    document_string(doc, "mode", span_of(string_at(filter_modes, wishes->mode)), 0);
    document_row_break(doc);
    document_say(doc, "action:");
    document_string(doc, "action", span_of(string_at(filter_actions, wishes->action)), 0);
    document_flag(doc, "enforces", s->filter_len > 0 && wishes->action != ACTION_LOG);
    document_number(doc, "instructions", s->filter_len);
    document_number(doc, "instructions_denied", s->denial_len);
    document_row_break(doc);
    document_say(doc, "instructions:");
    document_say_number(doc, s->filter_len + s->denial_len);
    document_list(doc, "denied_calls");
    if (s->groups.calls != 0) {
        document_row_break(doc);
        document_say(doc, "denied by name:");
    }
    while (word_next(&denied, &word))
        if (*word.at != '@')
            document_item(doc, word);
    document_list_end(doc);
    document_row_end(doc);
    document_section_end(doc, true);
}

/* --- the process --- */

/* What is done to the process, one by one, with what it comes to. */
static void knob_say(struct document *doc, const char *key, bool set, const char *words)
{
    document_flag(doc, key, set);
    if (set)
        document_say(doc, words);
}

static void process_say(struct explanation *it)
{
    struct document *doc = &it->doc;
    const struct policy *policy = &it->survey.policy;
    const bool *knobs = policy->knobs;
    unsigned activated = listen_fds(it->envp, sys_pid());
    document_section(doc, "process", "Process", true);
    document_row(doc);
    knob_say(doc, "no_new_privs", true, "no_new_privs");
    knob_say(doc, "close_fds", knobs[KNOB_CLOSE_FDS], "close_fds");
    document_number(doc, "listen_fds", activated);
    if (policy->keep_fds.at != NULL)
        document_say(doc, "keep_fds");
    if (doc->json || policy->keep_fds.at != NULL)
        document_string(doc, "keep_fds", policy->keep_fds, 0);
    knob_say(doc, "no_coredump", knobs[KNOB_NO_COREDUMP], "no_coredump");
    knob_say(doc, "verbose", knobs[KNOB_VERBOSE], "verbose");
    knob_say(doc, "keep_env", knobs[KNOB_KEEP_ENV], "keep_env");
    document_row_end(doc);
    document_section_end(doc, true);
}

/* Whether a start fails: then it ends as that does. */
static void expect_start(const struct explanation *it)
{
    const struct trial *trial = &it->trial;
    if (it->findings->confined || trial->end != TRIAL_EXITED)
        return;
    if (trial->said.len > 0)
        shim_end(EXIT_SHIM, &trial->said);
    struct fault fault = {.reason = "the trial of this start ended without a word"};
    shim_fault(EXIT_SHIM, &fault);
}

_Noreturn void explain(char *program[], char *const envp[], bool json)
{
    struct explanation it;
    struct fault fault;
    it.envp = envp;
    it.variable.at = NULL;
    it.program = *program != NULL ? program : NULL;
    it.layers = layers_in_force();
    if (explain_try(&it, &fault) < 0)
        shim_fault(EXIT_SHIM, &fault);
    expect_start(&it);
    shim_survey(envp, &it.survey);
    it.open = it.survey.policy.filter.mode == FILTER_OFF ? ~(gate_set)0 : it.survey.open;
    document_begin(&it.doc, json, envp);
    landlock_say(&it);
    if (!it.survey.policy.empty) { /* else it is not known what is enforced */
        explain_rules(&it);
        gates_say(&it);
        filter_say(&it);
        process_say(&it);
    }
    explain_program(&it);
    explain_warnings(&it);
    shim_printed(document_end(&it.doc));
    sys_exit(0);
}
