# SPDX-License-Identifier: Apache-2.0
"""Further containers: a file of configuration, what an engine starts inside later, a root tree
without libc, and nginx."""

import http.client
import os
import time

import bundle
import profiles
from bundle import BARE, FACES, PRELOAD, PROGRAM, SHIM, check, faced

READ = ["/usr/bin/cat", "/srv/in/file", "/srv/other/file"]
REFUSED = "/usr/bin/cat: /srv/other/file: Permission denied\n"


def default(engines):
    return profiles.translate(engines["docker"], bundle.CAPS)


# --- SANDLOCK_CONFIG ------------------------------------------------------------------------------


def try_config(world, engines):
    """The policy as a file that is mounted read-only: a secret, or a ConfigMap."""
    text = "# the job\nSANDLOCK_FS_READABLE=@system:/srv/in\nSANDLOCK_FS_WRITABLE=/dev/null\n"
    world.write("job.conf", text, 0o644)
    world.write("open.conf", text, 0o666)
    world.write("wrong.conf", text + "SANDLOCK_FS_READ=/\n", 0o644)
    for face in (PRELOAD, PROGRAM):
        for name, uid in (("job", 0), ("job", 65534), ("open", 0), ("wrong", 0)):
            args, env = faced(face, READ, {"SANDLOCK_CONFIG": "/etc/job.conf"})
            status, out, err = world.run(world.config(
                args, env, uid=uid, profile=default(engines), readonly=True,
                mounts=[(world.path(name + ".conf"), "/etc/job.conf")]))
            what = f"SANDLOCK_CONFIG, {name}, {face}, uid {uid}"
            if name == "job":
                check(what, (status, out, err), (1, "text\n", REFUSED))
            else:
                check(what, (status, out), (125, ""))
                check(what, "sandlock: /etc/job.conf:4: SANDLOCK_FS_READ" in err if name == "wrong"
                      else "anybody may write to it" in err, True)


# --- docker exec ----------------------------------------------------------------------------------


def try_engine_exec(world, engines):
    """What an engine starts inside later (exec, health checks) is no child of the entrypoint: the
    environment is all that it has from the image, so only a preloaded shim confines it."""
    policy = {"SANDLOCK_FS_READABLE": "@system:/srv/in", "SANDLOCK_FS_WRITABLE": "/dev/null"}
    for face in FACES:
        args, env = faced(face, ["/usr/bin/sleep", "1000"], policy)
        name, first = world.start(world.config(args, env, profile=default(engines)))
        check(f"exec, {face}: started", first is not None, True)

        def execute(*argv):
            done = world.runc("exec", name, *argv, capture_output=True)
            return done.returncode, done.stdout, done.stderr

        refused = (1, "text\n", REFUSED)
        check(f"exec, {face}", execute(*READ),
              refused if face == PRELOAD else (0, "text\nother\n", ""))
        # another domain: what is preloaded into kill keeps it from the entrypoint
        kill = execute("/usr/bin/dash", "-c", "kill -CONT 1")
        check(f"exec, {face}: a signal", (kill[0], "Operation not permitted" in kill[2]),
              (1, True) if face == PRELOAD else (0, False))
        if face == PROGRAM:
            check("exec by the shim", execute(SHIM, *READ), refused)
        world.runc("delete", "--force", name)
        os.waitpid(first, 0)


# --- without root ---------------------------------------------------------------------------------


def try_rootless(world, engines):
    """The engine belongs to an ordinary user, who is root in the container and nowhere else."""
    policy = {"SANDLOCK_FS_READABLE": "@system:/srv/in", "SANDLOCK_FS_WRITABLE": "/dev/null"}
    bare = world.run(world.config(READ, rootless=True, profile=default(engines)))
    if bare[0] != 0:
        print(f"[  SKIPPED ] rootless containers: {bare[2].strip()}")
        check("rootless containers", os.environ.get("MUST_WORK"), [None, ""])
        return
    check("rootless, bare", bare, (0, "text\nother\n", ""))
    for face in (PRELOAD, PROGRAM):
        args, env = faced(face, READ, policy)
        got = world.run(world.config(args, env, rootless=True, profile=default(engines)))
        check(f"rootless, {face}", got, (1, "text\n", REFUSED))


# --- FROM scratch ---------------------------------------------------------------------------------


def try_scratch(world, engines):
    """A static program in a tree without libc: the shim needs its loader there, and no more."""
    def run(*args, env=()):
        return world.run(world.config(args, env, root="scratch", profile=default(engines)))

    env = ["SANDLOCK_FS_READABLE=/bin:/srv/in"]
    cat = ["/bin/busybox", "cat", "/srv/in/file", "/srv/out/tool"]
    check("scratch, bare", run(*cat), (0, "text\n#!/bin/sh\n", ""))
    check("scratch", run("/shim.so", *cat, env=env),
          (1, "text\n", "cat: can't open '/srv/out/tool': Permission denied\n"))
    os.remove(world.interpreter)
    status, out, err = run("/shim.so", *cat, env=env)
    check("scratch, no loader", (status != 0, out, "no such file or directory" in err),
          (True, "", True))


# --- nginx ----------------------------------------------------------------------------------------

NGINX = """
daemon off;
pid /srv/out/pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path /srv/out/body;
    proxy_temp_path /srv/out/proxy;
    fastcgi_temp_path /srv/out/fastcgi;
    uwsgi_temp_path /srv/out/uwsgi;
    scgi_temp_path /srv/out/scgi;
    server {
        listen 127.0.0.1:PORT;
        root /srv/www;
    }
}
"""
SERVER = {"SANDLOCK_FS_READABLE": "@system:@users:/etc/nginx:/srv/www",
          "SANDLOCK_FS_WRITABLE": "/srv/out:@dev", "SANDLOCK_FS_EXECUTABLE": "@system",
          "SANDLOCK_NET_BIND": "8080"}


def fetch(port, path):
    """What is served there, or None."""
    try:
        peer = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        peer.request("GET", path)
        answer = peer.getresponse()
        return answer.status, answer.read().decode()
    except OSError:
        return None


def wait_for(question, seconds=10):
    end = time.monotonic() + seconds
    while not question() and time.monotonic() < end:
        time.sleep(0.02)


def serve(world, engines, face, uid, port):
    """Starts nginx on a port as the entrypoint, in the network that this process is in."""
    world.write("nginx.conf", NGINX.replace("PORT", str(port)), 0o644)
    args, env = faced(face, ["/usr/sbin/nginx"], SERVER)
    return world.start(world.config(
        args, env, uid=uid, network=False, readonly=True, profile=default(engines),
        mounts=[(world.path("nginx.conf"), "/etc/nginx/nginx.conf")]))


def status_of(pid, *names):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        lines = dict(line.rstrip("\n").split(":\t", 1) for line in file)
    return [lines[name].split()[-1] for name in names]


def try_nginx(world, engines):
    os.umask(0)
    world.write("srv/www/page", "served\n")
    world.write("secret", "outside\n")
    os.symlink("/etc/debian_version", world.path("srv/www/link"))
    for face in FACES:
        for uid in (0, 65534):
            try_server(world, engines, face, uid)


def try_server(world, engines, face, uid):
    what = f"nginx, {face}, uid {uid}: "
    name, first = serve(world, engines, face, uid, 8080)
    wait_for(lambda: fetch(8080, "/page") is not None)
    check(what + "page", fetch(8080, "/page"), (200, "served\n"))
    check(what + "link to outside", fetch(8080, "/link")[0], 200 if face == BARE else 403)
    check(what + "is the first process", status_of(first, "Name", "NSpid", "NoNewPrivs", "Seccomp"),
          ["nginx", "1", "1", "2"])
    world.runc("kill", name, "TERM")
    check(what + "its end", os.waitstatus_to_exitcode(os.waitpid(first, 0)[1]), 0)
    check(what + "nothing is left", children(), [])
    world.runc("delete", name)
    name, first = serve(world, engines, face, uid, 8081)
    if face == BARE:
        wait_for(lambda: fetch(8081, "/page") is not None)
        check(what + "another port", fetch(8081, "/page"), (200, "served\n"))
        world.runc("kill", name, "TERM")
    status = os.waitstatus_to_exitcode(os.waitpid(first, 0)[1])
    check(what + "another port, end", status, 0 if face == BARE else 1)
    refused = "bind() to 127.0.0.1:8081 failed (13: Permission denied)"
    check(what + "another port, why", refused in world.output(name), face != BARE)
    world.runc("delete", "--force", name)


def children():
    """The processes of this namespace besides this one, which is the first."""
    return [entry for entry in os.listdir("/proc") if entry.isdigit() and entry != "1"]
