/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ways to a process outside, which runs as the same user. The twin of each attack is unconfined, or
 * has the protection disabled or the gate opened.
 */
#include "attacks.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#define NARROW LIST(BASE, "SANDLOCK_FS_WRITABLE=%/in")
#define FREE   LIST(BASE, "SANDLOCK_FS_WRITABLE=%/in", "SANDLOCK_DISABLE=signal_scope")

/* The victim: a process in a group of its own, with a file open, which counts what reaches it. */
static volatile struct {
    int ready, arrived, seen;
} * tally;
static pid_t victim;
static char memory[4096] __attribute__((aligned(4096))), pid_text[16], address_text[24],
    file_text[16];

static void count(int number)
{
    if (number == SIGUSR1)
        tally->arrived++;
    else
        tally->seen++;
}

/* Waits until the victim has counted all that was sent to it: of two signals that wait, the lower
 * one comes first, and its handler is not interrupted. */
static int arrivals(void)
{
    int before = tally->seen;
    assert_int_equal(kill(victim, SIGUSR2), 0);
    for (int ms = 0; ms < 10000 && tally->seen == before; ms++)
        usleep(1000);
    assert_int_not_equal(tally->seen, before);
    return tally->arrived;
}

static _Noreturn void victim_main(int file)
{
    struct sigaction action = {.sa_handler = count};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
    sigfillset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGUSR2, &action, NULL);
    if (setpgid(0, 0) < 0 || chdir("/etc") < 0 || dup2(file, HELD - 1) < 0)
        _exit(1);
    tally->ready = 1;
    for (;;)
        pause();
}

static int victim_start(void **state)
{
    int file = open("/etc/passwd", O_RDONLY);
    live_setup(state);
    tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(file >= 0 && tally != MAP_FAILED);
    victim = fork();
    assert_true(victim >= 0);
    if (victim == 0)
        victim_main(file);
    close(file);
    while (!tally->ready)
        usleep(1000);
    snprintf(pid_text, sizeof pid_text, "%d", victim);
    snprintf(address_text, sizeof address_text, "%p", (void *)memory);
    snprintf(file_text, sizeof file_text, "fd/%d", HELD - 1);
    return 0;
}

static int victim_end(void **state)
{
    kill(victim, SIGKILL);
    waitpid(victim, NULL, 0);
    munmap((void *)tally, sizeof *tally);
    return live_teardown(state);
}

static void test_signals(void **state)
{
    static const struct row rows[] = {
        {ATTACK("kill", pid_text), STOPPED("EPERM")},
        {ATTACK("tgkill", pid_text), STOPPED("EPERM")},
        {ATTACK("tkill", pid_text), STOPPED("EPERM")},
        {ATTACK("sigqueue", pid_text), STOPPED("EPERM")},
        {ATTACK("tgsigqueue", pid_text), STOPPED("EPERM")},
        {ATTACK("pidfd-signal", pid_text), STOPPED("EPERM")},
        {{NULL}, NULL, NULL},
    };
    (void)state;
    attacks_run(rows, NARROW, FREE);
}

/* Makes an attack that is told of no failure, and expects whether a signal has arrived. */
static void expect_arrival(enum face face, const char *const policy[], const char *const attack[],
                           bool arrives)
{
    int before = arrivals();
    attack_expect(face, policy, attack, "OK");
    if ((arrivals() != before) != arrives)
        fail_msg("face %d: %s: a signal %s", (int)face, attack[0],
                 arrives ? "has not arrived" : "has arrived");
}

static void test_signals_by_the_way(void **state)
{
    const char *const *const attacks[] = {
        LIST("kill-group", pid_text),     LIST("owner", pid_text),
        LIST("owner-ioctl", pid_text),    LIST("owner-ex", pid_text),
        LIST("owner-thread", pid_text),   LIST("owner-group", pid_text),
        LIST("owner-group-ex", pid_text), LIST("dnotify", pid_text, "%/in"),
    };
    (void)state;
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
        expect_arrival(BARE, LIST("A=1"), attacks[i], true);
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            expect_arrival(face, NARROW, attacks[i], false);
            expect_arrival(face, FREE, attacks[i], true);
        }
    }
}

/* A session with a terminal, with another victim in the background, and the attack in it. Returns
 * whether a signal has arrived; asserts nothing, for it runs in a child. */
static bool arrives_by_terminal(enum face face, const char *const policy[])
{
    struct outcome outcome;
    char pid[16], held[16];
    int master = posix_openpt(O_RDWR | O_NOCTTY), terminal;
    setsid();
    if (master < 0 || unlockpt(master) < 0 || (terminal = open(ptsname(master), O_RDWR)) < 0 ||
        dup2(terminal, HELD) < 0)
        return false;
    tally->ready = tally->seen = 0;
    pid_t other = fork();
    if (other == 0) {
        signal(SIGWINCH, count);
        victim_main(terminal);
    }
    while (other > 0 && !tally->ready)
        usleep(1000);
    snprintf(pid, sizeof pid, "%d", other);
    snprintf(held, sizeof held, "%d", HELD);
    live_run(&outcome, face, policy, LIST("attack", "terminal", pid, held));
    for (int ms = 0; ms < 5000 && tally->seen == 0; ms++)
        usleep(1000);
    kill(other, SIGKILL);
    return strcmp(outcome.out, "OK\n") == 0 && tally->seen > 0;
}

/* A terminal that is held tells its whole session of a new size, and stops who is in the
 * background: the kernel does, and asks nobody. Input it takes from nobody (test_terminal). */
static void test_limit_terminal(void **state)
{
    (void)state;
    for (enum face face = BARE; face <= PROGRAM; face++) {
        int status;
        pid_t session = fork();
        assert_true(session >= 0);
        if (session == 0)
            _exit(arrives_by_terminal(face, face == BARE ? LIST("A=1") : NARROW) ? 0 : 1);
        assert_int_equal(waitpid(session, &status, 0), session);
        assert_int_equal(status, 0);
    }
}

/* The thread that a timer signals is one of the process itself: that is the kernel's rule. */
static void test_timers(void **state)
{
    (void)state;
    attack_expect(PROGRAM, NARROW, LIST("timer", "self"), "OK");
    attack_expect(PROGRAM, NARROW, LIST("timer", pid_text), "EINVAL");
    attack_expect(BARE, NARROW, LIST("timer", pid_text), "EINVAL");
}

static void test_memory_and_descriptors(void **state)
{
    static const struct row rows[] = {
        {ATTACK("attach", pid_text), STOPPED("EPERM")},
        {ATTACK("vm-readv", pid_text, address_text), STOPPED("EPERM")},
        {ATTACK("vm-writev", pid_text, address_text), STOPPED("EPERM")},
        {ATTACK("pidfd-getfd", pid_text), STOPPED("EPERM")},
        {ATTACK("kcmp", pid_text), STOPPED("EPERM")},
        {ATTACK("robust-list", pid_text), STOPPED("EPERM")},
        {ATTACK("proc-mem", pid_text, address_text), STOPPED("EACCES")},
        {ATTACK("proc", pid_text, "root/etc/passwd"), STOPPED("EACCES")},
        {ATTACK("proc", pid_text, "cwd/passwd"), STOPPED("EACCES")},
        {ATTACK("proc", pid_text, file_text), STOPPED("EACCES")},
        /* The last one: it stays traced for as long as the attacker is there. */
        {ATTACK("seize", pid_text), STOPPED("EPERM")},
        {{NULL}, NULL, NULL},
    };
    (void)state;
    /* To all files, and to all calls: Landlock says so. */
    attacks_run(rows, LIST("SANDLOCK_FS_WRITABLE=/"), NULL);
    attacks_run(rows, LIST("SANDLOCK_FS_WRITABLE=/", live_open("@ptrace")), NULL);
}

/* Whether this kernel is of 6.14 or newer. */
static bool perfmon_reads_memory(void)
{
    struct utsname name;
    int major = 0, minor = 0;
    assert_int_equal(uname(&name), 0);
    assert_int_equal(sscanf(name.release, "%d.%d", &major, &minor), 2);
    return major > 6 || (major == 6 && minor >= 14);
}

/* What those may who may read a process's memory; and, from Linux 6.14 on, those with CAP_PERFMON,
 * where the kernel does not ask Landlock: a limit of root. */
static void test_limit_proc_for_root(void **state)
{
    const char *const *const attacks[] = {
        LIST("proc", pid_text, "environ"),
        LIST("proc", pid_text, "maps"),
        LIST("madvise", pid_text, address_text),
    };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        bool root = geteuid() == 0;
        if (i == 2 && !root)
            continue; /* which is root's in any case (process_madvise(2)) */
        attack_expect(BARE, LIST("A=1"), attacks[i], "OK");
        if (i < 2)
            attack_expect(PROGRAM, LIST("SANDLOCK_FS_READABLE=@system:&"), attacks[i], "EACCES");
        if (!root || perfmon_reads_memory())
            for (enum face face = PRELOAD; face <= PROGRAM; face++)
                attack_expect(face, NARROW, attacks[i], root ? "OK" : "EACCES");
    }
}

/* What the kernel lets nobody but root do at all. */
static void test_memory_for_root(void **state)
{
    static const struct row rows[] = {
        {ATTACK("setns", pid_text), STOPPED("EPERM")},
        {{NULL}, NULL, NULL},
    };
    (void)state;
    if (geteuid() == 0)
        attacks_run(rows, NARROW, NULL);
}

/* By its number a process can be limited, which Landlock does not see. */
static void test_limits_of_resources(void **state)
{
    static const struct row rows[] = {
        {ATTACK("prlimit", pid_text), "EPERM", "OK"},
        {{NULL}, NULL, NULL},
    };
    (void)state;
    attacks_run(rows, NARROW, FREE);
}

static void test_limit_scheduling(void **state)
{
    static const struct row rows[] = {
        {ATTACK("setpriority", pid_text), LIMIT},
        {ATTACK("sched-setscheduler", pid_text), LIMIT},
        {ATTACK("sched-setaffinity", pid_text), LIMIT},
        {ATTACK("ioprio-set", pid_text), LIMIT},
        {{NULL}, NULL, NULL},
    };
    (void)state;
    attacks_run(rows, NARROW, FREE);
}

/* What is found by a key and not by a name in the file system; and io_uring, which would open files
 * past the filter. */
static void test_what_has_no_name(void **state)
{
    char key[16];
    (void)state;
    snprintf(key, sizeof key, "%d", 0x51ab0000 + getpid() % 0x10000);
    key_t number = (key_t)atol(key);
    int memory_id = shmget(number, 4096, IPC_CREAT | 0600);
    int queue = msgget(number, IPC_CREAT | 0600), set = semget(number, 1, IPC_CREAT | 0600);
    assert_true(memory_id >= 0 && queue >= 0 && set >= 0);
    const struct row rows[] = {
        {ATTACK("shmget", key), "EPERM", "OK"}, {ATTACK("msgget", key), "EPERM", "OK"},
        {ATTACK("semget", key), "EPERM", "OK"}, {ATTACK("add-key"), "EPERM", "OK"},
        {ATTACK("io-uring"), "EPERM", "OK"},    {{NULL}, NULL, NULL},
    };
    attacks_run(rows, NARROW, LIST(BASE, live_open("@sysv_ipc,@keyring,@io_uring")));
    shmctl(memory_id, IPC_RMID, NULL), msgctl(queue, IPC_RMID, NULL), semctl(set, 0, IPC_RMID);
}

/* Another process that the same policy confines is in a domain of its own, and outside. */
static void test_two_of_the_same_policy(void **state)
{
    char pid_of_other[16], comm[32] = "", path[32];
    char policy[512], shim[512];
    (void)state;
    snprintf(policy, sizeof policy, "%s", live_expand(BASE));
    snprintf(shim, sizeof shim, "%s", live_file("libsandlock_shim.so"));
    pid_t other = fork();
    assert_true(other >= 0);
    if (other == 0) {
        char *argv[] = {shim, "sleep", "60", NULL}, *env[] = {policy, "PATH=/usr/bin:/bin", NULL};
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execve(shim, argv, env);
        _exit(1);
    }
    snprintf(pid_of_other, sizeof pid_of_other, "%d", other);
    snprintf(path, sizeof path, "/proc/%d/comm", other);
    for (int ms = 0; ms < 5000 && strcmp(comm, "sleep\n") != 0; ms++, usleep(1000)) {
        FILE *file = fopen(path, "r");
        if (file != NULL && fgets(comm, sizeof comm, file) == NULL)
            *comm = '\0';
        fclose(file);
    }
    assert_string_equal(comm, "sleep\n");
    attack_expect(BARE, NULL, LIST("kill", pid_of_other), "OK");
    attack_expect(PROGRAM, LIST(BASE), LIST("kill", pid_of_other), "EPERM");
    attack_expect(PROGRAM, LIST(BASE, live_open("@ptrace")), LIST("attach", pid_of_other), "EPERM");
    attack_expect(PROGRAM, LIST(BASE), LIST("proc", pid_of_other, "cwd/"), "EACCES");
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, victim_start, victim_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_signals),
        TEST(test_signals_by_the_way),
        TEST(test_limit_terminal),
        TEST(test_timers),
        TEST(test_memory_and_descriptors),
        TEST(test_limit_proc_for_root),
        TEST(test_memory_for_root),
        TEST(test_limits_of_resources),
        TEST(test_limit_scheduling),
        TEST(test_what_has_no_name),
        TEST(test_two_of_the_same_policy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
