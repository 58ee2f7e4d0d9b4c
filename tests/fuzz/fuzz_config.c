/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of SANDLOCK_CONFIG, compared with what a second reader makes of it: one that is written
 * from the manual alone, and puts an environment together that is to come to the same policy.
 */
#include "../../env/config.h"
#include "fuzz.h"

static struct port_bits bits[2][NET_ACCESSES];

/* NAME=VALUE for each variable that the file sets. */
struct naive {
    bool good;
    bool seen[VARIABLES];
    char *strings[VARIABLES];
};

/* The name of each variable that stands in a file once. */
static const char *const single[] = {"CHROOT",    "SECCOMP",     "SECCOMP_ACTION", "VERBOSE",
                                     "CLOSE_FDS", "NO_COREDUMP", "KEEP_ENV"};

static bool is_single(const char *name)
{
    for (size_t i = 0; i < COUNT(single); i++)
        if (strcmp(name + strlen(VARS_PREFIX), single[i]) == 0)
            return true;
    return false;
}

static char *trim(char *text)
{
    static const char white[] = " \t\r\v\f";
    text += strspn(text, white);
    for (size_t len = strlen(text); len > 0 && strchr(white, text[len - 1]) != NULL; len--)
        text[len - 1] = '\0';
    return text;
}

/* Whether a '#' in the value would be taken for a comment by people. */
static bool looks_commented(const char *value)
{
    return *value == '#' || strstr(value, " #") || strstr(value, "\t#") || strstr(value, "\v#") ||
           strstr(value, "\f#");
}

/* Whether the value of a path list ends with a backslash that escapes nothing of its own line. */
static bool is_cut_off(const char *name, const char *value)
{
    size_t len = strlen(value), backslashes = 0;
    while (backslashes < len && value[len - 1 - backslashes] == '\\')
        backslashes++;
    bool paths = strstr(name, "_FS_") != NULL || strcmp(name, VARS_PREFIX "UNIX_CONNECT") == 0;
    return paths && backslashes % 2 == 1;
}

static void append(struct naive *naive, size_t i, const char *value)
{
    const char *had = naive->strings[i];
    size_t size = strlen(variables[i].name) + strlen(value) + (had != NULL ? strlen(had) : 0) + 2;
    char *string = malloc(size);
    CHECK(string != NULL);
    snprintf(string, size, "%s%c%s", had != NULL ? had : variables[i].name,
             had != NULL ? '\n' : '=', value);
    free(naive->strings[i]);
    naive->strings[i] = string;
}

/* Reads a line. Returns whether it is good. */
static bool naive_line(struct naive *naive, char *line)
{
    line = trim(line);
    if (*line == '\0' || *line == '#')
        return true;
    char *equals = strchr(line, '=');
    if (equals == NULL)
        return false;
    *equals = '\0';
    const char *value = trim(equals + 1);
    if (strncmp(line, VARS_PREFIX, strlen(VARS_PREFIX)) != 0)
        return false;
    for (size_t i = 0; i < VARIABLES; i++) {
        if (strcmp(variables[i].name, line) != 0)
            continue;
        bool again = naive->seen[i] && is_single(line);
        naive->seen[i] = true;
        if (again || strcmp(line, VARS_PREFIX "CONFIG") == 0 || looks_commented(value) ||
            *value == '"' || *value == '\'' || is_cut_off(line, value))
            return false;
        if (*value != '\0')
            append(naive, i, value);
        return true;
    }
    /* Unknown, and good where it is set to nothing; a blank in front of the '=' never is. */
    return *value == '\0' && strlen(line) == strlen(trim(line));
}

static void naive_read(struct naive *naive, const char *text, size_t size)
{
    char *copy = calloc(size + 1, 1), *rest = copy;
    CHECK(copy != NULL);
    memcpy(copy, text, size);
    *naive = (struct naive){.good = strlen(copy) == size && strncmp(copy, "\xef\xbb\xbf", 3) != 0};
    /* Of carriage returns there may be some before a newline, and at the end. */
    for (const char *c = copy; *c != '\0'; c++)
        naive->good &= *c != '\r' || strchr("\r\n", c[1]) != NULL;
    while (naive->good && rest != NULL)
        naive->good = naive_line(naive, strsep(&rest, "\n"));
    free(copy);
}

/* That each value lies in the room, and comes from the lines that are said to set it. */
static void check_places(const struct config *config)
{
    for (size_t i = 0; i < VARIABLES; i++) {
        struct config_place place = {0};
        unsigned lines = 0, pieces = 1, last = 0, line;
        struct span value = config->values[i];
        if ((config->set >> i & 1) == 0)
            continue;
        CHECK(value.at >= config->room && value.len > 0);
        CHECK(value.at + value.len <= config->room + config->text.len);
        while ((line = config_line_setting(config, span_of(variables[i].name), &place)) != 0) {
            CHECK(line > last);
            last = line;
            lines++;
        }
        for (size_t j = 0; j < value.len; j++)
            pieces += value.at[j] == '\n';
        CHECK(lines == pieces);
        CHECK(config_line_of(config, value.at + value.len - 1) == last);
    }
}

static void check_fault(const struct config *config, struct fault *fault)
{
    unsigned lines = 1;
    for (size_t i = 0; i < config->text.len; i++)
        lines += config->text.at[i] == '\n';
    config_locate(config, fault);
    CHECK(fault->line <= lines);
}

/* That what the file says, and what an environment does that says the same, come to the same. */
static void compare(struct config *config, const struct naive *naive)
{
    char name[] = VARS_PREFIX "CONFIG=/file", *only[] = {name, NULL}, *envp[VARIABLES + 2] = {name};
    struct policy filed, plain;
    struct settings settings;
    struct fault faults[2];
    size_t len = 1;
    for (size_t i = 0; i < VARIABLES; i++)
        if (naive->strings[i] != NULL)
            envp[len++] = naive->strings[i];
    CHECK(vars_collect(only, &settings, &faults[0]) == NULL);
    const char *reason = vars_read(&settings, config, &filed, bits[0], &faults[0]);
    CHECK(vars_collect(envp, &settings, &faults[1]) == NULL);
    const char *other = vars_read(&settings, NULL, &plain, bits[1], &faults[1]);
    CHECK(reason == other);
    if (reason != NULL) {
        CHECK(faults[0].entry.len == faults[1].entry.len);
        CHECK(faults[0].entry.len == 0 || span_same(faults[0].entry, faults[1].entry));
        check_fault(config, &faults[0]);
    } else {
        CHECK(filed.digest == plain.digest);
        CHECK(memcmp(filed.knobs, plain.knobs, sizeof filed.knobs) == 0);
        check_places(config);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = copy_of(data, size), *room = malloc(size > 0 ? size : 1);
    struct config config = {.name = span_of("/file"), .text = {text, size}, .room = room};
    struct fault fault;
    struct naive naive;
    naive_read(&naive, text, size);
    CHECK(room != NULL);
    const char *reason = config_parse(&config, &fault);
    /* vars_read parses for itself. */
    CHECK(naive.good == (reason == NULL));
    if (reason == NULL) {
        config.set = 0;
        compare(&config, &naive);
    } else {
        check_fault(&config, &fault);
        CHECK(fault.line > 0);
    }
    for (size_t i = 0; i < VARIABLES; i++)
        free(naive.strings[i]);
    free(text);
    free(room);
    return 0;
}
