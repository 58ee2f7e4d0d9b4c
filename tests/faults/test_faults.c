/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each system call that the shim makes fails, or lies, once: strace answers in the kernel's place.
 *
 * The program reads %/out/file, which is not granted: confined it says EACCES, unconfined OK.
 */
#include "../live/live.h"

#include <unistd.h>

enum { CALLS = 128, LINE = 256 };

/* What the shim calls, by what strace says of it; and what may come of a failure. */
enum tolerance {
    ENDS,   /* nothing runs: 125, and a line */
    RUNS,   /* it does without, and confines */
    EITHER, /* as the error says that there is no such thing, or that something is wrong */
    FINAL   /* nothing runs: 126 or 127, and a line */
};

/* The policies: one with a path that is seen from the working directory, and one with a root of its
 * own, where all of /dev is looked through. */
enum policy { PLAIN, ROOTED, POLICIES };
static const char *const policies[POLICIES] = {
    "SANDLOCK_FS_READABLE=/usr:/lib:-/lib64:&:./\n"
    "SANDLOCK_NET_ALLOW=443\n",
    "SANDLOCK_CHROOT=/\n"
    "SANDLOCK_GPU_DEVICES=all\n"
    "SANDLOCK_FS_READABLE=/usr:/lib:-/lib64:&\n"
    "SANDLOCK_NET_ALLOW=443\n",
};

static const struct expected {
    const char *call;
    enum tolerance error;
    unsigned not_under; /* policies under which it is not made: bits */
} table[] = {
    {"openat(AT_FDCWD, \"%/in/job.conf\"", ENDS, 0},
    {"statx(", ENDS, 0},
    {"mmap(", ENDS, 0},
    {"read(", ENDS, 0},
    {"close(", ENDS, 0},
    {"munmap(", ENDS, 0},
    {"getcwd(", ENDS, 1U << ROOTED},
    {"openat2(", ENDS, 1U << PLAIN},
    {"getdents64(", ENDS, 1U << PLAIN},
    {"prctl(PR_GET_SECCOMP", RUNS, 0}, /* whoever bears no mark is confined */
    {"unshare(CLONE_VM", EITHER, 0},   /* EINVAL: there are threads; else /proc says how many */
    {"getpid(", RUNS, 0},              /* whose LISTEN_FDS they are */
    {"close_range(", ENDS, 0},
    {"prlimit64(0, RLIMIT_CORE", ENDS, 0},
    {"prctl(PR_SET_DUMPABLE", ENDS, 0},
    {"landlock_create_ruleset(NULL", ENDS, 0},
    {"landlock_create_ruleset(", ENDS, 0}, /* strace sees no memory that core dumps do not */
    {"openat(AT_FDCWD, ", ENDS, 0},
    {"openat(", ENDS, 1U << PLAIN},
    {"landlock_add_rule(", ENDS, 0},
    {"prctl(PR_SET_NO_NEW_PRIVS", ENDS, 0},
    {"landlock_restrict_self(", ENDS, 0},
    {"seccomp(SECCOMP_SET_MODE_FILTER", ENDS, 0},
    {"prctl(0x736c6b31", ENDS, 0}, /* the mark, which shows that there is a filter */
    {"ppoll(", RUNS, 0},           /* a line that cannot be said is lost */
    {"rt_sigaction(", RUNS, 0},
    {"write(2", RUNS, 0},
    {"execve(", FINAL, 0},
};
enum { ROWS = sizeof table / sizeof *table };

static char lines[CALLS][LINE];
static unsigned numbers[CALLS]; /* how many of that name there are up to each */
static size_t first, calls;

/* Runs the program by face under strace, which injects a fault ("CALL:FAULT:when=N") if there is
 * one to inject. */
static void run(struct outcome *outcome, enum face face, const char *fault)
{
    static const char *const env[] = {"SANDLOCK_CONFIG=%/in/job.conf", "SANDLOCK_CLOSE_FDS=1",
                                      "SANDLOCK_NO_COREDUMP=1",        "SANDLOCK_VERBOSE=1",
                                      "SANDLOCK_SECCOMP_DENY=acct",    NULL};
    const char *argv[32] = {"strace", "-q", "-s", "999", "-o", "%/in/trace"};
    char inject[64], preload[] = "LD_PRELOAD=&/libsandlock_shim.so";
    size_t args = 6;
    snprintf(inject, sizeof inject, "inject=%s", fault == NULL ? "" : fault);
    if (fault != NULL)
        argv[args++] = "-e", argv[args++] = inject;
    for (size_t i = 0; env[i] != NULL; i++)
        argv[args++] = "-E", argv[args++] = env[i];
    if (face == PRELOAD)
        argv[args++] = "-E", argv[args++] = preload;
    if (face == PROGRAM)
        argv[args++] = "&/libsandlock_shim.so";
    argv[args++] = "&/probe-static";
    if (face == PRELOAD)
        argv[args - 1] = "&/probe";
    argv[args++] = "read", argv[args] = "%/out/file";
    live_run(outcome, BARE, NULL, argv);
}

/* The length of the name that a line of the trace begins with. */
static size_t name_len(const char *line)
{
    return strcspn(line, "(");
}

/* Reads a trace. The shim begins with the file, and ends, preloaded, when it has said that all is
 * done, and else with what executes the program. */
static void read_trace(enum face face)
{
    char own[LINE], line[4096];
    bool began = false, said = false;
    FILE *file = fopen(live_expand("%/in/trace"), "r");
    assert_non_null(file);
    snprintf(own, sizeof own, "openat(AT_FDCWD, \"%s\"", live_expand("%/in/job.conf"));
    first = calls = 0;
    while (fgets(line, sizeof line, file) != NULL && calls < CALLS) {
        snprintf(lines[calls], LINE, "%.*s", LINE - 1, line);
        size_t len = name_len(line) + 1;
        numbers[calls] = 1;
        for (size_t i = 1; i < calls; i++) /* strace's own execve counts for none */
            numbers[calls] += strncmp(lines[i], line, len) == 0;
        if (!began && strncmp(line, own, strlen(own)) == 0)
            began = true, first = calls;
        said |= began && strncmp(line, "write(2, ", 9) == 0;
        calls++;
        if (began && (strncmp(line, "execve(", 7) == 0 ||
                      (face == PRELOAD && said && strstr(line, "rt_sigaction(SIGPIPE") != NULL)))
            break;
    }
    fclose(file);
    assert_true(began && said && calls < CALLS);
}

/* The row that a call is of. */
static size_t row_of(const char *line)
{
    size_t row = 0;
    while (row < ROWS &&
           strncmp(line, live_expand(table[row].call), strlen(live_expand(table[row].call))) != 0)
        row++;
    return row;
}

static bool is_one_line(const char *text)
{
    const char *end = strchr(text, '\n');
    return strncmp(text, "sandlock: ", 10) == 0 && end != NULL && end[1] == '\0';
}

static void fail_fault(enum face face, const char *line, const char *fault,
                       const struct outcome *outcome)
{
    fail_msg("face %d: %s: %s: status %d\n--- out: %s\n--- err: %s", (int)face, fault, line,
             outcome->status, outcome->out, outcome->err);
}

/* Prepares the policy, in a file. */
static void prepare(enum policy policy)
{
    if (access("/usr/bin/strace", X_OK) != 0)
        live_skip("strace");
    live_scratch();
    live_write("%/in/job.conf", policies[policy], 0644);
    assert_int_equal(chdir(live_expand("%/in")), 0);
}

/* The same calls, and no others, are in the table. */
static void trace_is_the_table(enum face face, enum policy policy)
{
    struct outcome outcome;
    bool used[ROWS] = {false};
    run(&outcome, face, NULL);
    assert_string_equal(outcome.out, "EACCES\n");
    read_trace(face);
    for (size_t i = first; i < calls; i++) {
        size_t row = row_of(lines[i]);
        if (row == ROWS)
            fail_msg("face %d: not in the table: %s", (int)face, lines[i]);
        used[row] = true;
    }
    for (size_t row = 0; row < ROWS; row++)
        if (!used[row] && (face == PROGRAM || table[row].error != FINAL) &&
            !(table[row].not_under & 1U << policy))
            fail_msg("face %d: not made: %s", (int)face, table[row].call);
}

/* A call that is alike to one before it, and so fails alike, is left out: rules, mostly. */
static bool is_alike(size_t call)
{
    size_t row = row_of(lines[call]);
    return call > first && strncmp(table[row].call, "landlock_add_rule", 17) == 0 &&
           numbers[call] > 1;
}

/* Fails each call for good, as a filter would; where the shim does without, but once: the program
 * makes such calls, too. */
static void expect_failures(enum face face, const char *const errors[])
{
    struct outcome outcome;
    char fault[64];
    for (size_t i = first; i < calls; i++) {
        enum tolerance tolerance = table[row_of(lines[i])].error;
        for (const char *const *error = errors; *error != NULL && !is_alike(i); error++) {
            snprintf(fault, sizeof fault, "%.*s:error=%s:when=%u%s", (int)name_len(lines[i]),
                     lines[i], *error, numbers[i], tolerance == RUNS ? "" : "+");
            run(&outcome, face, fault);
            bool ran = outcome.status == 0 && strcmp(outcome.out, "EACCES\n") == 0;
            bool ended = outcome.status == 125 && *outcome.out == '\0' && is_one_line(outcome.err);
            bool final = (outcome.status == 126 || outcome.status == 127) && *outcome.out == '\0' &&
                         strstr(outcome.err, "\nsandlock: ") != NULL;
            if (!((tolerance == ENDS && ended) || (tolerance == RUNS && ran) ||
                  (tolerance == EITHER && (ran || ended)) || (tolerance == FINAL && final)))
                fail_fault(face, lines[i], fault, &outcome);
        }
    }
}

static void test_each_call_fails(void **state)
{
    (void)state;
    for (enum policy policy = PLAIN; policy < POLICIES; policy++) {
        prepare(policy);
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            trace_is_the_table(face, policy);
            expect_failures(face, LIST("ENOSYS", "EPERM", "EINVAL", "ENOMEM", "EMFILE", "EINTR"));
        }
    }
}

/* Nothing is done, and value returned. Returns whether the program is unconfined. */
static bool expect_a_lie(enum face face, size_t call, const char *value)
{
    struct outcome outcome;
    char fault[64];
    const char *line = lines[call];
    bool confines = strncmp(line, "landlock_restrict_self", 22) == 0;
    bool filters = strncmp(line, "seccomp", 7) == 0 && numbers[call] == 1;
    snprintf(fault, sizeof fault, "%.*s:retval=%s:when=%u", (int)name_len(line), line, value,
             numbers[call]);
    run(&outcome, face, fault);
    bool unconfined = strcmp(outcome.out, "OK\n") == 0;
    if (unconfined != (confines && *value == '0') ||
        ((filters || (confines && *value == '1')) && outcome.status != 125) ||
        (outcome.status == 125 && !is_one_line(outcome.err)))
        fail_fault(face, line, fault, &outcome);
    return unconfined;
}

/* The program is not unconfined, but for the call that confines, of which nobody else can tell: a
 * limit. Whoever says that it has been executed has nothing to go on with. */
static void test_each_call_lies(void **state)
{
    unsigned lies = 0;
    (void)state;
    for (enum policy policy = PLAIN; policy < POLICIES; policy++) {
        prepare(policy);
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            trace_is_the_table(face, policy);
            for (size_t i = first; i < calls; i++) {
                if (is_alike(i) || strncmp(lines[i], "execve", 6) == 0)
                    continue;
                lies += expect_a_lie(face, i, "0");
                lies += expect_a_lie(face, i, "1");
            }
        }
    }
    assert_int_equal(lies, 2 * POLICIES);
}

static int leave(void **state)
{
    return chdir("/") < 0 ? -1 : live_teardown(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_call_fails),
        TEST(test_each_call_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
