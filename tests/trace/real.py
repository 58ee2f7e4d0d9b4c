# SPDX-License-Identifier: Apache-2.0
"""sandlock-trace on real programs: real.py TRACE SHIM README.

Under its policy, that of README.md, each program does its job, and nothing is reported. Without any
one entry of the policy that very entry, or what lies beneath it, is reported, and nothing else; and with
the settings that are reported added, the job is done again, and nothing is reported any more."""

import glob
import http.server
import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

from kernel import abi
from programs import PROGRAMS

SECONDS = 60  # for anything, on a busy machine
ROUNDS = 40  # of adding settings: one file of a program may be what opens the next
SECTION = "### Without a report"
# What stands for others of its kind: the version of java, and the gate by which UNIX sockets are asked
# for where Landlock cannot tell them apart.
JAVA = "/etc/java-17-openjdk"
UNIX = ("SANDLOCK_SECCOMP_ALLOW", "@unix")


def policies(text):
    """Those of README.md, by the names of the programs: pairs of a variable and an entry."""
    block = re.search(SECTION + r"\n.*?```sh\n(.*?)```", text, re.S)[1]
    found = {}
    for recipe in block.strip().split("\n\n"):
        comment, settings = recipe.split("\n", 1)
        name = re.match(r"# ([^,(]*\w)", comment)[1]
        settings = re.sub(r"^#.*\n", "", settings)
        found[name] = [(variable, entry) for variable, _, value in
                       (setting.partition("=") for setting in shlex.split(settings))
                       for entry in value.split(gap(variable))]
    return found


def presets(text):
    """The paths of each preset, as --help of the shim lists them."""
    block = re.search(r"^Presets[^\n]*\n(.*?)\n\n", text, re.S | re.M)[1]
    found, name = {}, None
    for line in block.splitlines():
        words = line.split()
        if words[0].startswith("@"):
            name = words.pop(0)
        found.setdefault(name, []).extend(word for word in words if word.startswith("/"))
    return found


class Answer(http.server.BaseHTTPRequestHandler):
    """What a peer says to everybody."""

    def do_GET(self):  # pylint: disable=invalid-name
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"peer\n")

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


def peer(context=None):
    """The port of a server of the loopback that answers from now on."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return str(server.server_address[1])


def free_port():
    """A port that nobody listens on, below those that the kernel hands out by itself."""
    port = 12000 + os.getpid() % 16384
    while True:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return str(port)
            except OSError:
                port += 1


class World:
    """What is there outside: folders, peers, and who we are."""

    def __init__(self, folder):
        self.folder, self.case = folder, folder + "/case"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-keyout", folder + "/key", "-out", folder + "/cert", "-subj", "/CN=peer",
                        "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder + "/cert", folder + "/key")
        self.ports = {"$PORT": free_port(), "$PEER": peer(), "$TLS": peer(context)}

    def text(self, string):
        """A string of a program, as it is here."""
        string = string.replace("@CERT", self.folder + "/cert").replace("%", self.case)
        for name, port in self.ports.items():
            string = string.replace(name, port)
        return string

    def policy(self, program):
        """The entries that are needed here."""
        return [(variable, self.here(program, entry))
                for variable, entry in POLICIES[program.name]]

    def here(self, program, entry):
        """What an entry of README.md is here."""
        if entry == JAVA:
            return sorted(glob.glob("/etc/java-*-openjdk"))[-1]
        if entry.startswith("/srv/"):
            return self.case + entry[len("/srv"):]
        return self.text(program.ports.get(entry, entry))

    def unconfined(self, program):
        """The environment of the program, without a policy."""
        values = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
        values.update((name, self.text(value)) for name, value in program.environment.items())
        return values

    def environment(self, program, entries):
        """The same with these entries. A list without any is there all the same."""
        values = self.unconfined(program)
        for name, _ in POLICIES[program.name]:
            values[name] = gap(name)
        for name, entry in entries:
            values[name] = (values.get(name, "") + gap(name) + entry).strip(gap(name))
        return values

    def shell(self, program, text):
        """Runs what is not confined."""
        return subprocess.run(["/bin/sh", "-ec", self.text(text)], text=True, check=False,
                              env=self.unconfined(program), timeout=SECONDS,
                              capture_output=True)


def gap(name):
    """What separates the entries of a variable."""
    return ":" if "_FS_" in name or "UNIX" in name else " "


class Run:
    """What came of a program under these entries: whether it did its job, and what was reported."""

    def __init__(self, world, program, entries):
        self.world, self.program = world, program
        shutil.rmtree(world.case, ignore_errors=True)
        os.mkdir(world.case)
        os.chmod(world.case, 0o755)
        made = world.shell(program, program.prepare)
        if made.returncode != 0:
            raise RuntimeError(f"{program.name}: {made.stdout}{made.stderr}")
        self.report = world.folder + "/report"
        self.log = world.folder + "/log"
        self.out = self.run(world.environment(program, entries))
        self.done = self.out is not None and program.out in (None, self.out)
        self.lines, self.settings = [], []
        if os.path.exists(self.report):
            with open(self.report, encoding="utf-8") as file:
                self.read(file.read().splitlines())

    def run(self, environment):
        """What the program, or its client, has printed; None: it failed."""
        argv = [TRACE, "-o", self.report, "--", *map(self.world.text, self.program.argv)]
        with open(self.log, "w+", encoding="utf-8") as log:
            with subprocess.Popen(argv, env=environment, stdin=subprocess.DEVNULL, text=True,
                                  stdout=log if self.program.client else subprocess.PIPE,
                                  stderr=log, cwd="/") as traced:
                if self.program.client is None:
                    out = traced.communicate(timeout=SECONDS)[0]
                    return out if traced.returncode == 0 else None
                return self.serve(traced)

    def serve(self, traced):
        """What the client of a server has printed, which is ended then; None: one of them failed."""
        end, asked = time.monotonic() + SECONDS, None
        while traced.poll() is None and time.monotonic() < end:
            if self.world.shell(self.program, self.program.ready).returncode == 0:
                asked = self.world.shell(self.program, self.program.client)
                break
            time.sleep(0.05)
        if traced.poll() is None:
            traced.send_signal(signal.SIGINT)
        traced.wait(timeout=SECONDS)
        return asked.stdout if asked is not None and asked.returncode == 0 else None

    def read(self, lines):
        """What was reported: a line for each thing, and at the end the settings for all."""
        for line in lines:
            found = re.match(r"  (SANDLOCK_\w+)=(.*)", line)
            if found:
                self.settings += [(found[1], entry) for entry in found[2].split(gap(found[1]))]
            elif "what was denied takes these" not in line:
                self.lines.append(line)

    def __str__(self):
        with open(self.log, encoding="utf-8") as log:
            text = "".join(f"\n    {line}" for line in [*self.lines, *log.read().splitlines()])
        return f"job {'done' if self.done else 'not done'}{text}"


def filled_in(setting, taken):
    """The setting, with the port that no socket has that a gate denies."""
    return taken if setting[1] == "PORT" and "_NET_" in taken[0] else setting


def is_of(setting, taken):
    """Whether a setting is the entry that was taken out, or a part of it."""
    (name, entry), (list_name, whole) = setting, taken
    if taken == UNIX:
        return name == "SANDLOCK_UNIX_CONNECT"
    if "_FS_" not in list_name:
        return setting == taken
    above = [os.path.realpath(path) for path in PRESETS.get(whole, [whole])]
    return "_FS_" in name and any(entry == path or entry.startswith(path + "/") for path in above)


def is_needed(program, taken):
    """Whether an entry is needed by who we are, and on this kernel."""
    return (os.geteuid() == 0 or taken[1] not in program.by_root) and not (taken == UNIX and ABI >= 9)


def try_whole(world, program):
    """What is wrong under the whole policy."""
    run = Run(world, program, world.policy(program))
    return [] if run.done and not run.lines else [f"{program.name}: {run}"]


def try_without(world, program, taken):
    """What is wrong when an entry is taken out."""
    entries = [entry for entry in world.policy(program) if entry != taken]
    for attempt in range(ROUNDS):
        run = Run(world, program, entries)
        if not run.lines and run.done and attempt > 0:
            print(f"  without {'='.join(taken)}: repaired in {attempt}", flush=True)
            return []
        settings = [filled_in(setting, taken) for setting in run.settings]
        others = [setting for setting in settings if not is_of(setting, taken)
                  and setting[1] not in program.follows.get(taken[1], ())]
        added = [setting for setting in settings if setting not in entries]
        if others or not added:
            break
        entries += added
    return [f"{program.name} without {'='.join(taken)}, after {attempt} times: {run}"]


def try_program(world, program):
    """What is wrong with a program."""
    mistakes = try_whole(world, program)
    for taken in filter(lambda entry: is_needed(program, entry), world.policy(program)):
        mistakes += try_without(world, program, taken)
    return mistakes


def main():
    only = os.environ.get("TRACE_ONLY")
    folder = os.path.realpath(tempfile.mkdtemp())
    os.chmod(folder, 0o755)
    failed = passed = skipped = 0
    try:
        world = World(folder)
        for program in PROGRAMS:
            if only not in (None, program.name) or (os.geteuid() == 0 and not program.as_root):
                continue
            if not os.access(program.needs, os.X_OK):
                print(f"[  SKIPPED ] this machine lacks: {program.needs}")
                skipped += 1
                continue
            start = time.monotonic()
            mistakes = try_program(world, program)
            failed, passed = failed + bool(mistakes), passed + (not mistakes)
            print(f"uid {os.getuid()}: {program.name}: {'FAILED' if mistakes else 'passed'}"
                  f" ({time.monotonic() - start:.1f} s)", flush=True)
            print("".join(f"  {mistake}\n" for mistake in mistakes), end="", flush=True)
    finally:
        shutil.rmtree(folder)
    print(f"uid {os.getuid()}: {passed} passed, {failed} failed, {skipped} skipped")
    return failed > 0 or (skipped > 0 and os.environ.get("TRACE_MUST_WORK") == "1")


if __name__ == "__main__":
    TRACE, shim, readme = sys.argv[1:]
    ABI = abi(shim)
    PRESETS = presets(subprocess.run([shim, "--help"], text=True, stdout=subprocess.PIPE, check=True,
                                     env={}).stdout)
    with open(readme, encoding="utf-8") as file:
        POLICIES = policies(file.read())
    if sorted(POLICIES) != sorted(program.name for program in PROGRAMS):
        sys.exit(f"README.md has policies of others: {sorted(POLICIES)}")
    sys.exit(main())
