#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""The shim as the entrypoint of containers: oci.py SHIM CACHE.

Debian's runc runs a Debian tree whose entrypoint is configured by the environment of config.json
alone; beside each confined one the same unconfined.
"""

import itertools
import os
import sys

import bundle
import profiles
from bundle import BARE, FACES, PRELOAD, PROGRAM, SHIM, check, faced, lack
from oci_more import try_config, try_engine_exec, try_nginx, try_rootless, try_scratch

POLICY = {"SANDLOCK_FS_READABLE": "@system:/srv/in:-/proc",
          "SANDLOCK_FS_WRITABLE": "/srv/out:/dev/null", "SANDLOCK_FS_EXECUTABLE": "@system"}
PODMAN = "/usr/share/containers/seccomp.json"
ENOSYS, EPERM = 38, 1

# Does things, and says of each what came of it.
PROBE = r"""
try() {
    name=$1
    shift
    if said=$("$@" 2>&1); then echo "$name: ok"; else echo "$name: ${said##*: }"; fi
}
echo "pid: $$"
echo "variables: $(env | grep -cE '^(SANDLOCK_|LD_PRELOAD)')"
try read-in cat /srv/in/file
try read-outside cat /etc/passwd
try write-out sh -c 'echo x >/srv/out/new && rm /srv/out/new'
try write-in sh -c 'echo x >/srv/in/new && rm /srv/in/new'
try write-root sh -c 'echo x >/etc/new && rm /etc/new'
try execute /usr/bin/true
try execute-out sh -c /srv/out/tool
try tcp bash -c ': </dev/tcp/127.0.0.1/9'
[ ! -e /proc/self/status ] || while read -r key value; do
    case $key in NoNewPrivs: | Seccomp_filters:) echo "$key $value" ;; esac
done </proc/self/status
"""
DENIED = "Permission denied"


def wanted(face, uid, proc, readonly, no_new_privs):
    """What the probe says: one line for each thing, or several that it may say."""
    confined = face != BARE
    denied = DENIED if confined else "ok"
    root = {"Read-only file system" if readonly else "ok" if uid == 0 else DENIED}
    lines = {"pid": "1", "variables": "0", "read-in": "ok", "read-outside": denied,
             "write-out": "ok", "write-in": denied, "write-root": {DENIED} | root if readonly and
             confined else {DENIED} if confined else root, "execute": "ok", "execute-out": denied,
             "tcp": DENIED if confined else "Connection refused"}
    if proc:
        lines["NoNewPrivs"] = "1" if no_new_privs or confined else "0"
        lines["Seccomp_filters"] = "2" if confined else "1"
    return lines


def without_proc(args, uid):
    """The same program where /proc is mounted no more: runc itself cannot do without, so a static
    program, which no LD_PRELOAD reaches, takes it away first, and becomes the user."""
    script = '/busybox umount -l /proc && exec "$0" "$@"'
    if uid:
        script = ('/busybox umount -l /proc &&'
                  f' exec /busybox start-stop-daemon -S -c {uid}:{uid} -x "$0" -- "$@"')
    return ["/busybox", "sh", "-c", script, *args]


def container(world, args, env, *, uid=0, proc=True, **options):
    if proc:
        return world.run(world.config(args, env, uid=uid, **options))
    profile_ = profiles.allow(options.pop("profile"), "umount2")
    return world.run(world.config(without_proc(args, uid), env, profile=profile_,
                                  caps=bundle.CAPS + ["CAP_SYS_ADMIN"], **options))


# --- The matrix -----------------------------------------------------------------------------------

UNKNOWN_THREADS = ("sandlock: /proc/self/status: No such file or directory: cannot tell whether"
                   " this process has threads\n")


def try_matrix(world, engines):
    for engine, face, uid, proc, readonly, no_new_privs in itertools.product(
            engines, FACES, (0, 65534), (True, False), (False, True), (True, False)):
        what = (f"{engine}'s profile, {face}, uid {uid}, {'' if proc else 'no '}/proc,"
                f" root {'ro' if readonly else 'rw'}, no_new_privs {no_new_privs}")
        args, env = faced(face, ["/usr/bin/dash", "-c", PROBE], POLICY)
        status, out, err = container(
            world, args, env, uid=uid, proc=proc, readonly=readonly, no_new_privs=no_new_privs,
            profile=profiles.translate(engines[engine], bundle.CAPS))
        if engine == "docker" and not proc and face != BARE:
            # unshare, which tells by its flags, is for CAP_SYS_ADMIN in this profile
            check(what, (status, out, err), (125, "", UNKNOWN_THREADS))
            continue
        got = dict(line.split(":", 1) for line in out.splitlines() if ":" in line)
        for name, want in wanted(face, uid, proc, readonly, no_new_privs).items():
            check(f"{what}: {name}", got.get(name, "").strip(), want)
        check(what + ": status and errors", (status, err), (0, ""))


# --- Older profiles -------------------------------------------------------------------------------

HIDDEN = ("sandlock: landlock_create_ruleset: Function not implemented: this kernel is older than"
          " 5.13 or built without Landlock, or an outer seccomp filter hides it, as an old"
          " container profile does\n")
FORBIDDEN = ("sandlock: landlock_create_ruleset: Operation not permitted: blocked by an outer"
             " seccomp filter, as an old container profile does\n")
NO_SECCOMP = "sandlock: seccomp: Operation not permitted: blocked by an outer seccomp filter\n"


def old_profiles(engines):
    """(what, profile, the line that comes of it)"""
    caps, podman, docker = bundle.CAPS, engines["podman"], engines["docker"]
    yield "podman's before Landlock", profiles.translate(podman, caps, profiles.LANDLOCK), HIDDEN
    yield ("podman's before Landlock, with EPERM",
           profiles.translate(podman, caps, profiles.LANDLOCK, EPERM), FORBIDDEN)
    yield ("docker's without Landlock", profiles.translate(docker, caps, profiles.LANDLOCK),
           FORBIDDEN)
    yield ("docker's without Landlock, with ENOSYS",
           profiles.translate(docker, caps, profiles.LANDLOCK, ENOSYS), HIDDEN)
    # what is newer than all that a profile names, runc answers with ENOSYS whatever its default is
    yield "docker's before 2022", profiles.translate(docker, caps, profiles.OF_2022), HIDDEN
    yield "docker's without seccomp", profiles.translate(docker, caps, ("seccomp",)), NO_SECCOMP


def try_old_profiles(world, engines):
    mark = world.path("srv/out/ran")
    for (name, old, line), face, uid in itertools.product(
            old_profiles(engines), (PRELOAD, PROGRAM), (0, 65534)):
        args, env = faced(face, ["/usr/bin/touch", "/srv/out/ran"], POLICY)
        what = f"{name}, {face}, uid {uid}"
        got = world.run(world.config(args, env, uid=uid, profile=old))
        check(what, (got, os.path.exists(mark)), ((125, "", line), False))
        new = profiles.translate(engines["docker"], bundle.CAPS)
        got = world.run(world.config(args, env, uid=uid, profile=new))
        check(what + ", twin", (got, os.path.exists(mark)), ((0, "", ""), True))
        os.remove(mark)


# --- What the shim says about itself --------------------------------------------------------------


def try_questions(world, engines):
    env = [f"{name}={value}" for name, value in POLICY.items()]
    for engine, uid in itertools.product(engines, (0, 65534)):
        what = f"{engine}'s profile, uid {uid}: "
        now = profiles.translate(engines[engine], bundle.CAPS)

        def ask(*args, env=(), profile_=now, user=uid):
            return world.run(world.config([SHIM, *args], env, uid=user, profile=profile_))

        status, out, err = ask("--check")
        check(what + "--check", (status, err), (0, ""))
        check(what + "--check, filters", "another one is in force already" in out, True)
        check(what + "--check, verdict", "can be enforced here" in out, True)
        check(what + "--verify, bare", ask("--verify")[0], 1)
        check(what + "--verify, confined", ask(SHIM, "--verify", env=env)[0], 0)
        status, out, err = ask("--explain", "nginx", env=env)
        check(what + "--explain", (status, "nginx would start" in out, err), (0, True, ""))
        check(what + "--explain, denied",
              "would start" in ask("--explain", "/srv/out/tool", env=env)[1], False)
    for name, old, line in old_profiles(engines):
        status, out, _ = world.run(world.config([SHIM, "--check"], profile=old))
        words = " ".join(out.split())
        check(name + ": --check", (status, line.split(": ")[2] in words), (1, True))
        for args in (["--explain", "nginx"], ["/usr/bin/true"]):
            check(f"{name}: {args}",
                  world.run(world.config([SHIM, *args], env, profile=old)), (125, "", line))
    blind = profiles.translate(engines["docker"], bundle.CAPS, ("ptrace",))
    status, out, _ = world.run(world.config([SHIM, "--explain", "nginx"], env, profile=blind))
    check("without ptrace: --explain", (status, "nginx cannot be tried: ptrace(2) is not permitted"
                                        in out), (0, True))


def main():
    shim, cache = sys.argv[1:]
    bundle.need_tools()
    if not os.path.exists(PODMAN):
        lack(PODMAN + " (golang-github-containers-common)")
    engines = {"podman": PODMAN, "docker": profiles.of_docker(cache)}
    if engines["docker"] is None:
        lack("Docker's default profile (apt-get download golang-github-docker-docker-dev: is"
             " http://deb.debian.org reachable, and apt-get update done?)")
    tree = bundle.debian(cache)
    bundle.enter()
    world = bundle.World(shim, tree)
    try:
        world.need_containers()
        for part in (try_matrix, try_old_profiles, try_questions, try_config, try_engine_exec,
                     try_rootless, try_scratch, try_nginx):
            print("== containers: " + part.__name__.removeprefix("try_"), flush=True)
            part(world, engines)
    finally:
        world.close()
    return bundle.verdict("all containers as they should be")


if __name__ == "__main__":
    sys.exit(main())
