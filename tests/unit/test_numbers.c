/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of the calls that gates close, against the kernel's own tables: all else that is
 * tested of the filter takes them from where the generator has them, from libseccomp. */
#include "bpf.h"
#include "model.h"
#include "unit.h"

#include <linux/audit.h>

enum { NUMBERS = 1024, PROGRAM_MAX = 4096, SOCKETCALL = 102, IPC = 117 };

/* Those on x86_64, i386, arm64 (and riscv64), arm: of each target, the pair. */
#if defined __x86_64__ || defined __i386__
#define ON(x86_64, i386, arm64, arm)                                                               \
    {                                                                                              \
        x86_64, i386                                                                               \
    }
#elif defined __aarch64__
#define ON(x86_64, i386, arm64, arm)                                                               \
    {                                                                                              \
        arm64, arm                                                                                 \
    }
#else
#define ON(x86_64, i386, arm64, arm)                                                               \
    {                                                                                              \
        arm64, -1                                                                                  \
    }
#endif

/* How gates close a call: whole, by its arguments, or by them but whole on 32-bit x86. */
enum how { WHOLE, PART, SOCKETS };

/* arch/x86/entry/syscalls/syscall_{64,32}.tbl, arch/arm/tools/syscall.tbl,
 * include/uapi/asm-generic/unistd.h. */
static const struct {
    const char *name;
    enum how how;
    int number[CALL_ARCHS]; /* -1: it is not there */
} calls[] = {
    {"mount", WHOLE, ON(165, 21, 40, 21)},
    {"umount", WHOLE, ON(-1, 22, -1, -1)},
    {"umount2", WHOLE, ON(166, 52, 39, 52)},
    {"pivot_root", WHOLE, ON(155, 217, 41, 218)},
    {"open_tree", WHOLE, ON(428, 428, 428, 428)},
    {"move_mount", WHOLE, ON(429, 429, 429, 429)},
    {"fsopen", WHOLE, ON(430, 430, 430, 430)},
    {"fsconfig", WHOLE, ON(431, 431, 431, 431)},
    {"fsmount", WHOLE, ON(432, 432, 432, 432)},
    {"fspick", WHOLE, ON(433, 433, 433, 433)},
    {"mount_setattr", WHOLE, ON(442, 442, 442, 442)},
    {"open_tree_attr", WHOLE, ON(467, 467, 467, 467)},
    {"setns", WHOLE, ON(308, 346, 268, 375)},
    {"unshare", PART, ON(272, 310, 97, 337)},
    {"clone", PART, ON(56, 120, 220, 120)},
    {"clone3", WHOLE, ON(435, 435, 435, 435)},
    {"ptrace", WHOLE, ON(101, 26, 117, 26)},
    {"process_vm_readv", WHOLE, ON(310, 347, 270, 376)},
    {"process_vm_writev", WHOLE, ON(311, 348, 271, 377)},
    {"pidfd_getfd", WHOLE, ON(438, 438, 438, 438)},
    {"kcmp", WHOLE, ON(312, 349, 272, 378)},
    {"add_key", WHOLE, ON(248, 286, 217, 309)},
    {"request_key", WHOLE, ON(249, 287, 218, 310)},
    {"keyctl", WHOLE, ON(250, 288, 219, 311)},
    {"sethostname", WHOLE, ON(170, 74, 161, 74)},
    {"setdomainname", WHOLE, ON(171, 121, 162, 121)},
    {"name_to_handle_at", WHOLE, ON(303, 341, 264, 370)},
    {"open_by_handle_at", WHOLE, ON(304, 342, 265, 371)},
    {"userfaultfd", WHOLE, ON(323, 374, 282, 388)},
    {"personality", WHOLE, ON(135, 136, 92, 136)},
    {"quotactl", WHOLE, ON(179, 131, 60, 131)},
    {"quotactl_fd", WHOLE, ON(443, 443, 443, 443)},
    {"acct", WHOLE, ON(163, 51, 89, 51)},
    {"lookup_dcookie", WHOLE, ON(212, 253, 18, 249)},
    {"nfsservctl", WHOLE, ON(180, 169, 42, 169)},
    {"uselib", WHOLE, ON(134, 86, -1, 86)},
    {"ustat", WHOLE, ON(136, 62, -1, 62)},
    {"sysfs", WHOLE, ON(139, 135, -1, 135)},
    {"swapon", WHOLE, ON(167, 87, 224, 87)},
    {"swapoff", WHOLE, ON(168, 115, 225, 115)},
    {"reboot", WHOLE, ON(169, 88, 142, 88)},
    {"kexec_load", WHOLE, ON(246, 283, 104, 347)},
    {"kexec_file_load", WHOLE, ON(320, -1, 294, 401)},
    {"init_module", WHOLE, ON(175, 128, 105, 128)},
    {"delete_module", WHOLE, ON(176, 129, 106, 129)},
    {"finit_module", WHOLE, ON(313, 350, 273, 379)},
    {"perf_event_open", WHOLE, ON(298, 336, 241, 364)},
    {"bpf", WHOLE, ON(321, 357, 280, 386)},
    {"ioperm", WHOLE, ON(173, 101, -1, -1)},
    {"iopl", WHOLE, ON(172, 110, -1, -1)},
    {"stime", WHOLE, ON(-1, 25, -1, -1)},
    {"settimeofday", WHOLE, ON(164, 79, 170, 79)},
    {"adjtimex", WHOLE, ON(159, 124, 171, 124)},
    {"clock_settime", WHOLE, ON(227, 264, 112, 262)},
    {"clock_adjtime", WHOLE, ON(305, 343, 266, 372)},
    {"clock_settime64", WHOLE, ON(-1, 404, -1, 404)},
    {"clock_adjtime64", WHOLE, ON(-1, 405, -1, 405)},
    {"syslog", WHOLE, ON(103, 103, 116, 103)},
    {"io_uring_setup", WHOLE, ON(425, 425, 425, 425)},
    {"io_uring_enter", WHOLE, ON(426, 426, 426, 426)},
    {"io_uring_register", WHOLE, ON(427, 427, 427, 427)},
    {"shmget", WHOLE, ON(29, 395, 194, 307)},
    {"shmat", WHOLE, ON(30, 397, 196, 305)},
    {"shmctl", WHOLE, ON(31, 396, 195, 308)},
    {"shmdt", WHOLE, ON(67, 398, 197, 306)},
    {"msgget", WHOLE, ON(68, 399, 186, 303)},
    {"msgsnd", WHOLE, ON(69, 400, 189, 301)},
    {"msgrcv", WHOLE, ON(70, 401, 188, 302)},
    {"msgctl", WHOLE, ON(71, 402, 187, 304)},
    {"semget", WHOLE, ON(64, 393, 190, 299)},
    {"semop", WHOLE, ON(65, -1, 193, 298)},
    {"semctl", WHOLE, ON(66, 394, 191, 300)},
    {"semtimedop", WHOLE, ON(220, -1, 192, 312)},
    {"semtimedop_time64", WHOLE, ON(-1, 420, -1, 420)},
    {"ipc", WHOLE, ON(-1, 117, -1, -1)},
    {"prctl", PART, ON(157, 172, 167, 172)},
    {"ioctl", PART, ON(16, 54, 29, 54)},
    {"prlimit64", PART, ON(302, 340, 261, 369)},
    {"socket", SOCKETS, ON(41, 359, 198, 281)},
    {"socketpair", SOCKETS, ON(53, 360, 199, 288)},
    {"listen", WHOLE, ON(50, 363, 201, 284)},
    {"sendto", SOCKETS, ON(44, 369, 206, 290)},
    {"sendmsg", SOCKETS, ON(46, 370, 211, 296)},
    {"sendmmsg", SOCKETS, ON(307, 345, 269, 374)},
    {"socketcall", WHOLE, ON(-1, 102, -1, -1)},
};

static void test_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(calls); i++)
        for (unsigned arch = 0; arch < CALL_ARCHS; arch++) {
            int number = model_numbers(calls[i].name, arch).own;
            if (number != calls[i].number[arch])
                fail_msg("%s on %x: expected %d, got %d", calls[i].name, call_arch(arch),
                         calls[i].number[arch], number);
        }
}

/* Those that the table begins and ends with, some that are the beginning of the next, one of
 * another architecture and names that are not there; and every name that there is, at its place. */
static void test_names(void **state)
{
    static const char *const some[] = {"_llseek", "accept",  "accept4", "open",
                                       "openat",  "openat2", "writev",  "s390_pci_mmio_read"};
    static const char *const none[] = {"", "_", "a", "acc", "accept44", "opena", "zzz"};
    struct call call = {0};
    char before[CALL_NAME_MAX] = "";
    (void)state;
    for (size_t i = 0; i < COUNT(some); i++)
        assert_string_equal(call_at(call_find(span_of(some[i]))).name, some[i]);
    for (size_t i = 0; i < COUNT(none); i++)
        assert_int_equal(call_find(span_of(none[i])), 0);
    for (unsigned place = 1; call_next(&call); place++) {
        assert_int_equal(call.place, place);
        assert_int_equal(call_find(span_of(call.name)), place);
        assert_true(strcmp(before, call.name) < 0);
        strcpy(before, call.name);
    }
    assert_true(call.place > COUNT(calls) && call.place < CALLS_MAX);
    assert_int_equal(call_find(span_of("writev")), call.place);
}

/* Calls that are a part of socketcall(2) or ipc(2) on 32-bit x86, and of nothing else there but
 * their own number, if they have one (linux/net.h, linux/ipc.h). */
static const struct {
    const char *name;
    int shared;
    unsigned part;
} parts[] = {
    {"socket", SOCKETCALL, 1},
    {"bind", SOCKETCALL, 2},
    {"connect", SOCKETCALL, 3},
    {"listen", SOCKETCALL, 4},
    {"accept", SOCKETCALL, 5},
    {"getsockname", SOCKETCALL, 6},
    {"getpeername", SOCKETCALL, 7},
    {"socketpair", SOCKETCALL, 8},
    {"send", SOCKETCALL, 9},
    {"recv", SOCKETCALL, 10},
    {"sendto", SOCKETCALL, 11},
    {"recvfrom", SOCKETCALL, 12},
    {"shutdown", SOCKETCALL, 13},
    {"setsockopt", SOCKETCALL, 14},
    {"getsockopt", SOCKETCALL, 15},
    {"sendmsg", SOCKETCALL, 16},
    {"recvmsg", SOCKETCALL, 17},
    {"accept4", SOCKETCALL, 18},
    {"recvmmsg", SOCKETCALL, 19},
    {"sendmmsg", SOCKETCALL, 20},
    {"semop", IPC, 1},
    {"semget", IPC, 2},
    {"semctl", IPC, 3},
    {"semtimedop", IPC, 4},
    {"msgsnd", IPC, 11},
    {"msgrcv", IPC, 12},
    {"msgget", IPC, 13},
    {"msgctl", IPC, 14},
    {"shmat", IPC, 21},
    {"shmdt", IPC, 22},
    {"shmget", IPC, 23},
    {"shmctl", IPC, 24},
};

static void test_parts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(parts) && model_is_i386(1); i++) {
        struct call_numbers numbers = model_numbers(parts[i].name, 1);
        if (numbers.shared != parts[i].shared || numbers.part != parts[i].part)
            fail_msg("%s: expected %d(%u), got %d(%u)", parts[i].name, parts[i].shared,
                     parts[i].part, numbers.shared, numbers.part);
        assert_int_equal(model_numbers(parts[i].name, 0).shared, -1);
    }
}

/* Whether the filter that closes all gates denies a number whatever its arguments are. */
static bool is_closed(unsigned arch, int nr)
{
    for (size_t i = 0; i < COUNT(calls); i++)
        if (calls[i].number[arch] == nr)
            return calls[i].how == WHOLE || (calls[i].how == SOCKETS && model_is_i386(arch));
    return false;
}

static bool is_by_arguments(unsigned arch, int nr)
{
    for (size_t i = 0; i < COUNT(calls); i++)
        if (calls[i].number[arch] == nr)
            return !is_closed(arch, nr);
    return false;
}

/* Every number there is and some more: the filter closes those of the table, and no other. */
static void test_every_number(void **state)
{
    static struct sock_filter program[PROGRAM_MAX];
    const struct mark mark = {1, 2};
    (void)state;
    filter_make(0, ACTION_KILL, &mark, program);
    bpf_check(program, filter_len());
    for (unsigned arch = 0; arch < CALL_ARCHS && call_arch(arch) != 0; arch++)
        for (int nr = 0; nr < NUMBERS; nr++) {
            struct seccomp_data call = {.nr = nr, .arch = call_arch(arch)};
            for (int bits = 0; bits < 2 && !is_by_arguments(arch, nr); bits++) {
                uint32_t got = bpf_run(program, filter_len(), &call);
                if ((got != SECCOMP_RET_ALLOW) != is_closed(arch, nr))
                    fail_msg("%d on %x: got %x", nr, call_arch(arch), got);
                memset(call.args, 0xff, sizeof call.args);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_every_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
