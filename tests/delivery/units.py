# SPDX-License-Identifier: Apache-2.0
"""What systemd is to start, and what is to come of it: see systemd.py."""

from bundle import BARE, FACES, PRELOAD, PROGRAM, SHIM, faced

LANDLOCK = "landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp"
FORBIDDEN = ("sandlock: landlock_create_ruleset: Operation not permitted: blocked by an outer"
             " seccomp filter, as an old container profile does\n")
IGNORED = ("ERROR: ld.so: object '/usr/local/lib/mistyped.so' from LD_PRELOAD cannot be preloaded"
           " (cannot open shared object file): ignored.\n")

# Reads, writes, and says who it is and what came of it.
JOB = """
import errno, os, sys
def attempt(name, mode='r'):
    try:
        open(name, mode).close()
        return 'ok'
    except OSError as error:
        return errno.errorcode[error.errno]
print('user', 'root' if os.getuid() == 0 else 'dynamic' if os.getuid() > 61000 else 'other')
print('read', attempt('/srv/in/job.py'), attempt('/srv/other/file'))
folder = (sys.argv[1:] or ['/var/lib/report'])[0]
print('write', attempt(folder + '/new', 'w'), attempt('/srv/in/new', 'w'))
"""

# Says that it is ready, and stays unless it is told not to; or ends with 4.
NOTIFY = """
import errno, os, socket, sys, time
name = os.environ['NOTIFY_SOCKET']
try:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.sendto(b'READY=1\\nSTATUS=at work', name.replace('@', '\\0', 1))
except OSError as error:
    print(errno.errorcode[error.errno], flush=True)
    sys.exit(4)
print('ready', flush=True)
while sys.argv[1:] != ['once']:
    time.sleep(100)
"""
READY = {"ActiveState": "active", "Result": "success", "StatusText": "at work"}

JOB_COMMAND = "/usr/bin/python3 /srv/in/job.py"
POLICY = {"SANDLOCK_FS_READABLE": "@system:/srv/in:/srv/app",
          "SANDLOCK_FS_WRITABLE": "/srv/out:/dev/null"}


def unit(policy, command, *lines, face=PROGRAM):
    """A unit that runs command under policy."""
    args, env = faced(face, [command], policy)
    quoted = "".join(f'Environment="{item}"\n' for item in env)
    return "[Service]\n" + quoted + "ExecStart=" + " ".join(args) + "\n" + "\n".join(lines) + "\n"


def examples():
    """Those of shim/examples, and one of them without the shim."""
    dynamic = "user dynamic\nread ok {}\nwrite ok {}\n"
    return {
        "report": (None, {"Result": "success", "ExecMainStatus": "0"},
                   dynamic.format("EACCES", "EROFS")),
        "report-bare": (unit({}, JOB_COMMAND, "Type=oneshot", "DynamicUser=yes",
                             "StateDirectory=report", "ReadWritePaths=/srv", "[Unit]",
                             "After=report.service", face=BARE),
                        {"Result": "success"}, dynamic.format("ok", "ok")),
        "web": (None, {"ActiveState": "active", "Result": "success"}, None),
        "notify": (None, READY, "ready\n"),
    }


def filtered():
    """What the filter of systemd does not name ends the process, or fails: the shim's calls too."""
    confined = "user root\nread ok EACCES\nwrite ok EACCES\n"
    for name, lines, properties, output in (
            ("killed", ["SystemCallFilter=@system-service"],
             {"Result": "signal", "ExecMainStatus": "31"}, ""),
            ("refused", ["SystemCallFilter=@system-service", "SystemCallErrorNumber=EPERM"],
             {"Result": "exit-code", "ExecMainStatus": "125"}, FORBIDDEN),
            ("allowed", ["SystemCallFilter=@system-service " + LANDLOCK],
             {"Result": "success", "ExecMainStatus": "0"}, confined)):
        for face in (PRELOAD, PROGRAM):
            yield f"filter-{name}-{face}", (
                unit(POLICY, JOB_COMMAND + " /srv/out", "Type=oneshot", "LimitCORE=0", *lines,
                     face=face), properties, output)


def mistyped():
    """ld.so ignores what it cannot load, with a warning: --verify beforehand does not."""
    preload = "Environment=LD_PRELOAD=/usr/local/lib/mistyped.so"
    for name, lines, properties, output in (
            ("verified", [f"ExecStartPre={SHIM} --verify"],
             {"Result": "exit-code", "ActiveState": "failed"},
             "sandlock: this process is not confined, or not by this policy\n"),
            ("mistyped", [], {"Result": "success"}, "user root\nread ok ok\nwrite ok ok\n")):
        yield "preload-" + name, (
            unit({}, JOB_COMMAND + " /srv/out", "Type=oneshot", preload, *lines, face=BARE),
            properties, IGNORED + output)


def notifying():
    """Services that tell systemd that they are ready, as far as they can."""
    app = "/usr/bin/python3 /srv/app/app.py"
    granting = {**POLICY, "SANDLOCK_UNIX_CONNECT": "*"}
    for name, policy in (("any", granting), ("none", POLICY)):
        for face in FACES:
            granted = policy == granting or face == BARE
            yield f"notify-{name}-{face}", (
                unit(policy, app, "Type=notify", face=face),
                READY if granted else {"Result": "exit-code", "ExecMainStatus": "4"},
                "ready\n" if granted else "EACCES\n")
    # what else a unit runs is another domain where the shim is preloaded into it
    kill = "ExecStartPost=/bin/sh -c 'kill -CONT $MAINPID'"
    for face, properties, output in (
            (PRELOAD, {"Result": "exit-code"},
             "ready\n/bin/sh: 1: kill: Operation not permitted\n\n"),
            (PROGRAM, READY, "ready\n")):
        yield f"signal-{face}", (unit(granting, app, "Type=notify", kill, face=face), properties,
                                 output)
    yield "notify-tool", (
        unit(granting, "/bin/sh -c 'systemd-notify --ready --status=\"at work\" && exec sleep 100'",
             "Type=notify", "NotifyAccess=all"), READY, "")


def units():
    """{name: (text, or None for an example; properties; output, if that matters)}"""
    return {**examples(), **dict(filtered()), **dict(mistyped()), **dict(notifying())}
