# SPDX-License-Identifier: Apache-2.0
"""How sandlock-trace behaves: behave.py TRACE SHIM. What each kind of denial is called and what grants
it; exit status and signals; what happens when it cannot write, cannot look, or is gone."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

from kernel import abi

PYTHON = ["/usr/bin/python3", "-I", "-S", "-c"]
BASE = {"SANDLOCK_FS_READABLE": "@base:@proc:-/usr/local"}
SECCOMP = """
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
class Program(ctypes.Structure):
    _fields_ = [("len", ctypes.c_ushort), ("at", ctypes.c_void_p)]
code = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, %s))
program = Program(1, ctypes.addressof(code))
r = libc.syscall(%d, 1, %d, ctypes.byref(program))
print(r, os.strerror(ctypes.get_errno()) if r < 0 else "")
"""
NUMBER = {"x86_64": 317, "aarch64": 277, "riscv64": 277}[os.uname().machine]
tests = []


def test(function):
    tests.append(function)
    return function


class Done:
    """How a run ended, and what was reported of it."""

    def __init__(self, status, out, err):
        self.status, self.out = status, out
        self.reports = re.findall(r"^sandlock-trace: [^\[\n]*\[\d+\]: (.*)$", err, re.M)
        self.settings = re.findall(r"^  (SANDLOCK_.*)$", err, re.M)
        self.err = err


def run(argv, policy=None, options=(), **more):
    done = subprocess.run([TRACE, *options, "--", *argv], env={"PATH": "/usr/bin:/bin", **(policy or BASE)},
                          capture_output=True, text=True, timeout=60, check=False, **more)
    return Done(done.returncode, done.stdout, done.stderr)


def python(code, policy=None, options=(), **more):
    return run([*PYTHON, code], policy, options, **more)


def equal(got, wanted):
    if got != wanted:
        raise AssertionError(f"wanted: {wanted!r}\n  got:    {got!r}")


def created(name):
    """The report of a file that may not be made."""
    return f"create {FOLDER}/{name}: denied; grant with SANDLOCK_FS_WRITABLE={FOLDER}"


def denied_and_granted(code, report, setting):
    """What is denied has a report, and with what that says the same code has none."""
    denied = python(code)
    equal(denied.reports, [report])
    equal(denied.settings, [setting])
    name, value = setting.split("=", 1)
    gap = ":" if "_FS_" in name else " "
    policy = {**BASE, name: BASE[name] + gap + value if name in BASE else value}
    equal(python(code, policy).reports, [])


@test
def files():
    path = f"{FOLDER}/secret"
    with open(path, "w", encoding="ascii") as file:
        file.write("text")
    attempt = "\ntry: {}\nexcept OSError: pass"
    denied_and_granted("import os" + attempt.format(f"os.open('{path}', 0)"),
                       f"open {path} for reading: denied; grant with SANDLOCK_FS_READABLE={path}",
                       f"SANDLOCK_FS_READABLE={path}")
    denied_and_granted("import os" + attempt.format(f"os.close(os.open('{path}', os.O_RDWR))"),
                       f"open {path} for reading and writing: denied; grant with "
                       f"SANDLOCK_FS_WRITABLE={path}", f"SANDLOCK_FS_WRITABLE={path}")
    denied_and_granted("import os" + attempt.format(f"os.listdir('{FOLDER}')"),
                       f"list {FOLDER}: denied; grant with SANDLOCK_FS_READABLE={FOLDER}",
                       f"SANDLOCK_FS_READABLE={FOLDER}")
    denied_and_granted("import os" + attempt.format(f"os.mkdir('{FOLDER}/d'); os.rmdir('{FOLDER}/d')"),
                       f"create directory {FOLDER}/d: denied; grant with "
                       f"SANDLOCK_FS_WRITABLE={FOLDER}", f"SANDLOCK_FS_WRITABLE={FOLDER}")
    denied_and_granted("import os" + attempt.format(f"os.close(os.open('/proc/thread-self/root{path}', 0))"),
                       f"open {path} for reading: denied; grant with SANDLOCK_FS_READABLE={path}",
                       f"SANDLOCK_FS_READABLE={path}")
    denied_and_granted("import os" + attempt.format("os.close(os.open('/dev/null', os.O_WRONLY))"),
                       "open /dev/null for writing: denied; grant with "
                       "SANDLOCK_FS_WRITABLE=/dev/null (@dev)", "SANDLOCK_FS_WRITABLE=/dev/null")


@test
def network():
    attempt = "import socket\ns = socket.socket()\ntry: s.{}(('127.0.0.1', {}))\nexcept OSError: pass"
    for call, variable, what in [("connect", "ALLOW", "connect to"), ("bind", "BIND", "bind to")]:
        code = attempt.format(call, 20005)
        policy = {**BASE, "SANDLOCK_NET_ALLOW": "1", "SANDLOCK_NET_BIND": "1024"}
        done = python(code, policy)
        equal(done.reports, [f"{what} TCP port 20005: denied; grant with SANDLOCK_NET_{variable}=20005"])
        six = code.replace("socket.socket()", "socket.socket(10)").replace("127.0.0.1", "::1")
        equal(python(six, policy).reports, done.reports if socket.has_ipv6 else [])
        policy[f"SANDLOCK_NET_{variable}"] += " 20005"
        equal(python(code, policy).reports + python(six, policy).reports, [])


@test
def gates():
    attempt = "import socket\ntry: socket.socket({}).close()\nexcept OSError as e: print(e.errno)"
    for what, words, gate, setting, error in [
            ("2, 1", "INET, STREAM, 0", "tcp",
             "SANDLOCK_NET_ALLOW=PORT; with SANDLOCK_NET_BIND=PORT if it is to listen", 13),
            ("2, 2", "INET, DGRAM, 0", "udp", "SANDLOCK_NET_ALLOW=udp://*", 93),
            ("38, 5", "ALG, SEQPACKET, 0", "families", "SANDLOCK_SECCOMP_ALLOW=@families", 97),
            ("2, 1, 262", "INET, STREAM, 262", "stream", "SANDLOCK_SECCOMP_ALLOW=@stream", 93)]:
        done = python(attempt.format(what))
        equal(done.reports, [f"socket({words}) by gate @{gate}: denied; grant with {setting}"])
        equal(done.out, f"{error}\n")
        if gate != "families":
            name, value = setting.partition(";")[0].replace("PORT", "443").split("=", 1)
            equal(python(attempt.format(what), {**BASE, name: value}).reports, [])


@test
def gates_that_a_grant_opens():
    """Or that the policy closes whatever else would open them."""
    attempt = "import socket\ntry: {}\nexcept OSError as e: print(e.errno)"
    unix = {**BASE, "SANDLOCK_NET_ALLOW": "443"}
    for code, policy, what, end in [
            ("socket.socket(2, 2, 1)", BASE, "socket(INET, DGRAM, 1) by gate @icmp",
             "; grant with SANDLOCK_NET_ALLOW=icmp://*"),
            ("socket.socket(2, 1).listen()", unix, "listen by gate @listen",
             "; grant with SANDLOCK_NET_BIND=PORT"),
            ("socket.socket(2, 1)", {**unix, "SANDLOCK_SECCOMP_DENY": "@tcp"},
             "socket(INET, STREAM, 0) by gate @tcp", "; SANDLOCK_SECCOMP_DENY closes it")]:
        if "@listen" in what and ABI >= 9: # open: UNIX sockets can be made
            continue
        equal(python(attempt.format(code), policy).reports, [f"{what}: denied{end}"])
    done = python(attempt.format("socket.socket(1, 1)"))
    equal(done.reports, ["socket(UNIX, STREAM, 0) by gate @unix: denied; grant with "
                         "SANDLOCK_UNIX_CONNECT=*"] if ABI < 9 else [])


@test
def what_grants_in_other_lists():
    tool, text = f"{FOLDER}/tool", f"{FOLDER}/a:b"
    shutil.copy("/bin/true", tool)
    code = f"import os\ntry: os.execv('{tool}', ['tool'])\nexcept OSError as e: print(e.errno)"
    policy = {**BASE, "SANDLOCK_FS_EXECUTABLE": "/usr:/bin:-/lib:-/lib64"}
    equal(python(code, policy).reports,
          [f"execute {tool}: denied; grant with SANDLOCK_FS_EXECUTABLE={tool}"])
    policy["SANDLOCK_FS_EXECUTABLE"] += ":" + tool
    equal(python(code, policy).reports, [])
    with open(text, "w", encoding="ascii"):
        pass
    denied_and_granted(f"try: open('{text}').close()\nexcept OSError: pass",
                       f"open {text} for reading: denied; grant with SANDLOCK_FS_READABLE="
                       + text.replace(":", "\\:"), "SANDLOCK_FS_READABLE=" + text.replace(":", "\\:"))
    done = python("try: open('/proc/self/comm', 'w')\nexcept OSError: pass")
    equal(done.reports, ["open /proc/self/comm for writing: denied; grant with "
                         "SANDLOCK_FS_WRITABLE=/proc"])


@test
def inside_of_a_chroot():
    """The entry is that of the list, which is seen from there."""
    path, policy = "/usr/share/common-licenses/BSD", {"SANDLOCK_CHROOT": "/usr"}
    policy["SANDLOCK_FS_READABLE"] = "/bin:/lib:-/lib64"
    outside = "open /etc/ld.so.cache for reading: denied; it lies outside of SANDLOCK_CHROOT"
    done = run(["/usr/bin/cat", path], policy)
    equal(done.reports, [outside, f"open {path} for reading: denied; grant with "
                                  "SANDLOCK_FS_READABLE=/share/common-licenses/BSD"])
    equal(done.status, 1)
    policy["SANDLOCK_FS_READABLE"] += ":/share/common-licenses/BSD"
    done = run(["/usr/bin/cat", path], policy)
    equal((done.status, done.reports), (0, [outside]))


@test
def names_that_are_denied():
    code = "import os\ntry: os.chmod('/', 0o755)\nexcept OSError as e: print(e.errno)"
    done = python(code, {**BASE, "SANDLOCK_SECCOMP_DENY": "chmod,fchmodat"})
    equal((len(done.reports), done.out), (1, "1\n"))
    equal(done.reports[0].split(":", 1)[1], " denied; SANDLOCK_SECCOMP_DENY names it")
    equal(python(code).reports, [])


@test
def actions():
    """kill is taken for errno, and log for itself."""
    code = "import ctypes; print(ctypes.CDLL(None).personality(0xffffffff) != -1)"
    for action, out, end in [("kill", "False\n", "denied"), ("log", "True\n", "allowed and logged")]:
        done = python(code, {**BASE, "SANDLOCK_SECCOMP_ACTION": action})
        equal((done.status, done.out), (0, out))
        equal(done.reports, [f"personality by gate @personality: {end}; grant with "
                             "SANDLOCK_SECCOMP_ALLOW=@personality"])


@test
def without_a_filter():
    done = python("import socket; socket.socket(2, 2).close(); open('/etc/shadow-none', 'w')",
                  {**BASE, "SANDLOCK_SECCOMP": "off"})
    equal([report.split(":")[0] for report in done.reports],
          ["create /etc/shadow-none"] if os.getuid() == 0 else [])


@test
def signals_out_of_the_domain():
    code = "import os\ntry: os.kill({}, 0)\nexcept OSError as e: print(e.errno)"
    done = python(code.format(os.getpid()))
    end = ": denied; grant with SANDLOCK_DISABLE=signal_scope"
    equal(done.reports, ["signal to python3" + end])
    with subprocess.Popen(["/bin/sleep", "60"], start_new_session=True) as outside:
        done = python(f"""
import os, signal
for act in (lambda: signal.pidfd_send_signal(os.pidfd_open({outside.pid}), 0),
            lambda: os.killpg({outside.pid}, 0)):
    try: act()
    except OSError as e: print(e.errno)
""")
        outside.kill()
    equal((done.reports, done.out),
          (["signal to sleep" + end, "signal to the group of sleep" + end], "1\n1\n"))
    equal(python("import os, time\np = os.fork()\nif p: os.kill(p, 9)\nelse: time.sleep(9)").reports, [])


@test
def abstract_sockets():
    name = f"\0sandlock trace {os.getpid()}"
    code = ("import socket\ns = socket.socket(1, 1)\n"
            "try: s.connect({!r})\nexcept OSError as e: print(e.errno)")
    policy = {**BASE, "SANDLOCK_SECCOMP_ALLOW": "@unix"}
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(name)
        listening.listen()
        done = python(code.format(name), policy)
        equal(done.reports, [f"connect to abstract UNIX socket @{name[1:]}: denied; grant with "
                             "SANDLOCK_DISABLE=abstract_unix_socket_scope"])
        policy["SANDLOCK_DISABLE"] = "abstract_unix_socket_scope"
        equal(python(code.format(name), policy).reports, [])
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiving:
        receiving.bind(name)
        policy.pop("SANDLOCK_DISABLE")
        for send in ("sendto(b'x', {!r})", "sendmsg([b'x'], [], 0, {!r})"):
            done = python("import socket\ntry: socket.socket(1, 2)." + send.format(name) +
                          "\nexcept OSError as e: print(e.errno)", policy)
            equal((done.reports, done.out), ([f"connect to abstract UNIX socket @{name[1:]}: denied; "
                  "grant with SANDLOCK_DISABLE=abstract_unix_socket_scope"], "1\n"))
    own = ("import socket\nl = socket.socket(1, 1)\nl.bind('\\0own')\nl.listen()\n"
           "socket.socket(1, 1).connect('\\0own')")
    equal(python(own, {**BASE, "SANDLOCK_SECCOMP_ALLOW": "@unix"}).reports, [])


@test
def each_once():
    done = python(f"for i in range(9):\n try: open('{FOLDER}/new', 'w')\n except OSError: pass")
    equal(done.reports, [created("new")])


@test
def what_permissions_forbid_is_none_of_ours():
    path = f"{FOLDER}/closed"
    with open(path, "w", encoding="ascii"):
        os.chmod(path, 0)
    code = f"import os\nos.getuid() or os.setuid(65533)\ntry: open('{path}')\nexcept OSError as e: print(e.errno)"
    done = python(code)
    equal((done.reports, done.out), ([], "13\n"))
    os.chmod(path, 0o644)
    equal(len(python(code).reports), 1)


@test
def threads_and_vfork():
    code = ("import os, threading\n"
            f"def act():\n try: open('{FOLDER}/by-thread', 'w')\n except OSError: pass\n"
            "t = threading.Thread(target=act); t.start(); t.join()\n"
            "print(os.posix_spawn('/usr/bin/true', ['true'], {}) > 0)")
    done = python(code)
    equal((done.status, done.out), (0, "True\n"))
    equal(done.reports, [created("by-thread")])


@test
def exit_status_and_signals():
    equal(python("raise SystemExit(7)").status, 7)
    equal(python("import os; os.kill(os.getpid(), 15)").status, -15)
    equal(run(["/nonexistent/x"]).status, 127)
    child = subprocess.Popen([TRACE, "--", *PYTHON,
                              "import os, signal, time\nsignal.signal(15, lambda *_: os._exit(9))\n"
                              "print('ready', flush=True)\ntime.sleep(30)"], env=BASE,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    child.stdout.readline()
    child.send_signal(signal.SIGTERM)
    equal(child.wait(30), 9)


@test
def who_outlives_the_program_is_traced():
    done = python("import os, time\nif os.fork() == 0:\n time.sleep(0.3)\n"
                  f" try: open('{FOLDER}/later', 'w')\n except OSError: pass\n os._exit(0)\nos._exit(4)")
    equal(done.status, 4)
    equal(done.reports, [created("later")])


@test
def reports_in_a_file_and_a_full_disk():
    path = f"{FOLDER}/report"
    code = f"import sys\ntry: open('{FOLDER}/x', 'w')\nexcept OSError: sys.exit(3)"
    done = python(code, options=["-o", path])
    equal((done.status, done.err), (3, ""))
    with open(path, encoding="utf-8") as file:
        equal(file.read().count(created("x")), 1)
    done = python(code, options=["-o", "/dev/full"])
    equal((done.status, done.err), (3, "sandlock-trace: /dev/full: No space left on device; what "
                                       "follows is not in it\n"))
    equal(python(code, options=["-o", "/nonexistent/x"]).err,
          "sandlock-trace: /nonexistent/x: No such file or directory\n")


@test
def a_listener_of_its_own_is_refused():
    """Or it would answer for the gates."""
    equal(python(SECCOMP % ("0x7fff0000", NUMBER, 8)).out, "-1 Device or resource busy\n")
    equal(python(SECCOMP % ("0x7fff0000", NUMBER, 0)).out, "0 \n")


@test
def gates_stay_closed_when_the_tracer_is_gone():
    """And nobody takes its place."""
    code = f"""
import ctypes, os, time
libc = ctypes.CDLL(None, use_errno=True)
if os.fork() == 0:
    parent = os.getppid() # before the other end may end it
    print("ready", flush=True)
    while os.getppid() == parent: # which is ended with the tracer
        time.sleep(0.01)
    time.sleep(0.2)
    print(libc.personality(0xffffffff), ctypes.get_errno(), flush=True)
    print(libc.syscall({NUMBER}, 1, 8, None), ctypes.get_errno(), flush=True)
    os._exit(0)
time.sleep(30)
"""
    child = subprocess.Popen([TRACE, "--", *PYTHON, code], env=BASE, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True)
    equal(child.stdout.readline(), "ready\n")
    child.kill()
    child.wait()
    equal(child.stdout.readline(), "-1 38\n")
    equal(child.stdout.readline(), "-1 16\n")


@test
def what_cannot_be_looked_into():
    """Root can; somebody else is told."""
    done = python(f"import ctypes\nctypes.CDLL(None).prctl(4, 0)\ntry: open('{FOLDER}/x', 'w')\n"
                  "except OSError: pass")
    said = "cannot be looked into: what it is denied of files is not reported"
    equal(done.reports, [said] if os.getuid() else [created("x")])


@test
def command_line():
    for argv, start in [([], "no program to run"), (["-x"], "-x: unknown option; see --help"),
                        (["-o"], "-o takes a file")]:
        done = subprocess.run([TRACE, *argv], env=BASE, capture_output=True, text=True, check=False)
        equal((done.returncode, done.stderr[:len(start) + 16]), (125, "sandlock-trace: " + start))
    for option, start in [("--help", "Usage: sandlock-trace"), ("--version", "sandlock-trace ")]:
        done = subprocess.run([TRACE, option], capture_output=True, text=True, check=False)
        equal((done.returncode, done.stdout[:len(start)], done.stderr), (0, start, ""))
    done = run(["true"], {"SANDLOCK_FS_READABEL": "/"})
    equal((done.status, done.err.split("?")[0]), (125, "sandlock: SANDLOCK_FS_READABEL: unknown "
                                                       "variable: did you mean SANDLOCK_FS_READABLE"))


def main():
    failed = 0
    for each in tests:
        try:
            each()
            print(f"ok: {each.__name__}")
        except (AssertionError, subprocess.TimeoutExpired) as error:
            failed += 1
            print(f"FAILED: {each.__name__}\n  {error}")
    print(f"uid {os.getuid()}: {len(tests) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    TRACE, shim = sys.argv[1:]
    ABI = abi(shim)
    FOLDER = os.path.realpath(tempfile.mkdtemp())
    os.chmod(FOLDER, 0o755)
    try:
        sys.exit(main())
    finally:
        shutil.rmtree(FOLDER)
