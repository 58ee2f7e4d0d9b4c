# SPDX-License-Identifier: Apache-2.0
"""--explain=json against enforcement: agree.py SHIM FOLDER, where FOLDER has the fixtures batch and
calls, each also as a static program, and nothing. Whatever JSON says is granted works in a live run
under the same policy, and whatever it says is denied fails, in both faces. EXPLAIN_SEED,
EXPLAIN_CASES and EXPLAIN_ONLY choose the cases; those of the table come first."""

import os
import shutil
import signal
import sys

import gates
import hostile
import policies
import schema
from model import GRANTED, Model
from run import Suite, run
from single import singles_try
from tree import ODD, Ports, Tree, clean, prepare, steps_of_files, steps_of_pairs

DESCRIPTORS = [3, 4, 5, 6, 7, 9, 12, 40]  # that every run inherits
ABSTRACT = b"@sandlock explain %d" % os.getpid()
NAMES = {"rename-directory": "rename", "abstract": "connect"}  # in batch


class World:
    """What all cases share."""

    def __init__(self, suite, shim, folder):
        self.suite, self.shim, self.folder = suite, shim, folder
        self.own_network = os.environ.get("EXPLAIN_NETWORK") == "own"
        self.stderr = b""
        self.tree = Tree(suite.folder + b"/tree", folder + "/nothing")
        self.tree.listen(b"\0" + ABSTRACT[1:])
        self.ports = Ports(self.own_network)
        self.files = self.known_good(steps_of_files(self.tree))
        self.network = self.known_good(self.steps_of_ports())
        self.has_i386 = True
        self.has_i386 = self.calls(["i386:getpid"], "", []) == {"i386:getpid": "OK"}
        self.bare_calls = self.calls(gates.all_calls(), "", [])
        self.bare_core = self.batch([("core",)], "", [])[0]

    def steps_of_ports(self):
        every = self.ports.all + self.ports.low
        local = every + [0] if self.ports.own else [port for port in self.ports.all + [0]]
        steps = [(name, b"%d" % port) for port in every
                 for name in ("connect_tcp", "connect_tcp6", "connect_udp")]
        steps += [(name, b"%d" % port) for port in local for name in ("bind_tcp", "bind_udp")]
        return steps + [("signal", b"%d" % os.getpid()), ("abstract", ABSTRACT)]

    def known_good(self, steps):
        """Those that work where nobody is confined: all in the tree do; of the rest the machine may
        lack some, or this user may not."""
        came = self.batch(steps, "", [])
        good = [step for step, result in zip(steps, came)
                if result == "OK" or result in GRANTED.get(step[0], ())]
        for step in set(steps) - set(good):
            if step[-1].startswith(self.tree.root):
                self.suite.fail(f"{step} does not work unconfined: {came[steps.index(step)]}")
        return good

    def start(self, argv, face, pairs, **options):
        """Runs a fixture confined by pairs; by an empty face, unconfined."""
        pairs = [(b"PATH", self.tree.at(b"a") + b":/usr/bin:/bin")] + pairs
        fixture = self.folder + "/" + argv[0]
        words, preload = [fixture, *argv[1:]], ""
        if face == "program":
            words = [self.shim, fixture + "-static", *argv[1:]]
        elif face == "preload":
            preload = self.shim
        return self.listening(words, pairs, preload, pass_fds=DESCRIPTORS, **options)

    def listening(self, words, pairs, preload="", **options):
        """Runs words in the tree, as a manager of services does: LISTEN_PID is their own number."""
        script = 'export LISTEN_PID=$$; [ -z "$0" ] || export LD_PRELOAD="$0"; exec "$@"'
        if any(name == b"LISTEN_FDS" for name, _ in pairs):
            words = ["/bin/sh", "-c", script, preload, *words]
        elif preload:
            pairs = pairs + [(b"LD_PRELOAD", os.fsencode(preload))]
        return run(words, pairs, cwd=self.tree.root, **options)

    def batch(self, steps, face, pairs):
        """What came of each step."""
        text = b"".join(b"\0".join([os.fsencode(NAMES.get(step[0], step[0])), *step[1:], b""])
                        for step in steps)
        prepare(steps)
        done = self.start(["batch"], face, pairs, input=text)
        clean(steps)
        self.tree.accept()
        self.ports.accept()
        self.stderr = done.err
        came = done.out.decode().splitlines()
        if done.status != 0 or len(came) != len(steps):
            self.suite.fail(f"batch ended with {done.status} after {len(came)} of {len(steps)}"
                            f" steps: {done.err!r}")
            return None
        return came

    def calls(self, names, face, pairs):
        """{call: what came of it}. One that the kernel ends a process for is not made."""
        names = [name for name in names if self.has_i386 or not name.startswith("i386:")]
        done = self.start(["calls", *names], face, pairs)
        came = done.out.decode().splitlines()
        if len(came) == len(names):
            return dict(zip(names, came))
        return dict.fromkeys(names, f"killed by {done.status}")


def files_try(world, model, face, pairs, chance):
    """Files, ports, signals, abstract sockets: everything that the model knows."""
    steps = world.files + steps_of_pairs(world.tree, chance) + world.network
    process = [("no-new-privs",), ("core",), ("environment",), ("descriptors",)]
    came = world.batch(process + steps, face, pairs)
    if came is None:
        return
    process_check(world, model.found, face, pairs, came[:len(process)])
    for step, result in zip(steps, came[len(process):]):
        wrong = model.verdict(step, result)
        if wrong:
            world.suite.fail(f"{face}: {wrong}")
    world.suite.count("accesses", len(steps))
    result = dict(zip(steps, came[len(process):]))
    warnings = {row["id"] for row in model.found["warnings"]}
    inside = {"directory": ("list", world.tree.root), "dev-null": ("write", b"/dev/null")}
    for name, step in inside.items():
        if (name in warnings) != (result[step] == "EACCES"):
            world.suite.fail(f"{face}: the warning {name} is there, or is not, and {step} comes out"
                             f" as {result[step]}")


def process_check(world, found, face, pairs, came):
    """What is done to the process itself."""
    said, has = found["process"], [name for name, _ in pairs]
    kept = sum(name.startswith(b"SANDLOCK_") for name in has) if said["keep_env"] else 0
    open_fds = DESCRIPTORS
    if said["close_fds"]:
        ranges = [[int(end) for end in word.split("-")]
                  for word in said["keep_fds"].replace(",", " ").split()]
        open_fds = [fd for fd in DESCRIPTORS if fd < 3 + said["listen_fds"]
                    or any(ends[0] <= fd <= ends[-1] for ends in ranges)]
    expected = [f"{int(said['no_new_privs'])} OK",
                "1/1 OK" if said["no_coredump"] else world.bare_core,
                f"{kept} OK", "".join(f"{fd}," for fd in open_fds) + " OK"]
    for name, wanted, got in zip(("no_new_privs", "no_coredump", "keep_env", "close_fds"), expected,
                                 came):
        if wanted != got:
            world.suite.fail(f"{face}: process.{name}: {wanted} expected, got {got}")
    if bool(world.stderr) != said["verbose"]:
        world.suite.fail(f"{face}: verbose is {said['verbose']}, and stderr {world.stderr!r}")


def calls_try(world, model, face, pairs, chance):
    """Gates, and calls that are denied by name."""
    said, came = gates.answers(model.found), {}
    deadly = [call for call in said if said[call] == "killed"
              and world.bare_calls.get(call, "absent") != "absent"]
    came = world.calls([call for call in said if call not in deadly], face, pairs)
    for call in chance.sample(deadly, min(len(deadly), 8)):
        came.update(world.calls([call], face, pairs))
    for call, result in came.items():
        bare, wanted = world.bare_calls[call], said[call]
        if bare == "absent":
            continue
        world.suite.count("calls")
        if wanted == "killed":
            wanted = f"killed by {128 + signal.SIGSYS}"
        elif wanted == bare:  # closed or not, this user's is the same
            world.suite.count("calls that cannot be told apart")
        if result != (wanted or bare):
            state = "closed" if wanted else "open"
            world.suite.fail(f"{face}: \"{call}\" is {state}: {wanted or bare} expected, got"
                             f" {result}")


def program_try(world, found, program, pairs):
    """Whether a program executes, and what is said when it does not."""
    said = found["program"]
    done = world.listening([world.shim, program], pairs, pass_fds=DESCRIPTORS)
    lines = done.err.splitlines()[1 if found["process"]["verbose"] else 0:]
    said_line = lines[0] if lines and lines[0].startswith(b"sandlock: ") else None
    world.suite.count("programs")
    if not said["tried"]:
        good = True  # "cannot be tried": a call that is denied has ended the trial before
    elif said["executes"]:
        good = said_line is None and done.status not in (125, 126)
    else:
        line = schema.bytes_of(said, "message") if said["status"] < 128 else None
        good = (done.status, said_line) == (said["status"], line)  # or a signal ends it
    if not good:
        world.suite.fail(f"program is {said}, and it ends with {done.status}, {done.err!r}")


def policy_make(world, number, chance):
    """Its pairs, PROGRAM, and the face in which it is tried. As a program the fixture itself has to
    be executable."""
    if number < len(policies.TABLE):
        policy = policies.from_table(policies.TABLE[number])
    else:
        policy = policies.by_chance(chance, hostile.escaped(ODD))
    policy = {name: policies.written_out(value, world.tree, world.ports)
              for name, value in policy.items()}
    program = policy.pop(b"PROGRAM", b"true")
    face = "preload" if b"CHROOT" in policy else chance.choice(["preload", "program"])
    if face == "program":
        name = b"FS_EXECUTABLE" if policy.get(b"FS_EXECUTABLE") else b"FS_READABLE"
        beside = policy[name] + b":" if policy.get(name) else b""
        policy[name] = beside + os.fsencode(world.folder)
    prefix = {b"LISTEN_FDS": b""}
    pairs = [(prefix.get(name, b"SANDLOCK_") + name, value) for name, value in policy.items()]
    return pairs, program, face


def policy_try(world, number, chance):
    pairs, program, face = policy_make(world, number, chance)
    # as they are in world.start
    pairs = [(b"PATH", world.tree.at(b"a") + b":/usr/bin:/bin")] + pairs
    argv = [world.shim, "--explain=json", program]
    world.suite.doing(argv, pairs)
    done = world.listening(argv, pairs, pass_fds=DESCRIPTORS)
    if done.status == 125:
        world.suite.count("refused")
        real = world.listening([world.shim, program], pairs, pass_fds=DESCRIPTORS)
        if (real.status, real.err) != (125, done.err):
            world.suite.fail(f"refused by {done.err!r}, and a real start says {real.err!r}")
        return
    try:
        found = schema.read(done.out, schema.EXPLAIN)
        model = Model(found, world.tree.at(b"a/tool"))
        model.states_check()
    except schema.Wrong as wrong:
        world.suite.fail(f"status {done.status}, {done.err!r}: {wrong}")
        return
    world.suite.count("policies")
    if face == "program" and b"execve" in b" ".join(value for _, value in pairs):
        face = "preload"  # the shim itself may not execute the fixture
    files_try(world, model, face, pairs[1:], chance)
    calls_try(world, model, face, pairs[1:], chance)
    program_try(world, found, program, pairs)


def main(shim, folder):
    for fd in DESCRIPTORS:  # before any other has one of these numbers
        os.dup2(0, fd)
    suite = Suite("explain-agree", 120)
    world = World(suite, shim, folder)
    singles_try(suite, shim, folder + "/calls-static")
    for number, chance in suite.numbers(len(policies.TABLE)):
        policy_try(world, number, chance)
    shutil.rmtree(suite.folder, ignore_errors=True)
    suite.end()


if __name__ == "__main__":
    os.umask(0)
    main(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
