/* SPDX-License-Identifier: Apache-2.0 */
/* Inherited descriptors, live: which are closed, and which are kept. */
#include "live.h"

#include <sys/resource.h>
#include <unistd.h>

#define READ  "SANDLOCK_FS_READABLE=@system:&"
#define CLOSE "SANDLOCK_CLOSE_FDS=1"
#define KEEP  "SANDLOCK_KEEP_FDS="

/* Runs the probe with the descriptors of open inherited beside 0 to 2, and expects it to see those
 * of expected. */
static void try(enum face face, const char *const env[], const char *open, const char *expected)
{
    static const char *const bare[] = {NULL};
    struct outcome outcome;
    char preload[256], line[512];
    const char *argv[8] = {"inherit", open};
    size_t len = 2;
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", live_file("libsandlock_shim.so"));
    snprintf(line, sizeof line, "%s\nOK\n", expected);
    if (face == PRELOAD)
        argv[len++] = "/usr/bin/env", argv[len++] = preload;
    if (face == PROGRAM)
        argv[len++] = "&/libsandlock_shim.so";
    argv[len++] = "&/probe";
    argv[len] = "fds";
    /* It is inherit that live_run runs, which hands on what it gets. */
    live_run(&outcome, BARE, face == BARE ? bare : env, argv);
    if (strcmp(outcome.out, line) != 0)
        for (; face != BARE && *env != NULL; env++)
            print_error("%s\n", *env);
    live_expect(&outcome, 0, line, "");
}

/* The same by both faces. */
static void both_try(const char *const env[], const char *open, const char *expected)
{
    for (enum face face = PRELOAD; face <= PROGRAM; face++)
        try(face, env, open, expected);
}

#define SOME "3,4,5,7,8,9,10,63,64,255,1000"
#define SEEN "0 1 2 3 4 5 7 8 9 10 63 64 255 1000"

static void test_all_stay_unless_asked(void **state)
{
    (void)state;
    try(BARE, NULL, SOME, SEEN);
    both_try(LIST(READ), SOME, SEEN);
    both_try(LIST(READ, "SANDLOCK_CLOSE_FDS=0"), SOME, SEEN);
    both_try(LIST(READ, "SANDLOCK_CLOSE_FDS="), SOME, SEEN);
}

static void test_all_but_the_standard_ones_are_closed(void **state)
{
    (void)state;
    both_try(LIST(READ, CLOSE), SOME, "0 1 2");
    both_try(LIST(READ, "SANDLOCK_CLOSE_FDS=Yes"), SOME, "0 1 2");
    both_try(LIST(READ, CLOSE), "3", "0 1 2");
}

/* Above what the soft limit of an ordinary process lets it have. */
static void test_high_numbers(void **state)
{
    struct rlimit limit;
    char open[64], seen[64];
    (void)state;
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < 4096) {
        live_skip("a hard limit of 4096 descriptors");
        return;
    }
    int last = limit.rlim_max > 65536 ? 65535 : (int)limit.rlim_max - 1;
    snprintf(open, sizeof open, "1023,1024,1025,4000,%d", last);
    snprintf(seen, sizeof seen, "0 1 2 1023 1024 1025 4000 %d", last);
    try(BARE, NULL, open, seen);
    both_try(LIST(READ), open, seen);
    both_try(LIST(READ, CLOSE), open, "0 1 2");
    both_try(LIST(READ, CLOSE, KEEP "1024,4000"), open, "0 1 2 1024 4000");
    snprintf(seen, sizeof seen, "0 1 2 4000 %d", last);
    both_try(LIST(READ, CLOSE, KEEP "1026-2147483647"), open, seen);
}

static void test_some_are_kept(void **state)
{
    static const struct {
        const char *keep, *seen;
    } rows[] = {
        {"3", "0 1 2 3"},
        {"1000", "0 1 2 1000"},
        {"7-9", "0 1 2 7 8 9"},
        {"3,7-9", "0 1 2 3 7 8 9"},
        {"7-9,3", "0 1 2 3 7 8 9"},
        {"9 8 7", "0 1 2 7 8 9"},
        {"7-9,8", "0 1 2 7 8 9"},
        {"8,7-9", "0 1 2 7 8 9"},
        {"4-8,7-10", "0 1 2 4 5 7 8 9 10"},
        {"7-10,4-8", "0 1 2 4 5 7 8 9 10"},
        {"3-1000,5-7,64", SEEN},
        {"4,5", "0 1 2 4 5"},
        {"4-5,6-7", "0 1 2 4 5 7"},
        {"0-2", "0 1 2"},
        {"1", "0 1 2"},
        {"0-5", "0 1 2 3 4 5"},
        {"6", "0 1 2"},
        {"11-62", "0 1 2"},
        {"63-64", "0 1 2 63 64"},
        {"64-255", "0 1 2 64 255"},
        {"0-2147483647", SEEN},
        {"2147483647", "0 1 2"},
        {"10-2147483647,3", "0 1 2 3 10 63 64 255 1000"},
        {" 3,,\t7-8\n", "0 1 2 3 7 8"},
        {"3 3 3", "0 1 2 3"},
        {",", "0 1 2"},
    };
    char setting[64];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(setting, sizeof setting, KEEP "%s", rows[i].keep);
        both_try(LIST(READ, CLOSE, setting), SOME, rows[i].seen);
    }
    try(BARE, NULL, SOME, SEEN);
}

/* More of them than the list is walked for at once (FD_RANGES), from the highest down. */
static void test_many_are_kept(void **state)
{
    char even[4000] = KEEP, odd[4000] = KEEP;
    (void)state;
    for (int fd = 1500; fd > 0; fd -= 2) {
        snprintf(even + strlen(even), sizeof even - strlen(even), "%d,", fd);
        snprintf(odd + strlen(odd), sizeof odd - strlen(odd), "%d,", fd - 1);
    }
    both_try(LIST(READ, CLOSE, even), SOME, "0 1 2 4 8 10 64 1000");
    both_try(LIST(READ, CLOSE, odd), SOME, "0 1 2 3 5 7 9 63 255");
    try(BARE, NULL, SOME, SEEN);
}

/* Descriptors that a manager hands to this process (sd_listen_fds(3)) are kept, those that it has
 * handed to another are not. "self" becomes the number of the process, which executing keeps. */
static void test_socket_activation(void **state)
{
    static const struct {
        const char *pid, *fds, *keep, *seen;
    } rows[] = {
        {"LISTEN_PID=self", "LISTEN_FDS=2", "", "0 1 2 3 4"},
        {"LISTEN_PID=self", "LISTEN_FDS=1", "", "0 1 2 3"},
        {"LISTEN_PID=self", "LISTEN_FDS=0", "", "0 1 2"},
        {"LISTEN_PID=self", "LISTEN_FDS=2", "4-5,9", "0 1 2 3 4 5 9"},
        {"LISTEN_PID=self", "LISTEN_FDS=2", "3", "0 1 2 3 4"},
        {"LISTEN_PID=self", "LISTEN_FDS=5", "", "0 1 2 3 4 5 7"},
        {"LISTEN_PID=self", "LISTEN_FDS=2147483647", "", SEEN},
        {"LISTEN_PID=1", "LISTEN_FDS=2", "", "0 1 2"},
        {"LISTEN_PID=1", "LISTEN_FDS=2", "9", "0 1 2 9"},
        {"LISTEN_PID=", "LISTEN_FDS=2", "", "0 1 2"},
        {"LISTEN_PID=0", "LISTEN_FDS=2", "", "0 1 2"},
        {"LISTEN_PID=-1", "LISTEN_FDS=2", "", "0 1 2"},
        {"LISTEN_PID=self", "LISTEN_FDS=", "", "0 1 2"},
        {"LISTEN_PID=self", "LISTEN_FDS=-1", "", "0 1 2"},
        {"LISTEN_PID=self", "LISTEN_FDS=2x", "", "0 1 2"},
        {"LISTEN_PID=self", "LISTEN_FDS=4294967297", "", "0 1 2"},
        {"LISTEN_PID=self", "XLISTEN_FDS=2", "", "0 1 2"},
    };
    char setting[64];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(setting, sizeof setting, KEEP "%s", rows[i].keep);
        both_try(LIST(READ, CLOSE, setting, rows[i].pid, rows[i].fds), SOME, rows[i].seen);
    }
    /* Without CLOSE_FDS they say nothing. */
    both_try(LIST(READ, "LISTEN_PID=1", "LISTEN_FDS=2"), SOME, SEEN);
}

/* A process that another has started has another number, and inherits what is left. */
static void test_socket_activation_of_a_parent(void **state)
{
    struct outcome outcome;
    static const char script[] = "LD_PRELOAD=&/libsandlock_shim.so &/probe fds; exit $?";
    (void)state;
    live_run(&outcome, BARE, LIST(READ, CLOSE, "LISTEN_PID=self", "LISTEN_FDS=2"),
             LIST("inherit", "3,4", "/bin/sh", "-c", script));
    live_expect(&outcome, 0, "0 1 2\nOK\n", "");
    live_run(&outcome, BARE, LIST("A=1"),
             LIST("inherit", "3,4", "/bin/sh", "-c", "&/probe fds; exit"));
    live_expect(&outcome, 0, "0 1 2 3 4\nOK\n", "");
}

/* One that was closed cannot be used, one that was kept can, within what it was opened for. */
static void test_what_is_kept_is_usable(void **state)
{
    struct outcome outcome;
    static const char script[] = /* with "\\046" for the ampersand, which live_run expands */
        "exec 3<%/in/file 4<%/out/file; amp=$(printf '\\046'); export amp; "
        "exec env LD_PRELOAD=&/libsandlock_shim.so /bin/sh -c '"
        "eval \"read x <${amp}4\"; echo $x; eval \"read y <${amp}3\"; echo $y'";
    (void)state;
    live_run(&outcome, BARE, LIST(READ, CLOSE, KEEP "4"), LIST("/bin/sh", "-c", script));
    live_expect(&outcome, 0, "text\n\n", NULL);
    assert_non_null(strstr(outcome.err, "Bad file descriptor"));
    live_run(&outcome, BARE, LIST(READ), LIST("/bin/sh", "-c", script));
    live_expect(&outcome, 0, "text\ntext\n", "");
}

static void test_wrong_values(void **state)
{
    static const struct {
        const char *close, *keep, *line;
    } rows[] = {
        {"", "3", "SANDLOCK_KEEP_FDS: all are kept where SANDLOCK_CLOSE_FDS=1 is not set"},
        {"0", "3", "SANDLOCK_KEEP_FDS: all are kept where SANDLOCK_CLOSE_FDS=1 is not set"},
        {"2", "", "SANDLOCK_CLOSE_FDS: \"2\": neither 1 true yes on nor 0 false no off"},
#define NUMBER "neither a descriptor such as 3 nor a range such as 7-9"
        {"1", "x", "SANDLOCK_KEEP_FDS: \"x\": " NUMBER},
        {"1", "3,-1", "SANDLOCK_KEEP_FDS: \"-1\": " NUMBER},
        {"1", "3-", "SANDLOCK_KEEP_FDS: \"3-\": " NUMBER},
        {"1", "3:4", "SANDLOCK_KEEP_FDS: \"3:4\": " NUMBER},
        {"1", "9-7", "SANDLOCK_KEEP_FDS: \"9-7\": the range is written backwards"},
        {"1", "2147483648", "SANDLOCK_KEEP_FDS: \"2147483648\": no descriptor is as high as that"},
        {"1", "3 4294967299",
         "SANDLOCK_KEEP_FDS: \"4294967299\": no descriptor is as high as that"},
    };
    struct outcome outcome;
    char close_fds[64], keep[64], line[256];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            snprintf(close_fds, sizeof close_fds, "SANDLOCK_CLOSE_FDS=%s", rows[i].close);
            snprintf(keep, sizeof keep, KEEP "%s", rows[i].keep);
            snprintf(line, sizeof line, "sandlock: %s\n", rows[i].line);
            live_run(&outcome, face, LIST(READ, close_fds, keep), LIST("probe", "stat", "/"));
            live_expect(&outcome, 125, "", line);
        }
    /* A knob, however many, is no policy. */
    live_run(&outcome, PRELOAD, LIST(CLOSE, KEEP "3", "SANDLOCK_NO_COREDUMP=1"),
             LIST("probe", "stat", "/"));
    live_expect(&outcome, 125, "",
                "sandlock: no policy is set, or it is consumed already; SANDLOCK_FS_READABLE=@base "
                "would be one to start with\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_all_stay_unless_asked),
        TEST(test_all_but_the_standard_ones_are_closed),
        TEST(test_high_numbers),
        TEST(test_some_are_kept),
        TEST(test_many_are_kept),
        TEST(test_socket_activation),
        TEST(test_socket_activation_of_a_parent),
        TEST(test_what_is_kept_is_usable),
        TEST(test_wrong_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
