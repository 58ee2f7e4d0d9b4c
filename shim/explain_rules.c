/* SPDX-License-Identifier: Apache-2.0 */
#include "explain.h"

#include "../env/protections.h"
#include "../env/value.h"
#include "../env/vars.h"
#include "inspect.h"
#include "paths.h"
#include "sys.h"
#include "words.h"

/* Appends some lines of the file, "3" or "3-7", if there are any. */
static void range_put(struct text *place, unsigned first, unsigned last)
{
    enum { ENOUGH = PATH_MAX - 200 };
    if (first == 0 || place->len > ENOUGH)
        return;
    text_put(place, ":");
    text_number(place, first);
    if (last == first)
        return;
    text_put(place, "-");
    text_number(place, last);
}

/* Where a variable is set: in the environment, or in these lines of the file. */
static void source_say(struct explanation *it, const struct variable *v, bool in_file)
{
    const struct config *config = &it->survey.config;
    struct document *doc = &it->doc;
    struct config_place behind = {0};
    struct text place;
    place.len = 0;
    if (in_file)
        text_span(&place, config->name);
    document_hidden(doc, "source", span_of(in_file ? "file" : "environment"));
    document_list(doc, "lines");
    unsigned first = 0, last = 0, line;
    while (in_file && (line = config_line_setting(config, span_of(v->name), &behind)) != 0) {
        document_number(doc, NULL, line);
        if (line != last + 1 || first == 0) {
            range_put(&place, first, last);
            first = line;
        }
        last = line;
    }
    range_put(&place, first, last);
    document_list_end(doc);
    if (!in_file)
        text_put(&place, "environment");
    if (!doc->json)
        document_value(doc, NULL, (struct span){place.at, place.len});
}

static void variable_say(struct explanation *it, const struct variable *v, struct span value,
                         bool in_file)
{
    struct document *doc = &it->doc;
    document_row(doc);
    document_string(doc, "name", span_of(v->name), 23);
    source_say(it, v, in_file);
    document_value(doc, "value", value);
    document_row_end(doc);
}

static void variables_say(struct explanation *it)
{
    const struct config *config = &it->survey.config;
    document_section(&it->doc, "variables", "Variables", false);
    for (unsigned i = 0; i < VARIABLES; i++) {
        const struct variable *v = &variables[i];
        size_t len = strlen(v->name);
        if (config->name.at != NULL && config->set >> i & 1)
            variable_say(it, v, config->values[i], true);
        for (char *const *at = it->envp; *at != NULL; at++)
            if (strncmp(*at, v->name, len) == 0 && (*at)[len] == '=' && (*at)[len + 1] != '\0')
                variable_say(it, v, span_of(*at + len + 1), false);
    }
    document_section_end(&it->doc, false);
}

static void protections_say(struct explanation *it)
{
    const struct plan *plan = &it->survey.plan;
    struct document *doc = &it->doc;
    document_section(doc, "protections", "Protections", false);
    for (unsigned p = 0; p < PROTECTIONS; p++) {
        bool active = plan->active & PROTECTION_BIT(p),
             degraded = plan->degraded & PROTECTION_BIT(p);
        document_row(doc);
        document_string(doc, "name", span_of(protection_name((enum protection)p)), 26);
        document_colour(doc, active ? COLOUR_GREEN : COLOUR_YELLOW);
        document_string(doc, "state",
                        span_of(active     ? "active"
                                : degraded ? "degraded"
                                           : "disabled"),
                        8);
        document_plain(doc);
        document_number(doc, "abi", (unsigned long)protection_rows[p].abi);
        document_say(doc, active ? "restricts" : "does not restrict");
        document_sentence(doc, "about", words_of_protection((enum protection)p));
        document_row_end(doc);
    }
    document_section_end(doc, false);
}

/* --- paths --- */

/* The variable and the entry of its value that a path comes from; text has headings for variables.
 */
static void origin_say(struct document *doc, const struct path_walk *walk)
{
    document_hidden(doc, "variable", walk->variable);
    if (doc->json || !span_same(walk->entry, span_of(walk->path))) {
        document_say(doc, "by");
        document_string(doc, "entry", walk->entry, 0);
    }
}

/* The heading of the paths of a variable, before the first of them. */
static void heading_say(struct explanation *it, struct span variable)
{
    if (it->doc.json || it->variable.at == variable.at)
        return;
    it->variable = variable;
    document_heading(&it->doc, variable);
}

/* The rights, which in text are a column as wide as those of a directory of the same list. */
static void rights_say(struct document *doc, const struct path_walk *walk)
{
    struct text here = {.len = 0}, most = {.len = 0};
    words_put_rights(&here, walk->rights);
    words_put_rights(&most, plan_rights(walk->plan, walk->which, true));
    struct span rest = {here.at, here.len}, word;
    if (!doc->json)
        document_string(doc, NULL, rest, most.len);
    document_list(doc, "rights");
    while (doc->json && word_next(&rest, &word))
        document_item(doc, word);
    document_list_end(doc);
}

static int path_say(struct path_walk *walk)
{
    struct explanation *it = walk->context;
    struct document *doc = &it->doc;
    char target[PATH_MAX];
    int error = path_narrow(walk), len = sys_path_of(walk->fd, target);
    if (error < 0)
        return error;
    heading_say(it, walk->variable);
    document_row(doc);
    document_string(doc, "type", span_of(words_of_type(sys_type_of(walk->fd))), 9);
    rights_say(doc, walk);
    document_string(doc, "path", span_of(walk->path), 0);
    if (doc->json || (len > 0 && strcmp(target, walk->path) != 0)) {
        document_say(doc, "->");
        document_string(doc, "target", (struct span){target, len > 0 ? (size_t)len : 0}, 0);
    }
    origin_say(doc, walk);
    document_row_end(doc);
    return 0;
}

static int path_pass(struct path_walk *walk)
{
    (void)walk;
    return 0;
}

/* In text all of them are one row. */
static void missing_say(struct path_walk *walk)
{
    struct explanation *it = walk->context;
    struct document *doc = &it->doc;
    if (doc->json || !it->some)
        document_row(doc);
    it->some = true;
    document_string(doc, "path", span_of(walk->path), 0);
    if (doc->json) {
        origin_say(doc, walk);
        document_row_end(doc);
    }
}

/* Walks over the paths a second time, which can fail only when they have changed meanwhile. */
static void paths_show(struct explanation *it, int (*found)(struct path_walk *),
                       void (*missing)(struct path_walk *))
{
    struct fault fault;
    struct path_walk walk;
    walk.found = found, walk.missing = missing, walk.context = it;
    it->some = false;
    if (paths_walk(&walk, &it->survey.policy, &it->survey.plan, &fault) < 0)
        shim_fault(EXIT_SHIM, &fault);
}

static void paths_say(struct explanation *it)
{
    struct document *doc = &it->doc;
    document_section(doc, "paths", "Paths", false);
    paths_show(it, path_say, NULL);
    document_section_end(doc, false);
    document_section(doc, "skipped", "Skipped, for they are missing", false);
    paths_show(it, path_pass, missing_say);
    if (it->some && !doc->json)
        document_row_end(doc);
    document_section_end(doc, false);
}

/* --- the network --- */

/* The ports on which an access is granted, as ranges. */
static void ranges_say(struct explanation *it, enum net_access access)
{
    const struct policy *policy = &it->survey.policy;
    const struct plan *plan = &it->survey.plan;
    bool any = false;
    for (unsigned port = plan_port_next(policy, 0), end; port < PORTS;
         port = plan_port_next(policy, end)) {
        end = port + 1;
        if (!(plan_port_rights(plan, policy, port) & net_rights[access]))
            continue;
        while (end < PORTS && plan_port_rights(plan, policy, end) & net_rights[access])
            end++;
        struct text range = {.len = 0};
        text_number(&range, port);
        if (end - port > 1) {
            text_put(&range, "-");
            text_number(&range, end - 1);
        }
        document_item(&it->doc, (struct span){range.at, range.len});
        any = true;
    }
    if (!any)
        document_say(&it->doc, "none");
}

static void ports_say(struct explanation *it)
{
    struct document *doc = &it->doc;
    document_section(doc, "ports", "Ports", false);
    for (unsigned a = 0; a < NET_ACCESSES; a++) {
        enum net_access access = (enum net_access)a;
        gate_set gate = GATE_BIT(access == CONNECT_TCP || access == BIND_TCP ? GATE_TCP : GATE_UDP);
        bool handled = it->survey.plan.handled.handled_access_net & net_rights[access];
        bool closed = !(it->open & gate);
        document_row(doc);
        document_hidden(doc, "access", span_of(words_of_access_key(access)));
        document_say(doc, words_of_access(access));
        document_flag(doc, "every", !closed && !handled);
        document_list(doc, "ports");
        if (closed)
            document_say(doc, access == CONNECT_TCP || access == BIND_TCP
                                  ? "none (@tcp is closed)"
                                  : "none (@udp is closed)");
        else if (!handled)
            document_say(doc, "all ports");
        else
            ranges_say(it, access);
        document_list_end(doc);
        document_row_end(doc);
    }
    document_section_end(doc, false);
}

void explain_rules(struct explanation *it)
{
    variables_say(it);
    paths_say(it);
    ports_say(it);
    protections_say(it);
}
