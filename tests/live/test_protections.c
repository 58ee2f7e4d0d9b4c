/* SPDX-License-Identifier: Apache-2.0 */
/* Each protection by itself: on unless it is switched off, and switched off alone. */
#include "live.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define FILES "SANDLOCK_FS_READABLE=@system:&:%/out:/dev/zero", "SANDLOCK_FS_WRITABLE=%/in"
/* The filter would let nobody make a socket here, and hide what Landlock says. */
#define POLICY   FILES, live_open("@unix,@tcp")

#define ABSTRACT "abstract_unix_socket_scope"

/* What is outside of the domain: this process, a free port, and a socket that listens. */
static char own_pid[16], free_port[16], socket_name[32];

/* What each protection denies. The contract does not let fs_refer be switched off. */
static const struct row {
    const char *protection, *operation, *args[2], *error;
    int abi;
} rows[] = {
    {"fs_refer", "link", {"%/out/file", "%/in/new"}, "EXDEV", 2},
    {"fs_truncate", "truncate", {"%/out/file", NULL}, "EACCES", 3},
    {"net_tcp", "tcp-bind", {free_port, NULL}, "EACCES", 4},
    {"fs_ioctl_dev", "ioctl", {"/dev/zero", NULL}, "EACCES", 5},
    {"signal_scope", "kill", {own_pid, "0"}, "EPERM", 6},
    {ABSTRACT, "unix-connect", {socket_name, NULL}, "EPERM", 6},
};

enum { ROWS = sizeof rows / sizeof *rows };

/* Writes the number of a TCP port that nobody is bound to. */
static void find_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    close(fd);
    snprintf(free_port, sizeof free_port, "%d", ntohs(address.sin_port));
}

/* Listens at a name in the abstract namespace. */
static int listen_abstract(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(socket_name, sizeof socket_name, "@sandlock-test-%d", (int)getpid());
    strcpy(address.sun_path + 1, socket_name + 1);
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(socket_name));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(fd, 128), 0);
    return fd;
}

/* Some of what is outside, anew; the scratch directory too. */
static int setup(void **state)
{
    static int listener = -1;
    if (listener < 0)
        listener = listen_abstract();
    snprintf(own_pid, sizeof own_pid, "%d", (int)getpid());
    find_port();
    return live_setup(state);
}

/* Tries what row denies under the policy and one more setting; good: it is to work. */
static void try(const struct row *row, enum face face, const char *setting, bool good)
{
    struct outcome outcome;
    char line[32];
    if (row->abi > live_abi())
        return; /* a kernel on which the shim would not start without more settings */
    live_scratch();
    snprintf(line, sizeof line, "%s\n", good ? "OK" : row->error);
    live_run(&outcome, face, LIST(POLICY, setting),
             LIST("probe", row->operation, row->args[0], row->args[1]));
    if (outcome.status != 0 || strcmp(outcome.out, line) != 0)
        print_error("%s: %s under %s\n", row->protection, row->operation, setting);
    live_expect(&outcome, 0, line, "");
}

static void test_all_are_on_by_default(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        try(&rows[i], BARE, "A=1", true);
        for (enum face face = PRELOAD; face <= PROGRAM; face++)
            try(&rows[i], face, "A=1", false);
    }
}

static void test_disabled_alone(void **state)
{
    char setting[64];
    (void)state;
    for (size_t off = 1; off < ROWS; off++) {
        snprintf(setting, sizeof setting, "SANDLOCK_DISABLE=%s", rows[off].protection);
        for (size_t i = 0; i < ROWS; i++)
            for (enum face face = PRELOAD; face <= PROGRAM; face++)
                try(&rows[i], face, setting, i == off);
    }
}

/* All but fs_refer, and never what a path list grants. */
static void test_disabled_all(void **state)
{
    static const struct row write = {"none", "write", {"%/out/file", NULL}, "EACCES", 1};
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        for (size_t i = 0; i < ROWS; i++)
            try(&rows[i], face, "SANDLOCK_DISABLE=all", i > 0);
        try(&write, face, "SANDLOCK_DISABLE=all", false);
    }
    try(&write, BARE, "A=1", true);
}

/* Spellings of names, and several at once. */
static void test_disabled_by_other_spellings(void **state)
{
    static const char *const settings[] = {"SANDLOCK_DISABLE=NET-TCP, Signal_Scope",
                                           "SANDLOCK_DISABLE=\tsignal-scope\nnet_tcp,,"};
    (void)state;
    for (size_t s = 0; s < 2; s++)
        for (size_t i = 0; i < ROWS; i++)
            try(&rows[i], PROGRAM, settings[s], i == 2 || i == 4);
}

/* What the kernel has is enforced, whether or not it may be missing. */
static void test_degraded_or_required_but_present(void **state)
{
    char setting[64];
    (void)state;
    live_needs(6);
    for (size_t i = 0; i < ROWS; i++) {
        snprintf(setting, sizeof setting, "SANDLOCK_ALLOW_DEGRADED=%s", rows[i].protection);
        try(&rows[i], PROGRAM, setting, false);
        try(&rows[i], PRELOAD, "SANDLOCK_ALLOW_DEGRADED=all", false);
        snprintf(setting, sizeof setting, "SANDLOCK_REQUIRE=%s", rows[i].protection);
        try(&rows[i], PROGRAM, setting, false);
    }
}

/* Where the gates are not opened, no socket is made, unless TCP goes unenforced by name; from ABI 9
 * on Landlock watches over UNIX sockets itself. */
static void test_filter_before_sockets(void **state)
{
    const char *tcp = "SANDLOCK_DISABLE=net_tcp", *abstract = "SANDLOCK_DISABLE=" ABSTRACT;
    bool made = !live_filter() || live_abi() >= 9;
    struct outcome outcome;
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        live_probe(face, LIST(FILES), "tcp-bind", free_port, false);
        live_probe(face, LIST(FILES, tcp), "tcp-bind", free_port, true);
        live_probe(face, LIST(FILES, abstract), "unix-connect", socket_name, made);
        live_probe(face, LIST(FILES, abstract, live_open("@unix")), "unix-connect", socket_name,
                   true);
        live_run(&outcome, face, LIST(FILES), LIST("probe", "unix-connect", socket_name));
        live_expect(&outcome, 0, made ? "EPERM\n" : "EACCES\n", "");
    }
}

/* A name beats "all". */
static void test_required_stays_where_all_is_disabled(void **state)
{
    struct outcome outcome;
    const char *const *policy = LIST(POLICY, "SANDLOCK_DISABLE=all", "SANDLOCK_REQUIRE=net_tcp");
    (void)state;
    live_needs(6);
    live_run(&outcome, PROGRAM, policy, LIST("probe", "tcp-bind", free_port));
    live_expect(&outcome, 0, "EACCES\n", "");
    live_run(&outcome, PROGRAM, policy, LIST("probe", "kill", own_pid, "0"));
    live_expect(&outcome, 0, "OK\n", "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_all_are_on_by_default),
        TEST(test_disabled_alone),
        TEST(test_disabled_all),
        TEST(test_filter_before_sockets),
        TEST(test_disabled_by_other_spellings),
        TEST(test_degraded_or_required_but_present),
        TEST(test_required_stays_where_all_is_disabled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
