# SPDX-License-Identifier: Apache-2.0
"""Tries the recipes of README.md, in namespaces of its own: see ../recipes.sh, which starts it.

Whatever a recipe is written in, it has to say the same; and where it says it, what it grants
works, what it does not is refused, and all of it works unconfined.
"""

import os
import subprocess
import sys
import time

import text
import world
from world import NAME

HERE = os.path.dirname(os.path.abspath(__file__))
SHIM = "/usr/local/lib/libsandlock_shim.so"
PATH = {"PATH": "/usr/sbin:/usr/bin"}
BARE, PRELOAD, PROGRAM = "bare", "preload", "program"

# Does what its arguments say, and prints for each what came of it.
PROBE = """
import errno, socket, subprocess, sys
def udp(port):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', int(port)))
deeds = {
    'read': lambda path: open(path).read(1),
    'write': lambda path: open(path, 'a').close(),
    'exec': lambda path: subprocess.run([path]),
    'connect': lambda port: socket.create_connection(('127.0.0.1', int(port))),
    'bind': lambda port: socket.create_server(('127.0.0.2', int(port))),
    'udp': udp,
    'unix': lambda path: socket.socket(socket.AF_UNIX).connect(path),
    'resolve': lambda name: socket.getaddrinfo(name, 443),
}
for deed in sys.argv[1:]:
    kind, object = deed.split(':')
    try:
        deeds[kind](object)
        print(deed, 'ok')
    except OSError as error:
        print(deed, errno.errorcode.get(error.errno, error))
"""

OUTSIDE = ["read:/srv/other/file", "write:/srv/other/new", "unix:/srv/other/socket"]
# What a deed that is not granted fails with: EACCES, but for sockets that cannot be made.
ERRORS = {"udp": "EPROTONOSUPPORT"}
# What each recipe grants, and what not.
RECIPES = {
    "files only": (
        ["read:/srv/out/tool", "write:/srv/out/new", "write:/dev/null", "exec:/usr/bin/true",
         "connect:443", "connect:8443", "bind:8080", "udp:53", f"resolve:{NAME}"],
        OUTSIDE + ["write:/etc/new"]),
    "network only": (
        ["read:/srv/other/file", "write:/srv/other/new", "exec:/srv/out/tool", "connect:443",
         "connect:8000", "connect:8010"],
        ["connect:8443", "connect:8011", "bind:8080", "udp:53"]),
    "https client": (
        ["connect:443", "connect:53", "udp:53", f"resolve:{NAME}",
         "read:/etc/ssl/certs/ca-certificates.crt"],
        OUTSIDE + ["connect:8443", "bind:8080", "write:/srv/out/new"]),
    "web server": (
        ["read:/srv/www/page", "read:/etc/nginx/nginx.conf", "write:/var/log/nginx/new", "bind:80",
         "bind:443"],
        OUTSIDE + ["write:/srv/www/page", "write:/etc/nginx/nginx.conf", "bind:8080",
                   "connect:443", "udp:53"]),
    "batch job": (
        ["read:/srv/in/file", "write:/srv/out/new", "write:/dev/null", "exec:/usr/bin/true"],
        OUTSIDE + ["write:/srv/in/file", "exec:/srv/out/tool", "connect:443", "bind:8080",
                   "udp:53"]),
    "gpu job": (
        ["write:/dev/nvidia0", "write:/dev/nvidiactl", "read:/srv/model/file",
         "write:/srv/out/new", "write:/dev/shm/new", "read:/proc/self/status"],
        OUTSIDE + ["write:/dev/nvidia1", "write:/srv/model/file", "connect:443", "udp:53"]),
}

failures = []


def check(what, got, wanted):
    """Notes a failure where got is not what is wanted."""
    if got != wanted:
        failures.append(what)
        print(f"[  FAILED  ] {what}\n    wanted: {wanted!r}\n    got:    {got!r}")


# --- Trying ---------------------------------------------------------------------------------------


def output(argv, env):
    done = subprocess.run(argv, env={**PATH, **env}, capture_output=True, text=True, check=False,
                          timeout=60, cwd="/")
    return done.stdout + done.stderr


def probe(what, title, argv, env, face):
    """Does what the recipe grants and what it does not by argv, which is to be the probe."""
    granted, denied = RECIPES[title]
    wanted = [f"{deed} ok" for deed in granted]
    wanted += [f"{deed} {'ok' if face == BARE else ERRORS.get(deed.split(':')[0], 'EACCES')}"
               for deed in denied]
    got = output(argv + granted + denied, env)
    for line, want in zip(got.splitlines(), wanted):
        check(f"{what}: {want}", line, want)
    check(f"{what}: all of it", len(got.splitlines()), len(wanted))
    if len(got.splitlines()) != len(wanted):
        print(got)


def fetch(path):
    return output(["curl", "-s", "-w", "%{http_code}", "http://127.0.0.1" + path], {})


def serve_pages(what, argv, env, face):
    """Starts argv, which is to be nginx: it serves its page, and no other file."""
    with subprocess.Popen(argv, env={**PATH, **env}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, cwd="/") as server:
        end = time.monotonic() + 10
        while server.poll() is None and time.monotonic() < end and fetch("/page")[-3:] == "000":
            try:
                server.wait(0.02)
            except subprocess.TimeoutExpired:
                pass
        check(f"{what}: page", fetch("/page"), "text\n200")
        check(f"{what}: link", fetch("/link")[-3:], "200" if face == BARE else "403")
        server.terminate()
        if server.wait(10) != 0:
            print(server.stdout.read())


def try_command(what, title, argv, env, face):
    """Runs a command of README.md by its own words."""
    if "nginx" in argv:
        serve_pages(what, argv, env, face)
    elif any(word.endswith("curl") for word in argv):
        check(f"{what}: the answer", output(argv, env), "peer\n")
    else:
        probe(what + ", its command", title, argv, env, face)


COMMANDS = {"https client": ["curl", "-fsS", f"https://{NAME}/"],
            "web server": ["nginx", "-g", "daemon off;"]}


def try_recipe(title, env):
    for face in (BARE, PRELOAD, PROGRAM):
        full = {} if face == BARE else {**env, **({"LD_PRELOAD": SHIM} if face == PRELOAD else {})}
        prefix = [SHIM] if face == PROGRAM else []
        probe(f"{title}, {face}", title, prefix + ["/usr/bin/python3", "-c", PROBE], full, face)
        if title in COMMANDS:
            try_command(f"{title}, {face}", title, prefix + COMMANDS[title], full, face)


def try_quoted(what, title, recipes, env, command):
    """The same recipe in another form: it says the same, and does so by one of the faces."""
    face = PROGRAM if command[:1] == [SHIM] else PRELOAD
    check(f"{what}: {title}", {name: value for name, value in env.items() if name != "LD_PRELOAD"},
          recipes.get(title))
    check(f"{what}: one face", ("LD_PRELOAD" in env) != (face == PROGRAM), True)
    prefix = [SHIM] if face == PROGRAM else []
    probe(f"{what}: {title}", title, prefix + ["/usr/bin/python3", "-c", PROBE], env, face)
    try_command(f"{what}: {title}", title, command, env, face)


def try_unit(title, block):
    """What systemd makes of a unit, where it is installed, is what we make of it."""
    env, complaints = text.systemd_itself(block)
    if env is not None:
        check(f"systemd itself: {title}", (env, complaints), (text.systemd(block)[0], ""))


# --- The table of quotings ------------------------------------------------------------------------


def unit_value(source):
    env, complaints = text.systemd_itself(source)
    try:
        ours = text.systemd(source)[0]
    except text.Wrong:
        check("systemd itself, of " + source, env is None or (env == {} and complaints != ""), True)
        raise
    if env is not None:
        check("systemd itself, of " + source, env, ours)
    return ours["X"]


READERS = {
    "YAML": text.yaml_load,
    "Compose": lambda source: text.compose_value(text.yaml_load(source)),
    "Kubernetes": lambda source: text.kubernetes_value(text.yaml_load(source)),
    "Dockerfile": lambda source: text.docker(source)[0]["X"],
    "systemd": lambda source: unit_value("[Service]\n" + source + "\nExecStart=/bin/true\n"),
}


def reading(reader, source):
    """What comes of source, in the words of the table."""
    try:
        value = READERS[reader]("X: " + source if reader == "YAML" else source)
    except text.Wrong:
        return "is an error"
    value = value["X"] if reader == "YAML" else value
    if isinstance(value, bool):
        return f"is the boolean {str(value).lower()}"
    return f"is `{value}`" if isinstance(value, str) else f"is the number {value}"


def try_table(readme):
    count = 0
    for wanted, reader, good, bad, outcome in text.rows(readme):
        check(f"{reader}: {good}", reading(reader, good[1:-1]), f"is `{wanted.split('`')[1]}`")
        check(f"{reader}: not {bad}", reading(reader, bad[1:-1]), outcome)
        count += 1
    check("rows of the table", count >= 10, True)


# --- All of it ------------------------------------------------------------------------------------


def main():
    with open(HERE + "/README.md", encoding="utf-8") as file:
        readme = file.read()
    world.make_files(HERE + "/libsandlock_shim.so", PROBE, SHIM)
    world.make_devices()
    listeners = world.make_network()

    recipes = text.shell("\n".join(text.blocks(readme, "sh")))
    check("the recipes", sorted(recipes), sorted(RECIPES))
    for title, env in recipes.items():
        if title in RECIPES:
            try_recipe(title, env)

    forms = []
    for kind, parse in (("dockerfile", text.docker), ("systemd", text.systemd)):
        for block in text.blocks(readme, kind):
            title = block.splitlines()[0].removeprefix("# ").split(",")[0]
            forms.append((kind, title, *parse(block)))
            if kind == "systemd":
                try_unit(title, block)
    for block in text.blocks(readme, "yaml"):
        kind = "compose" if "compose" in block.splitlines()[0] else "kubernetes"
        for name, parts in getattr(text, kind)(block).items():
            forms.append((kind, name.replace("-", " "), *parts))
    for kind, title, env, command in forms:
        try_quoted(kind, title, recipes, env, command)
    faces = sorted({(kind, "LD_PRELOAD" in env) for kind, _, env, _ in forms})
    check("each form in both faces", len(faces), 8)
    check("each recipe in some form", sorted({title for _, title, _, _ in forms}), sorted(RECIPES))
    try_table(readme)
    for listener in listeners.values():
        listener.close()
    print(f"{len(failures)} failures" if failures else "all recipes work")
    return 1 if failures else 0


try:
    sys.exit(main())
except text.Wrong as error:
    sys.exit(f"recipes: {error}")
