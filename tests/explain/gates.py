# SPDX-License-Identifier: Apache-2.0
"""The gates of the filter, and calls that are denied by name: one call of the fixture "calls" for
each, with arguments that make it fail, or do nothing, where it is open."""

import errno

NAME_OF = {**errno.errorcode, errno.EOPNOTSUPP: "EOPNOTSUPP"}  # which has two

# Calls that a gate closes whole, by name.
WHOLE = {name: f"{name} {arguments}" for name, arguments in (
    ("mount", "0 0 0 0 0"), ("umount", "0"), ("umount2", "0 0x1000"), ("pivot_root", "0 0"),
    ("fsopen", "0 -1"), ("fsmount", "-1 -1 0"), ("fsconfig", "-1 -1"), ("fspick", "-1 0 -1"),
    ("open_tree", "-1 0 -1"), ("open_tree_attr", "-1 0 -1"), ("move_mount", "-1 0 -1 0 -1"),
    ("mount_setattr", "-1 0 -1"), ("setns", "-1 0"), ("clone3", "0 0"), ("ptrace", "16 0"),
    ("process_vm_readv", "0x7fffffff 0 0 0 0 1"), ("process_vm_writev", "0x7fffffff 0 0 0 0 1"),
    ("pidfd_getfd", "-1 0 1"), ("kcmp", "0x7fffffff 0x7fffffff"), ("add_key", "0 0 0 0 0"),
    ("request_key", "0 0 0 0"), ("keyctl", "0xffff"), ("sethostname", "0 -1"),
    ("setdomainname", "0 -1"), ("open_by_handle_at", "-1 0 0"),
    ("name_to_handle_at", "-1 0 0 0 -1"), ("userfaultfd", "0x4001"), ("personality", "0xffffffff"),
    ("quotactl", "-1 0 0 0"), ("quotactl_fd", "-1 -1 0 0"), ("acct", "1"),
    ("lookup_dcookie", "0 0 0"), ("nfsservctl", "0 0 0"), ("uselib", "0"), ("ustat", "0 0"),
    ("sysfs", "9"), ("swapon", "0 -1"), ("swapoff", "0"), ("reboot", "0 0 0 0"),
    ("kexec_load", "0 17 0 -1"), ("kexec_file_load", "-1 -1 0 0 -1"), ("init_module", "0 0 0"),
    ("finit_module", "-1 0 -1"), ("delete_module", "0 0"), ("perf_event_open", "0 0 0 0 -1"),
    ("bpf", "9999 0 0"), ("ioperm", "-1 1 1"), ("iopl", "9"), ("settimeofday", "1 0"),
    ("stime", "0"), ("clock_settime", "99 0"), ("clock_settime64", "99 0"), ("adjtimex", "0"),
    ("clock_adjtime", "99 0"), ("clock_adjtime64", "99 0"), ("syslog", "99 0 0"),
    ("io_uring_setup", "0 0"), ("io_uring_enter", "-1 0 0 -1 0 0"),
    ("io_uring_register", "-1 -1 0 0"), ("shmget", "0 0 0"), ("shmat", "-1 0 0"),
    ("shmctl", "-1 9999 0"), ("shmdt", "1"), ("msgget", "0x7fff1234 0"), ("msgsnd", "-1 0 0 0"),
    ("msgrcv", "-1 0 0 0 0"), ("msgctl", "-1 9999 0"), ("semget", "0x7fff1234 -1 0"),
    ("semop", "-1 0 0"), ("semtimedop", "-1 0 0 0"), ("semtimedop_time64", "-1 0 0 0"),
    ("semctl", "-1 0 9999 0"), ("ipc", "23 0 0 0"), ("listen", "-1 1"))}

# Those that a gate closes as far as their arguments go, by the gate: its group, and words of its
# rule where there are two of the group.
PARTS = {
    ("namespaces", "unshare"): ["unshare 0x10000001", "clone 0x10000800"],
    ("terminal", ""): ["ioctl -1 0x5412 buf", "ioctl -1 0x541c buf"],
    ("prlimit", ""): ["prlimit64 0x7fffffff 4 buf 0"],
    ("families", ""): ["socket 17 3 0", "socket 2 10 0", "socketpair 17 3 0 buf"],
    ("netlink", ""): ["socket 16 3 16"],
    ("raw", ""): ["socket 2 3 1", "socket 10 3 58"],
    ("stream", "STREAM but TCP"): ["socket 2 1 262"],
    ("stream", "DGRAM but UDP"): ["socket 2 2 136"],
    ("tcp", ""): ["socket 2 1 0", "socket 10 1 6"],
    ("fastopen", ""): ["sendto -1 buf 1 0x20000000", "sendmsg -1 buf 0x20000000"],
    ("udp", ""): ["socket 2 2 0", "socket 10 2 17"],
    ("icmp", ""): ["socket 2 2 1", "socket 10 2 58"],
    ("unix", ""): ["socket 1 1 0", "socket 1 2 0", "socketpair 1 2 0 buf"],
}
# The gate without a name: calls of 32-bit x86 that hide what they are asked for.
I386 = ["i386:socketcall 99 buf", "i386:socket 2 1 0", "i386:socketpair 1 1 0 buf",
        "i386:listen -1 1", "i386:sendto -1 buf 1 0", "i386:sendmsg -1 buf 0",
        "i386:sendmmsg -1 buf 1 0"]

# What stands right beside a gate, is in none, and is denied by name alone.
BESIDE = ["getpid", "getppid", "bind -1 buf 0", "connect -1 buf 0", "prlimit64 0 7 0 buf",
          "ioctl -1 0x5401 buf", "unshare 0x200", "socketpair 1 1 0 buf", "socket 16 3 0",
          "sendto -1 buf 1 0", "sendmmsg -1 buf 1 0"]


def all_calls():
    return [*WHOLE.values(), *(call for calls in PARTS.values() for call in calls), *I386, *BESIDE]


def calls_of(row):
    """The calls that try a gate."""
    if row["group"] == "":
        return I386
    calls = [WHOLE[name] for name in row["calls"].split()]
    for (group, words), parts in PARTS.items():
        if group == row["group"] and words in row["rule"] and row["rule"]:
            calls = calls + parts
    return calls


def answers(found):
    """{call: what comes of it}, as JSON says; None: whatever the kernel says."""
    action = found["filter"]["action"]
    forbidden = {"errno": "EPERM", "trap": "SIGSYS", "kill": "killed", "log": None}[action]
    said = dict.fromkeys(all_calls())
    for row in found["gates"]:
        for call in calls_of(row):
            if not row["open"]:
                # README: SANDLOCK_SECCOMP_ACTION is what comes of a call that would fail with EPERM
                is_forbidden = row["errno"] == errno.EPERM
                said[call] = forbidden if is_forbidden else NAME_OF[row["errno"]]
    for call in said:
        name = call.split()[0].removeprefix("i386:")
        # Where the two filters differ, the one for names is asked last, and answers.
        if name in found["filter"]["denied_calls"] and forbidden is not None:
            said[call] = forbidden
    return said
