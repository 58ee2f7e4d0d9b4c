/* SPDX-License-Identifier: Apache-2.0 */
/* What is set by environment and by file alike, each list in pieces, comes to the same policy, or
 * to the same fault. */
#include "random.h"
#include "read.h"

enum { PIECES = 5, ROUNDS = 20000 };

static struct port_bits bits[2][NET_ACCESSES];

/* Pieces of each kind of value, good ones first. */
static const struct {
    enum variable_kind kind;
    unsigned good;
    const char *pieces[8];
} kinds[] = {
    {KIND_PATHS,
     6,
     {"/usr:/etc", "./x", "-/a\\:b\\n", "@tmp", ":", "/a b#c=d'\"\\\\", "etc", "@sy"}},
    {KIND_PROTECTIONS, 4, {"net_tcp", "fs-refer, net_udp", "all", ",", "tcp", "-"}},
    {KIND_BOOLEAN, 3, {"1", "off", "True", "2", "1,1"}},
    {KIND_NET, 5, {"443", "udp://*", "tcp://80,8000-8010", "53 :54", "*", "host:1", "70000"}},
    {KIND_HTTP_PORTS, 3, {"80", "8000-8010,81", "82", "x", "0"}},
    {KIND_GPUS, 2, {"0,2", "3", "256", "all,1"}},
    {KIND_DIRECTORY, 3, {"/srv", "../x", "/a:b#c", "srv"}},
    {KIND_FDS, 3, {"3", "7-9,8", ",", "x-3", "9-3"}},
    {KIND_MODE, 3, {"default", "nested", "off", "on"}},
    {KIND_ACTION, 3, {"errno", "log", "kill", "x"}},
    {KIND_OPENED, 2, {"@bpf", "@perf,@klog"}},
    {KIND_DENIED, 2, {"kcmp", "chmod,@mount"}},
};

static bool is_single(enum variable_kind kind)
{
    return kind == KIND_BOOLEAN || kind == KIND_DIRECTORY || kind == KIND_MODE ||
           kind == KIND_ACTION;
}

/* The pieces that one variable is set to, as a file and as the environment has them. */
struct choice {
    bool in_environment;
    size_t len, taken;
    const char *pieces[PIECES];
};

static const char *piece_of(enum variable_kind kind, bool good)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (kinds[i].kind == kind) {
            unsigned end = kinds[i].good;
            while (!good && end < COUNT(kinds[i].pieces) && kinds[i].pieces[end] != NULL)
                end++;
            return kinds[i].pieces[random_below(end)];
        }
    fail_msg("no pieces of kind %d", (int)kind);
    return NULL;
}

static void choose(struct choice choices[VARIABLES])
{
    bool good = random_below(3) != 0;
    for (size_t i = 0; i < VARIABLES; i++) {
        enum variable_kind kind = (enum variable_kind)variables[i].kind;
        choices[i] = (struct choice){.in_environment = random_below(4) == 0};
        if (kind == KIND_CONFIG || random_below(3) == 0)
            continue;
        choices[i].len = is_single(kind) ? 1 : 1 + random_below(PIECES);
        for (size_t j = 0; j < choices[i].len; j++)
            choices[i].pieces[j] = piece_of(kind, good);
    }
}

/* The environment that has all of it, or what is for the environment alone. */
static void environment_write(const struct choice choices[VARIABLES], bool all,
                              char strings[VARIABLES + 1][512], char *envp[VARIABLES + 2])
{
    size_t n = 0;
    for (size_t i = 0; i < VARIABLES; i++) {
        size_t len = 0;
        if (choices[i].len == 0 || !(all || choices[i].in_environment))
            continue;
        len = (size_t)snprintf(strings[n], sizeof strings[n], "%s=", variables[i].name);
        for (size_t j = 0; j < choices[i].len; j++)
            len += (size_t)snprintf(strings[n] + len, sizeof strings[n] - len, "%s%s",
                                    j > 0 ? "\n" : "", choices[i].pieces[j]);
        envp[n] = strings[n], n++;
    }
    strcpy(strings[n], "SANDLOCK_CONFIG=/x.conf");
    envp[n] = strings[n], n++;
    envp[n] = NULL;
}

/* The file that has the rest, and something else for what the environment overrides: its pieces in
 * order, those of different variables mixed, and between them lines that mean nothing. */
static size_t file_write(struct choice choices[VARIABLES], char *text)
{
    static const char *const noise[] = {"\n", "\r\n", "# SANDLOCK_VERBOSE=x\n", "  \t#\r\n"};
    static const char *const ends[] = {"\n", "\r\n", " \t\n", " \r\n"};
    size_t len = 0, left = 0;
    for (size_t i = 0; i < VARIABLES; i++)
        left += choices[i].len;
    while (left > 0) {
        size_t i = random_below(VARIABLES);
        struct choice *c = &choices[i];
        if (random_below(4) == 0)
            len += (size_t)sprintf(text + len, "%s", noise[random_below(COUNT(noise))]);
        if (c->taken == c->len)
            continue;
        const char *piece = c->pieces[c->taken++];
        left--;
        if (c->in_environment)
            piece = "nonsense";
        len += (size_t)sprintf(text + len, "%s%s=%s%s%s", random_below(2) == 0 ? " " : "",
                               variables[i].name, random_below(2) == 0 ? "\t" : "", piece,
                               ends[random_below(COUNT(ends))]);
    }
    if (len > 0 && random_below(2) == 0 && text[len - 1] == '\n')
        len--;
    return len;
}

static void same_span(struct span a, struct span b)
{
    assert_int_equal(a.at != NULL, b.at != NULL);
    if (a.at != NULL && !span_same(a, b))
        fail_msg("\"%.*s\" and \"%.*s\"", (int)a.len, a.at, (int)b.len, b.at);
}

static void same_policy(const struct policy *a, const struct policy *b)
{
    for (unsigned i = 0; i < PATH_CLASSES; i++)
        same_span(a->paths[i], b->paths[i]);
    same_span(a->gpus, b->gpus);
    same_span(a->chroot, b->chroot);
    same_span(a->keep_fds, b->keep_fds);
    same_span(a->filter.opened, b->filter.opened);
    same_span(a->filter.denied, b->filter.denied);
    assert_int_equal(a->filter.mode, b->filter.mode);
    assert_int_equal(a->filter.action, b->filter.action);
    assert_int_equal(a->unix_all, b->unix_all);
    assert_int_equal(a->net.all, b->net.all);
    assert_int_equal(a->net.some, b->net.some);
    assert_int_equal(a->net.icmp, b->net.icmp);
    for (unsigned i = 0; i < NET_ACCESSES; i++)
        if (a->net.some & NET_BIT(i))
            assert_memory_equal(&a->net.bits[i], &b->net.bits[i], sizeof a->net.bits[i]);
    assert_memory_equal(a->wishes, b->wishes, sizeof a->wishes);
    assert_memory_equal(a->knobs, b->knobs, sizeof a->knobs);
    assert_int_equal(a->named, b->named);
    assert_int_equal(a->empty, b->empty);
    assert_int_equal(a->relative, b->relative);
    assert_int_equal(a->digest, b->digest);
}

/* Where a fault has an entry of the file, the line that it names has that, and the variable. */
static void expect_line(const struct config *config, const struct fault *fault)
{
    const char *at = config->text.at, *end = at + config->text.len;
    for (unsigned line = 1; line < fault->line; line++)
        at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    size_t len = (size_t)((stop != NULL ? stop : end) - at);
    assert_non_null(memmem(at, len, fault->subject.at, fault->subject.len));
    bool written = config_line_of(config, fault->entry.at) > 0;
    if (written && memmem(at, len, fault->entry.at, fault->entry.len) == NULL)
        fail_msg("line %u has no \"%.*s\"", fault->line, (int)fault->entry.len, fault->entry.at);
}

static void test_file_and_environment_alike(void **state)
{
    static char strings[2][VARIABLES + 1][512], text[VARIABLES * PIECES * 4 * 128];
    char *envp[2][VARIABLES + 2];
    unsigned good = 0, lines = 0;
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct choice choices[VARIABLES];
        struct policy policies[2];
        struct fault faults[2];
        choose(choices);
        environment_write(choices, true, strings[0], envp[0]);
        environment_write(choices, false, strings[1], envp[1]);
        struct config config = config_of(text, file_write(choices, text));
        const char *plain = policy_read(envp[0], NULL, &policies[0], bits[0], &faults[0]);
        const char *filed = policy_read(envp[1], &config, &policies[1], bits[1], &faults[1]);
        assert_ptr_equal(plain, filed);
        if (plain == NULL) {
            same_policy(&policies[0], &policies[1]);
            good++;
        } else {
            same_span(faults[0].subject, faults[1].subject);
            same_span(faults[0].entry, faults[1].entry);
            same_span(faults[0].word, faults[1].word);
            config_locate(&config, &faults[1]);
            if (faults[1].line > 0) {
                expect_line(&config, &faults[1]);
                lines++;
            }
        }
        config_free(&config);
    }
    assert_in_range(good, ROUNDS / 50, ROUNDS);
    assert_in_range(lines, ROUNDS / 10, ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_and_environment_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
