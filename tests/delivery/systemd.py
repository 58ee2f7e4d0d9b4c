#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""The shim in services: systemd.py SHIM CACHE.

systemd itself, as the first process of a container, starts the units of shim/examples and others
that combine its options with the shim; sd_notify is tried against sockets of this test's own.
"""

import glob
import json
import os
import re
import select
import socket
import sys

import bundle
from bundle import BARE, FACES, PROGRAM, SHIM, check, faced, lack
from units import JOB, NOTIFY, units

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../shim/examples")
CAPS = bundle.CAPS + ["CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_NET_ADMIN", "CAP_DAC_READ_SEARCH",
                      "CAP_SYS_NICE"]

# --- Units ----------------------------------------------------------------------------------------

NGINX = """
pid /var/lib/nginx/pid;
events {}
http { server { listen 127.0.0.1:80; root /srv/www; } }
"""


def write_units(world, wanted):
    """Puts the units where systemd reads them, with what the test adds, and one that asks about all
    of them in the end and ends systemd."""
    folder = "root/etc/systemd/system/"
    for path in glob.glob(EXAMPLES + "/*.service"):
        with open(path, encoding="utf-8") as file:
            world.write(folder + os.path.basename(path), file.read(), 0o644)
    names = [name + ".service" for name in wanted]
    for name, (text, _, _) in wanted.items():
        if text is not None:
            world.write(f"{folder}{name}.service", text, 0o644)
        world.write(f"{folder}{name}.service.d/test.conf", "[Unit]\nDefaultDependencies=no\n"
                    f"[Service]\nStandardOutput=append:/srv/said/{name}\nTimeoutStartSec=20\n"
                    f"StandardError=append:/srv/said/{name}\n", 0o644)
    after = " ".join(names)
    world.write(folder + "end.service", f"[Unit]\nDefaultDependencies=no\nAfter={after}\n"
                "[Service]\nType=oneshot\nStandardOutput=append:/srv/said/end\n"
                "ExecStart=-/srv/in/fetch\nExecStart=systemctl show -p Id,ActiveState,Result,"
                f"ExecMainStatus,StatusText {after}\nExecStart=systemctl --force --force exit 7\n",
                0o644)
    world.write(folder + "test.target", f"[Unit]\nWants={after} end.service\n", 0o644)


def write_files(world):
    world.write("srv/in/job.py", JOB)
    for name in ("in", "out"):
        world.write(f"srv/{name}/new", "")
    world.write("srv/app/app.py", NOTIFY)
    world.write("srv/www/page", "served\n")
    os.symlink("/etc/debian_version", world.path("srv/www/link"))
    world.write("srv/in/fetch", """#!/usr/bin/python3
import socket
for path in '/page', '/link':
    with socket.create_connection(('127.0.0.1', 80)) as peer:
        peer.sendall(f'GET {path} HTTP/1.0\\r\\n\\r\\n'.encode())
        print('fetched', path, peer.recv(4096).split()[1].decode())
""", 0o777)
    world.write("root/etc/nginx/nginx.conf", NGINX, 0o644)
    os.makedirs(world.path("srv/said"))
    multiarch = os.path.dirname(glob.glob(world.path("root/usr/lib/*/libc.so.6"))[0])
    preloaded = world.path("root/usr/local/lib/" + os.path.basename(multiarch))
    os.makedirs(preloaded, exist_ok=True)
    os.link(world.path("root") + SHIM, preloaded + "/libsandlock_shim.so")


def systemd_config(world):
    """A container whose first process is systemd."""
    config = world.config(["/lib/systemd/systemd", "--unit=test.target"], ["container=oci"],
                          caps=CAPS, no_new_privs=False)
    config["linux"]["namespaces"].append({"type": "cgroup"})
    config["linux"].update(maskedPaths=[], readonlyPaths=[])
    config["mounts"] += [{"destination": folder, "type": "tmpfs", "source": "tmpfs",
                          "options": ["mode=755"]} for folder in ("/run", "/tmp")]
    config["mounts"] += [{"destination": "/sys", "type": "sysfs", "source": "sysfs",
                          "options": ["nosuid", "noexec", "nodev", "ro"]},
                         {"destination": "/sys/fs/cgroup", "type": "cgroup2", "source": "cgroup2",
                          "options": ["nosuid", "noexec", "nodev", "rw"]}]
    return config


def said(world, name):
    try:
        with open(world.path("srv/said/" + name), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def try_verify(world):
    """systemd-analyze has nothing to say about the examples."""
    names = sorted(os.path.basename(path) for path in glob.glob(EXAMPLES + "/*.service"))
    check("examples", len(names), 3)
    done = world.run(world.config(["systemd-analyze", "verify", "--man=no"] +
                                  ["/etc/systemd/system/" + name for name in names]))
    check("systemd-analyze verify", done, (0, "", ""))


def try_units(world, wanted):
    status, out, err = world.run(systemd_config(world))
    if status != 7:
        lack(f"systemd in a container (ended with {status}: {out}{err})")
    end = said(world, "end")
    shown = {}
    for block in end[end.find("\n" if end.startswith("fetched") else ""):].split("\n\n"):
        properties = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        shown[properties.get("Id", "").removesuffix(".service")] = properties
    for name, (_, properties, output) in wanted.items():
        got = shown.get(name, {})
        check(f"{name}.service", {key: got.get(key) for key in properties}, properties)
        if output is not None:
            check(f"{name}.service: output", said(world, name), output)
    check("web.service: page, link", re.findall(r"^fetched .*", end, re.M),
          ["fetched /page 200", "fetched /link 403"])


# --- sd_notify ------------------------------------------------------------------------------------

DISABLE = {"SANDLOCK_DISABLE": "abstract_unix_socket_scope"}
ANY = {"SANDLOCK_UNIX_CONNECT": "*"}
BY_PATH = {"SANDLOCK_UNIX_CONNECT": "/srv/notify",
           "SANDLOCK_ALLOW_DEGRADED": "fs_resolve_unix"}


def notify_rows(abi):
    """(policy, whether a socket with a path is reached, and an abstract one, and whether --explain
    warns of each)"""
    new = abi >= 9  # UNIX sockets can be made always, and are told apart by their paths
    yield {}, False, False, not new, True
    yield ANY, True, False, False, True
    yield BY_PATH, True, False, False, True
    yield DISABLE, False, new, not new, not new
    yield {**ANY, **DISABLE}, True, True, False, False


def try_notify(world):
    path, abstract = world.path("srv/notify"), f"@sandlock-{os.path.basename(world.stage)}"
    manager = {}
    for name, address in ((path, path), (abstract, "\0" + abstract[1:])):
        manager[name] = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        manager[name].bind(address)
    os.chmod(path, 0o777)
    shown = world.run(world.config([SHIM, "--check=json"]))[1]
    abi = json.loads(shown)["landlock"]["abi"]
    clients = {"python": ["/usr/bin/python3", "/srv/app/app.py", "once"],
               # without --no-block it waits for the manager to take what it has sent
               "systemd-notify": ["/usr/bin/systemd-notify", "--ready", "--no-block"]}
    for policy, *reached in notify_rows(abi):
        for name, seen, warned in ((path, reached[0], reached[2]), (abstract, reached[1],
                                                                    reached[3])):
            def run(args, env, seen_at="/srv/notify" if name == path else name):
                return world.run(world.config(args, [*env, "NOTIFY_SOCKET=" + seen_at],
                                              network=False))
            full = {"SANDLOCK_FS_READABLE": "@system:/srv/app:@proc", **policy}
            what = f"sd_notify, {policy}, {'abstract' if name == abstract else 'a path'}"
            for client, args in clients.items():
                for face in FACES:
                    status = run(*faced(face, args, full))[0]
                    sent = select.select([manager[name]], [], [], 0)[0] != []
                    text = manager[name].recv(4096).decode() if sent else ""
                    want = face == BARE or seen
                    check(f"{what}, {client}, {face}", ("READY=1" in text, status == 0),
                          (want, want))
            out = run(*faced(PROGRAM, ["--explain"], full))[1]
            check(what + ", --explain", "notify-socket" in out, warned)


def main():
    shim, cache = sys.argv[1:]
    bundle.need_tools()
    tree = bundle.debian(cache)
    bundle.enter()
    world = bundle.World(shim, tree)
    try:
        world.need_containers()
        wanted = units()
        write_files(world)
        write_units(world, wanted)
        print("== services: the examples, by systemd-analyze", flush=True)
        try_verify(world)
        print("== services: started by systemd", flush=True)
        try_units(world, wanted)
        print("== services: sd_notify", flush=True)
        try_notify(world)
    finally:
        world.close()
    return bundle.verdict("all services as they should be")


if __name__ == "__main__":
    sys.exit(main())
