/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "path.h"

#include <stdint.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static struct span trim(struct span text)
{
    while (text.len > 0 && is_blank(*text.at))
        text.at++, text.len--;
    while (text.len > 0 && is_blank(text.at[text.len - 1]))
        text.len--;
    return text;
}

/* A walk over the lines that set something, or mean to. */
struct walk {
    struct span rest;                /* what is still to be read */
    unsigned number;                 /* of the current line */
    struct span line;                /* all of it, trimmed */
    struct span name;                /* what stands before its first '=' */
    struct span value;               /* what stands behind; .at is NULL where there is none */
    const struct variable *variable; /* the one of that name; NULL where it is none */
};

/* Goes to the next such line. Returns whether there is one. */
static bool walk_next(struct walk *walk)
{
    struct fault fault;
    do {
        const char *at = walk->rest.at, *newline = memchr(at, '\n', walk->rest.len);
        size_t len = newline != NULL ? (size_t)(newline - at) : walk->rest.len;
        if (walk->rest.len == 0)
            return false;
        walk->line = trim((struct span){at, len});
        walk->rest.at += len + (newline != NULL);
        walk->rest.len -= len + (newline != NULL);
        walk->number++;
    } while (walk->line.len == 0 || *walk->line.at == '#');
    const char *equals = memchr(walk->line.at, '=', walk->line.len);
    walk->name = walk->line;
    walk->value = (struct span){0};
    walk->variable = NULL;
    if (equals == NULL)
        return true;
    walk->name.len = (size_t)(equals - walk->line.at);
    walk->value = trim((struct span){equals + 1, walk->line.len - walk->name.len - 1});
    if (span_starts(walk->name, VARS_PREFIX))
        variable_look_up(walk->name, true, &walk->variable, &fault);
    return true;
}

/* Whether a variable is a list, and goes on where it is set again. */
static bool is_list(const struct variable *v)
{
    const unsigned lists = 1U << KIND_PATHS | 1U << KIND_PROTECTIONS | 1U << KIND_NET |
                           1U << KIND_HTTP_PORTS | 1U << KIND_GPUS | 1U << KIND_FDS |
                           1U << KIND_OPENED | 1U << KIND_DENIED;
    return lists >> v->kind & 1;
}

/* What is wrong with the bytes of the file, whichever lines they are. */
static const char *text_check(struct span text, struct fault *fault)
{
    const char *end = text.at + text.len, *at = memchr(text.at, '\0', text.len);
    const char *reason = NULL;
    if (at != NULL)
        reason = "a NUL byte, which no text has";
    else if (span_starts(text, "\xef\xbb\xbf"))
        reason = "it begins with a byte order mark: save it without", at = text.at;
    for (const char *next = text.at; reason == NULL && next < end;) {
        at = memchr(next, '\r', (size_t)(end - next));
        next = at != NULL ? at : end;
        while (next < end && *next == '\r')
            next++;
        if (next < end && *next != '\n')
            reason = "a carriage return inside of a line: lines end with a newline";
    }
    if (reason != NULL)
        fault->at = at;
    return reason;
}

/* What is wrong with a path list that ends with half of an escape: the newline behind it, by which
 * the next piece is joined, would become a part of the path. */
static const char *escape_check(struct span list, struct fault *fault)
{
    char path[PATH_MAX];
    size_t backslashes = 0;
    while (backslashes < list.len && list.at[list.len - 1 - backslashes] == '\\')
        backslashes++;
    if (backslashes % 2 == 0)
        return NULL;
    struct path_iter it = path_iterate(list, false);
    while (path_next(&it, path))
        continue;
    fault->entry = it.entry;
    fault->word = it.word;
    return it.reason;
}

/* Whether a '#' stands behind a blank, as a comment would. */
static bool has_comment(struct span value)
{
    for (size_t i = 1; i < value.len; i++)
        if (value.at[i] == '#' && is_blank(value.at[i - 1]))
            return true;
    return span_starts(value, "#");
}

/* What is wrong with how a line is written. */
static const char *line_check(const struct walk *walk, unsigned seen, struct fault *fault)
{
    const struct variable *v = walk->variable;
    *fault = (struct fault){.entry = walk->line};
    if (walk->value.at == NULL || walk->name.len == 0)
        return "neither NAME=VALUE nor a comment";
    if (span_starts(walk->line, "export ") || span_starts(walk->line, "export\t"))
        return "this is no shell: write NAME=VALUE alone";
    *fault = (struct fault){.subject = trim(walk->name)};
    if (fault->subject.len < walk->name.len)
        return "write no blank before '='";
    if (!span_starts(walk->name, VARS_PREFIX))
        return "only variables that begin with SANDLOCK_ can be set here";
    if (v == NULL)
        return variable_look_up(walk->name, walk->value.len == 0, &v, fault);
    if (v->kind == KIND_CONFIG)
        return "a file names no other one";
    if (!is_list(v) && seen >> (v - variables) & 1)
        return "stands in the file twice, and is no list";
    fault->entry = walk->value;
    if (span_starts(walk->value, "\"") || span_starts(walk->value, "'"))
        return "quotes are not taken off: write the value without";
    if (has_comment(walk->value))
        return "a comment takes a line of its own";
    return v->kind == KIND_PATHS ? escape_check(walk->value, fault) : NULL;
}

/* Puts the values together, each of which takes sizes[] with the newlines behind its pieces, the
 * last of which is not part of it. */
static void values_join(struct config *config, const size_t sizes[VARIABLES])
{
    char *to[VARIABLES], *end = config->room;
    struct walk walk = {.rest = config->text};
    for (size_t i = 0; i < VARIABLES; end += sizes[i++]) {
        to[i] = end;
        if (sizes[i] == 0)
            continue;
        config->values[i] = (struct span){end, sizes[i] - 1};
        config->set |= 1U << i;
    }
    while (walk_next(&walk))
        if (walk.variable != NULL && walk.value.len > 0) {
            char **at = &to[walk.variable - variables];
            memcpy(*at, walk.value.at, walk.value.len);
            *at += walk.value.len;
            *(*at)++ = '\n';
        }
}

const char *config_parse(struct config *config, struct fault *fault)
{
    size_t sizes[VARIABLES] = {0};
    unsigned seen = 0;
    struct walk walk = {.rest = config->text};
    *fault = (struct fault){0};
    const char *reason = text_check(config->text, fault);
    while (reason == NULL && walk_next(&walk)) {
        reason = line_check(&walk, seen, fault);
        if (reason != NULL || walk.variable == NULL)
            continue;
        seen |= 1U << (walk.variable - variables);
        if (walk.value.len > 0)
            sizes[walk.variable - variables] += walk.value.len + 1;
    }
    fault->reason = reason;
    if (reason == NULL)
        values_join(config, sizes);
    return reason;
}

/* Whether at lies in text, or right behind. */
static bool lies_in(const char *at, struct span text)
{
    return (uintptr_t)at - (uintptr_t)text.at <= text.len;
}

/* The line of the piece of a value in which at lies. */
static unsigned piece_line(const struct config *config, size_t variable, const char *at)
{
    struct walk walk = {.rest = config->text};
    size_t offset = (size_t)(at - config->values[variable].at);
    while (walk_next(&walk))
        if (walk.variable == &variables[variable] && walk.value.len > 0) {
            if (offset <= walk.value.len)
                return walk.number;
            offset -= walk.value.len + 1;
        }
    return 0;
}

unsigned config_line_of(const struct config *config, const char *at)
{
    unsigned line = 1;
    for (size_t i = 0; i < VARIABLES; i++)
        if (config->set >> i & 1 && lies_in(at, config->values[i]))
            return piece_line(config, i, at);
    if (!lies_in(at, config->text))
        return 0;
    for (const char *c = config->text.at; c < at; c++)
        line += *c == '\n';
    return line;
}

unsigned config_line_setting(const struct config *config, struct span name,
                             struct config_place *place)
{
    struct span rest = {config->text.at + place->offset, config->text.len - place->offset};
    struct walk walk = {.rest = rest, .number = place->line};
    while (walk_next(&walk))
        if (walk.variable != NULL && walk.value.len > 0 &&
            config->set >> (walk.variable - variables) & 1 && span_same(walk.name, name)) {
            place->offset = (size_t)(walk.rest.at - config->text.at);
            place->line = walk.number;
            return walk.number;
        }
    return 0;
}

void config_locate(const struct config *config, struct fault *fault)
{
    const char *const places[] = {fault->at, fault->entry.at, fault->subject.at};
    struct config_place first = {0};
    unsigned line = 0;
    if (config->name.at == NULL)
        return;
    for (size_t i = 0; i < sizeof places / sizeof *places && line == 0; i++)
        line = config_line_of(config, places[i]);
    if (line == 0 && fault->subject.at != NULL)
        line = config_line_setting(config, fault->subject, &first);
    if (line > 0) {
        fault->file = config->name;
        fault->line = line;
    }
}
