/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include "../text.h"
#include "die.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int out = STDERR_FILENO;
static const char *out_name;

/* All that was said, and all the settings, by variable and entry. */
static void *said, *settings;

void report_open(const char *file)
{
    if (file == NULL)
        return;
    out_name = file;
    out = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOCTTY, 0666);
    if (out < 0)
        die("%s: %s", file, strerror(errno));
}

/* Writes all of it, in one piece if that may be. What is lost is said, once. */
static void put(const char *line, size_t len)
{
    static bool lost;
    while (len > 0) {
        ssize_t written = write(out, line, len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            if (out_name != NULL && !lost)
                fprintf(stderr, "sandlock-trace: %s: %s; what follows is not in it\n", out_name,
                        strerror(written < 0 ? errno : ENOSPC));
            lost = true;
            return;
        }
        line += written;
        len -= (size_t)written;
    }
}

/* A line that is being put together: of more than the kernel writes in one piece, if need be. */
static FILE *line_begin(char **line, size_t *len)
{
    FILE *stream = open_memstream(line, len);
    if (stream == NULL)
        die("out of memory");
    fputs("sandlock-trace: ", stream);
    return stream;
}

static void line_end(FILE *stream, char **line, size_t *len)
{
    fputc('\n', stream);
    if (fclose(stream) != 0)
        die("out of memory");
    put(*line, *len);
    free(*line);
}

/* Appends bytes for a terminal to show: what is not printable is escaped. */
static void put_escaped(FILE *stream, const char *s)
{
    for (size_t len = strlen(s); len > 0;) {
        size_t size = text_printable(s, len);
        if (size > 0)
            fwrite(s, 1, size, stream);
        else
            fprintf(stream, "\\x%02x", (unsigned char)*s);
        size = size > 0 ? size : 1;
        s += size;
        len -= size;
    }
}

void report_line(const char *format, ...)
{
    char *line;
    size_t len;
    FILE *stream = line_begin(&line, &len);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stream, format, arguments);
    va_end(arguments);
    line_end(stream, &line, &len);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Adds a text to a set. Returns whether it was in it. */
static bool is_in(void **set, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool is_in(void **set, const char *format, ...)
{
    char *text;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        die("out of memory");
    va_end(arguments);
    void *found = tsearch(text, set, by_text);
    if (found == NULL)
        die("out of memory");
    if (*(char **)found == text)
        return false;
    free(text);
    return true;
}

bool report_known(const char *name, const char *what, const struct advice *advice)
{
    return is_in(&said, "%s\n%s\n%s", name, what, advice->entry);
}

void report_denied(const char *name, pid_t pid, const char *what, bool logged,
                   const struct advice *advice)
{
    char *line;
    size_t len;
    FILE *stream = line_begin(&line, &len);
    put_escaped(stream, name);
    fprintf(stream, "[%d]: ", (int)pid);
    put_escaped(stream, what);
    fputs(logged ? ": allowed and logged" : ": denied", stream);
    if (advice->variable != NULL) {
        fprintf(stream, "; grant with %s=", advice->variable);
        put_escaped(stream, advice->entry);
        is_in(&settings, "%s=%s", advice->variable, advice->entry);
    }
    if (advice->preset != NULL)
        fprintf(stream, " (@%s)", advice->preset);
    if (advice->instead != NULL)
        fprintf(stream, "; %s", advice->instead);
    line_end(stream, &line, &len);
}

/* The lines that are to be added. */
struct summary {
    FILE *stream;
    char *last; /* the setting before */
};

/* Adds a setting to the line of its variable; they come in their order. */
static void setting_put(const void *node, VISIT visit, void *context)
{
    struct summary *summary = context;
    char *setting = *(char *const *)node;
    size_t name = strcspn(setting, "=") + 1;
    if (visit != postorder && visit != leaf)
        return;
    bool goes_on = summary->last != NULL && strncmp(summary->last, setting, name) == 0;
    if (goes_on && span_starts(span_of(setting + name), summary->last + name) &&
        setting[strlen(summary->last)] == '/')
        return; /* beneath the one before */
    if (goes_on) {
        fputc(strstr(setting, "_FS_") || strstr(setting, "UNIX") ? ':' : ' ', summary->stream);
        put_escaped(summary->stream, setting + name);
    } else {
        fputs(summary->last == NULL ? "" : "\n", summary->stream);
        put_escaped(summary->stream, "");
        fputs("  ", summary->stream);
        put_escaped(summary->stream, setting);
    }
    summary->last = setting;
}

void report_summary(void)
{
    char *text;
    size_t len;
    if (settings == NULL)
        return;
    struct summary summary = {.stream = line_begin(&text, &len)};
    fputs("what was denied takes these, added to what is set:\n", summary.stream);
    twalk_r(settings, setting_put, &summary);
    line_end(summary.stream, &text, &len);
}
