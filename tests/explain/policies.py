# SPDX-License-Identifier: Apache-2.0
"""Policies for agree.py: a table that has every variable in it, and policies by chance. In a value
'%' stands for the tree, 'P0' to 'P9' for the first of the ports."""

import re

# Each is a list of VARIABLE=VALUE, without their prefix. PROGRAM, if there is one, is what is asked
# about and executed.
TABLE = [line for line in r"""
FS_READABLE=%
FS_READABLE=/
FS_READABLE=%/a PROGRAM=%/a/tool
FS_READABLE=%/a/file:%/a/sub/deep PROGRAM=%/a/tool
FS_READABLE=%/b PROGRAM=%/b/script
FS_READABLE=%/b:%/a/tool PROGRAM=%/b/script
FS_READABLE=%/b:%/a PROGRAM=%/b/lost
FS_READABLE=%:/usr:/lib:-/lib64 PROGRAM=%/b/plain
FS_READABLE=% PROGRAM=%/b/plain
FS_READABLE=% PROGRAM=%/b/empty
FS_READABLE=% PROGRAM=%/b/broken
FS_READABLE=% PROGRAM=%/b/mode
FS_READABLE=% PROGRAM=%/b/unreadable
FS_READABLE=% PROGRAM=%/b/missing
FS_READABLE=% PROGRAM=%/empty
FS_READABLE=% PROGRAM=./a/tool
FS_READABLE=% PROGRAM=tool
FS_READABLE=% PROGRAM=no-such-program
FS_READABLE=@system PROGRAM=true
FS_READABLE=@base:% FS_EXECUTABLE=@none PROGRAM=true
FS_READABLE=@base:% FS_EXECUTABLE=%/a PROGRAM=%/b/tool
FS_READABLE=@base:% FS_EXECUTABLE=%/a:%/b PROGRAM=%/b/script
FS_READABLE=./a:./b/../empty:-./none
FS_READABLE=%/b/link:%/b/way
FS_READABLE=%/b/hard
FS_READABLE=%/a/pipe:%/b/socket:/dev/zero
FS_WRITABLE=%
FS_WRITABLE=/
FS_WRITABLE=%/a
FS_WRITABLE=%/a:%/b
FS_WRITABLE=%/a/file:%/b/hard:%/a/pipe:%/b/socket
FS_WRITABLE=%/a/sub FS_READABLE=%/a
FS_WRITABLE=%/a FS_READABLE=%/b
FS_WRITABLE=%/a:%/b FS_READABLE=%/b/tool:%/a/sub/deep
FS_WRITABLE=%/a FS_EXECUTABLE=%/a PROGRAM=%/a/tool
FS_WRITABLE=%/a FS_EXECUTABLE=%/a/tool PROGRAM=%/b/script
FS_WRITABLE=@dev:@tmp:@shm:@tty
FS_WRITABLE=/dev FS_READABLE=@proc:@sys:@users:@locale:@dns:@tls
FS_EXECUTABLE=%/a/tool PROGRAM=%/a/tool
FS_EXECUTABLE=@none
FS_READABLE=%:-/no/such:-%/none
FS_READABLE=% CHROOT=%/jail
FS_READABLE=/ CHROOT=%/jail
FS_READABLE=/a/b:/up CHROOT=%/jail FS_WRITABLE=/a/out:/none
FS_READABLE=/a:/../.. CHROOT=./jail FS_EXECUTABLE=/a/tool
FS_READABLE=% GPU_DEVICES=all
FS_READABLE=% GPU_DEVICES=0,1
FS_READABLE=% UNIX_CONNECT=*
FS_READABLE=% UNIX_CONNECT=%/a ALLOW_DEGRADED=fs_resolve_unix
FS_READABLE=% UNIX_CONNECT=%/a/socket:%/b ALLOW_DEGRADED=fs_resolve_unix SECCOMP_DENY=@listen
FS_READABLE=% UNIX_CONNECT=@none
FS_READABLE=% UNIX_CONNECT=* DISABLE=abstract_unix_socket_scope
FS_READABLE=% DISABLE=fs_resolve_unix,abstract-unix-socket-scope
NET_ALLOW=P0
NET_ALLOW=P0,P2-P5,443 NET_BIND=P1,0
NET_ALLOW=*
NET_ALLOW=* NET_BIND=*
NET_ALLOW=tcp://*
NET_ALLOW=udp://* NET_BIND=tcp://*
NET_ALLOW=udp://P3 ALLOW_DEGRADED=net_udp
NET_ALLOW=udp://* NET_BIND=udp://P2-P4
NET_BIND=udp://P3 ALLOW_DEGRADED=all
NET_ALLOW=icmp://*
NET_BIND=1-65535
NET_BIND=0
HTTP_PORTS=80,P0 NET_ALLOW=443
HTTP_PORTS=P1-P3
NET_ALLOW=P0 SECCOMP_DENY=@tcp
NET_ALLOW=* NET_BIND=* SECCOMP_DENY=@udp,@fastopen,@icmp
NET_ALLOW=* NET_BIND=* SECCOMP_DENY=@stream
NET_ALLOW=* NET_BIND=* UNIX_CONNECT=* SECCOMP_ALLOW=@families,@netlink,@raw
NET_ALLOW=* NET_BIND=* SECCOMP_DENY=connect,bind
NET_ALLOW=P0 SECCOMP_DENY=socket,listen,clone3
DISABLE=net_tcp
DISABLE=net_udp
DISABLE=net_tcp,net_udp NET_ALLOW=P0
DISABLE=signal_scope
DISABLE=signal_scope SECCOMP_DENY=@prlimit
DISABLE=fs_truncate FS_READABLE=%/a
DISABLE=fs_ioctl_dev FS_READABLE=/dev
DISABLE=all FS_READABLE=%
DISABLE=all REQUIRE=signal_scope,net-tcp ALLOW_DEGRADED=net_udp FS_READABLE=%
REQUIRE=fs_refer,fs_truncate,net_tcp FS_READABLE=%
REQUIRE=net_udp,fs_resolve_unix FS_READABLE=%
SECCOMP=off FS_READABLE=%
SECCOMP=off NET_ALLOW=P0
SECCOMP=nested FS_READABLE=%
SECCOMP=nested SECCOMP_DENY=@mount,@ptrace FS_READABLE=%
SECCOMP_ALLOW=@sysv_ipc,@io_uring,@terminal,@prlimit FS_READABLE=%
SECCOMP_ALLOW=@tcp,@listen FS_READABLE=%
SECCOMP_ALLOW=@unix FS_READABLE=%
SECCOMP_ALLOW=@mount,@namespaces,@ptrace,@keyring,@hostname,@handles FS_READABLE=%
SECCOMP_ALLOW=@userfaultfd,@personality,@quota,@accounting,@obsolete,@swap FS_READABLE=%
SECCOMP_ALLOW=@reboot,@modules,@perf,@bpf,@rawio,@clock,@klog FS_READABLE=%
SECCOMP_ALLOW=@families,@netlink,@raw,@stream,@tcp,@fastopen,@udp,@icmp,@unix,@listen FS_READABLE=%
SECCOMP_DENY=getppid,ptrace,unshare,ioctl FS_READABLE=%
SECCOMP_DENY=execve FS_READABLE=% PROGRAM=%/a/tool
SECCOMP_ACTION=trap FS_READABLE=%
SECCOMP_ACTION=trap SECCOMP_DENY=getppid,@tcp FS_READABLE=% NET_ALLOW=P0
SECCOMP_ACTION=kill FS_READABLE=%
SECCOMP_ACTION=kill SECCOMP_DENY=getppid,clone3 SECCOMP_ALLOW=@mount FS_READABLE=%
SECCOMP_ACTION=kill SECCOMP_DENY=execve FS_READABLE=% PROGRAM=%/a/tool
SECCOMP_ACTION=log FS_READABLE=%
SECCOMP_ACTION=log SECCOMP_DENY=getppid,socket,execve FS_READABLE=% PROGRAM=%/a/tool
VERBOSE=1 FS_READABLE=% PROGRAM=%/b/missing
VERBOSE=yes KEEP_ENV=1 FS_READABLE=% PROGRAM=%/a/tool
KEEP_ENV=1 FS_READABLE=%
NO_COREDUMP=1 FS_READABLE=%
CLOSE_FDS=1 FS_READABLE=%
CLOSE_FDS=1 KEEP_FDS=5,7-9,3 FS_READABLE=%
CLOSE_FDS=1 LISTEN_FDS=2 FS_READABLE=%
CLOSE_FDS=1 LISTEN_FDS=1 KEEP_FDS=12,40-99 NO_COREDUMP=1 FS_READABLE=%
CLOSE_FDS=0 NO_COREDUMP=off VERBOSE=no KEEP_ENV=false FS_READABLE=%
FS_READABLE= FS_WRITABLE=% SECCOMP= VERBOSE=
""".splitlines() if line]

PROGRAMS = (b"%/a/tool %/b/tool %/b/script %/b/lost %/b/plain %/b/empty %/b/broken %/b/mode"
            b" %/b/unreadable %/b/missing %/empty ./a/tool tool true no-such-program").split()
PATHS = (b"% / %/a %/a/sub %/a/sub/deep %/b %/empty %/jail %/jail/a %/a/file %/b/hard %/b/link"
         b" %/b/way %/a/tool %/b/script %/a/pipe %/a/socket %/b/socket /dev/null /dev /tmp /usr ./a"
         b" ./b/.. -%/none /etc /proc").split()
PRESETS = b"@system @base @users @dns @tls @locale @proc @sys @none".split()
WRITABLE_PRESETS = b"@dev @tmp @tty @shm".split()
PROTECTIONS = (b"fs_truncate net_tcp fs_ioctl_dev signal_scope abstract_unix_socket_scope"
               b" fs_resolve_unix net_udp").split()
GROUPS = (b"@mount @namespaces @ptrace @keyring @hostname @handles @userfaultfd @personality @quota"
          b" @accounting @obsolete @swap @reboot @modules @perf @bpf @rawio @clock @klog @io_uring"
          b" @sysv_ipc @terminal @prlimit @families @netlink @raw @stream @tcp @fastopen @udp @icmp"
          b" @unix @listen").split()
# Those with which the fixtures end when they are killed for them are denied by errno alone.
CALLS = (b"acct add_key bpf clone3 getppid kcmp keyctl listen mount msgget personality ptrace"
         b" reboot shmget sendmmsg setns swapon unshare userfaultfd").split()
BASIC_CALLS = b"socket connect bind sendto socketpair ioctl kill".split()
OUTBOUND = b"P0 P1 P0-P4 443 1-65535 tcp://* udp://* icmp://* * tcp://P5,80".split()
LOCAL = b"0 P1 P2-P6 443,80 tcp://* * 1-65535".split()


def some(chance, choices, most, between=b","):
    return between.join(chance.choices(choices, k=chance.randrange(1, most + 1)))


def by_chance(chance, odd):
    """A policy that may well be refused, but mostly is not. odd is a directory of the tree with an
    odd name, written as an entry."""
    found, paths = {}, PATHS + [b"%/" + odd] * 3

    def maybe(one_in, variable, value):
        if chance.randrange(one_in) == 0:
            found[variable] = value()

    maybe(1 + chance.randrange(2), b"FS_READABLE", lambda: some(chance, paths + PRESETS, 3, b":"))
    maybe(2, b"FS_WRITABLE", lambda: some(chance, paths + WRITABLE_PRESETS, 3, b":"))
    maybe(4, b"FS_EXECUTABLE", lambda: some(chance, paths + PRESETS, 3, b"\n"))
    maybe(3, b"NET_ALLOW", lambda: some(chance, OUTBOUND, 3, b" "))
    maybe(3, b"NET_BIND", lambda: some(chance, LOCAL, 2, b" "))
    maybe(8, b"HTTP_PORTS", lambda: some(chance, [b"80", b"P0", b"P2-P3"], 2))
    maybe(6, b"UNIX_CONNECT", lambda: chance.choice([b"*", b"%/a", b"%/b/socket"]))
    maybe(6, b"DISABLE", lambda: some(chance, PROTECTIONS, 3))
    maybe(16, b"REQUIRE", lambda: some(chance, PROTECTIONS[:5], 2))
    maybe(24, b"CHROOT", lambda: chance.choice([b"%/jail", b"/", b"./a"]))
    maybe(24, b"GPU_DEVICES", lambda: chance.choice([b"all", b"0"]))
    maybe(8, b"SECCOMP", lambda: chance.choice([b"nested", b"nested", b"off"]))
    maybe(5, b"SECCOMP_ALLOW", lambda: some(chance, GROUPS, 4))
    maybe(5, b"SECCOMP_DENY", lambda: some(chance, CALLS + GROUPS, 4))
    maybe(6, b"SECCOMP_ACTION", lambda: chance.choice([b"kill", b"trap", b"trap", b"log"]))
    if found.get(b"SECCOMP_ACTION", b"log") == b"log":
        maybe(8, b"SECCOMP_DENY", lambda: some(chance, BASIC_CALLS, 2))
    for knob in (b"VERBOSE", b"NO_COREDUMP", b"KEEP_ENV"):
        maybe(8, knob, lambda: chance.choice([b"1", b"on", b"0"]))
    maybe(8, b"CLOSE_FDS", lambda: b"1")
    if b"CLOSE_FDS" in found:
        maybe(2, b"KEEP_FDS", lambda: some(chance, [b"5", b"3-4", b"9-50", b"12"], 2))
        maybe(3, b"LISTEN_FDS", lambda: chance.choice([b"1", b"3"]))
    if chance.randrange(8):
        found[b"ALLOW_DEGRADED"] = b"net_udp,fs_resolve_unix"
        if re.search(rb"net_udp|fs_resolve_unix", found.get(b"DISABLE", b"")):
            del found[b"ALLOW_DEGRADED"]  # a name cannot stand in two lists
    found[b"PROGRAM"] = chance.choice(PROGRAMS)
    return found


def from_table(line):
    return dict(word.encode().split(b"=", 1) for word in line.split(" "))


def written_out(value, tree, ports):
    """A value with the tree and the ports in it."""
    value = re.sub(rb"P(\d)", lambda match: b"%d" % ports.all[int(match[1])], value)
    return value.replace(b"%", tree.root)
