/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What runs before main, and what comes after it, live: constructors and threads of others, and
 * the processes that a confined one starts.
 */
#include "live.h"

#define POLICY "SANDLOCK_FS_READABLE=@system:@proc:&:%/in"
#define SHIM   "&/libsandlock_shim.so"
#define IN     "EARLY_READ=%/in/file"
#define OUT    "EARLY_READ=%/out/file"

/* Expects what "early" and libearly.so print, behind what preinit_array does, which musl has not.
 */
static void expect_early(const struct outcome *outcome, const char *result, const char *rest)
{
    char out[128];
    snprintf(out, sizeof out, "preinit: %s\n%s", result, rest);
    live_expect(outcome, 0, live_musl("early") ? rest : out, "");
}

/* libearly.so is DT_NEEDED by early and early-needed, and the latter needs the shim behind it:
 * under musl it has run by then. */
static void test_first_of_all_constructors(void **state)
{
    static const struct {
        enum face face;
        const char *program;
    } rows[] = {{PRELOAD, "early"}, {PROGRAM, "early"}, {BARE, "early-needed"}};
    struct outcome outcome;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool late = rows[i].face == BARE && live_musl("early");
        live_run(&outcome, rows[i].face, LIST(POLICY, OUT), LIST(rows[i].program));
        expect_early(&outcome, "EACCES",
                     late ? "library: OK\nmain: EACCES\n" : "library: EACCES\nmain: EACCES\n");
        live_run(&outcome, rows[i].face, LIST(POLICY, IN), LIST(rows[i].program));
        expect_early(&outcome, "OK", "library: OK\nmain: OK\n");
    }
    live_run(&outcome, BARE, LIST(POLICY, OUT), LIST("early"));
    expect_early(&outcome, "OK", "library: OK\nmain: OK\n");
}

static void test_before_other_preloads(void **state)
{
    static const char *const preloads[] = {"LD_PRELOAD=" SHIM ":&/libearly.so",
                                           "LD_PRELOAD=&/libearly.so:" SHIM};
    struct outcome outcome;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        live_run(&outcome, BARE, LIST(preloads[i], POLICY, OUT),
                 LIST("probe", "read", "%/out/file"));
        bool late = i == 1 && live_musl("probe");
        live_expect(&outcome, 0, late ? "library: OK\nEACCES\n" : "library: EACCES\nEACCES\n", "");
        live_run(&outcome, BARE, LIST(preloads[i], POLICY, IN), LIST("probe", "read", "%/in/file"));
        live_expect(&outcome, 0, "library: OK\nOK\n", "");
    }
    live_run(&outcome, BARE, LIST("LD_PRELOAD=&/libearly.so", POLICY, OUT),
             LIST("probe", "read", "%/out/file"));
    live_expect(&outcome, 0, "library: OK\nOK\n", "");
}

/* A thread that a constructor starts comes after the shim, and so is confined. */
static void test_thread_of_a_constructor(void **state)
{
    static const char thread[] = "EARLY_THREAD=1";
    struct outcome outcome;
    (void)state;
    live_run(&outcome, PRELOAD, LIST(POLICY, thread, OUT), LIST("early"));
    expect_early(&outcome, "EACCES", "library: EACCES\nthread: EACCES\nmain: EACCES\n");
    live_run(&outcome, PRELOAD, LIST(POLICY, thread, IN), LIST("early"));
    expect_early(&outcome, "OK", "library: OK\nthread: OK\nmain: OK\n");
}

/* Two things come before the shim: an audit library, and a library that is initfirst too and that
 * is listed behind it; with musl, what is listed in front of it. A thread of theirs would stay
 * unconfined. */
static void test_thread_before_the_shim_is_refused(void **state)
{
    static const char line[] =
        "sandlock: this process has threads already, or shares its memory: they would stay "
        "unconfined; start the program with libsandlock_shim.so PROGRAM\n";
    static const char front[] = "LD_PRELOAD=&/libfirst.so:" SHIM;
    static const char behind[] = "LD_PRELOAD=" SHIM " &/libfirst.so";
    const bool musl = live_musl("probe");
    const struct {
        const char *preload, *audit;
    } rows[] = {{musl ? front : behind, "A=1"}, {"LD_PRELOAD=" SHIM, "LD_AUDIT=&/libearly.so"}};
    struct outcome outcome;
    (void)state;
    for (size_t i = 0; i < (musl ? 1 : 2); i++) {
        live_run(&outcome, BARE, LIST(rows[i].preload, rows[i].audit, POLICY, "EARLY_THREAD=1"),
                 LIST("probe", "read", "%/in/file"));
        live_expect(&outcome, 125, "", line);
        /* Without the thread; that it does come before shows in what it can read. */
        live_run(&outcome, BARE, LIST(rows[i].preload, rows[i].audit, POLICY, OUT),
                 LIST("probe", "read", "%/out/file"));
        live_expect(&outcome, 0, "library: OK\nEACCES\n", "");
    }
    /* Listed the other way it is initfirst no more, and its thread comes after. */
    live_run(&outcome, BARE, LIST(musl ? behind : front, POLICY, "EARLY_THREAD=1", OUT),
             LIST("probe", "read", "%/in/file"));
    live_expect(&outcome, 0, "library: EACCES\nthread: EACCES\nOK\n", "");
}

/* Runs the probe on path by way of a kind of child, and expects what it prints, and the ending
 * behind it that the parent prints. */
static void expect_child(enum face face, const char *const how[3], const char *path,
                         const char *result, const char *ending)
{
    struct outcome outcome;
    char out[64];
    const char *argv[8] = {"probe"};
    size_t len = 1;
    for (size_t i = 0; i < 3 && how[i] != NULL; i++)
        argv[len++] = how[i];
    argv[len++] = "read";
    argv[len++] = path;
    live_run(&outcome, face, LIST(POLICY), argv);
    snprintf(out, sizeof out, "%s%s", result, ending);
    live_expect(&outcome, 0, out, "");
}

/* The chain is longer than the 16 layers that Landlock can stack: there is only ever one. */
static void test_children_are_confined(void **state)
{
    static const struct {
        const char *how[3], *ending;
    } rows[] = {
        {{"fork", "&/probe"}, "OK\n"},
        {{"vfork", "&/probe"}, "OK\n"},
        {{"spawn", "&/probe"}, "OK\n"},
        {{"exec", "&/probe"}, ""},
        {{"thread"}, ""},
        {{"thread", "fork", "&/probe"}, "OK\n"},
        {{"chain", "20", "&/probe"}, ""},
        {{"exec", "&/probe-static"}, ""},
        {{"fork", "&/probe-static"}, "OK\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        expect_child(BARE, rows[i].how, "%/out/file", "OK\n", rows[i].ending);
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            expect_child(face, rows[i].how, "%/in/file", "OK\n", rows[i].ending);
            expect_child(face, rows[i].how, "%/out/file", "EACCES\n", rows[i].ending);
        }
    }
}

static void test_children_do_not_load_the_shim(void **state)
{
    struct outcome outcome;
    const char *const kinds[] = {"fork", "vfork", "spawn"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        live_run(&outcome, PRELOAD, LIST(POLICY),
                 LIST("probe", kinds[i], "/bin/grep", "-c", "libsandlock_shim", "/proc/self/maps"));
        live_expect(&outcome, 0, "0\nOK\n", "");
    }
    live_run(&outcome, PRELOAD, LIST(POLICY),
             LIST("/bin/grep", "-q", "libsandlock_shim", "/proc/self/maps"));
    live_expect(&outcome, 0, "", "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_first_of_all_constructors), TEST(test_before_other_preloads),
        TEST(test_thread_of_a_constructor),   TEST(test_thread_before_the_shim_is_refused),
        TEST(test_children_are_confined),     TEST(test_children_do_not_load_the_shim),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
