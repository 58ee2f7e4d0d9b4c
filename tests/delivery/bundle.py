# SPDX-License-Identifier: Apache-2.0
"""A Debian tree and a scratch one, and containers of them: bundles that runc runs, without cgroup
resources. See oci.py and systemd.py, which enter() first: in namespaces of their own, so that no
mount, address or process outlives them."""

import fcntl
import glob
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile

SHIM = "/usr/local/lib/libsandlock_shim.so"
BARE, PRELOAD, PROGRAM = FACES = "bare", "preload", "program"
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# The default capabilities of Docker; those of Podman are fewer.
CAPS = ["CAP_" + name for name in (
    "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP"
    " SETGID SETPCAP SETUID SYS_CHROOT").split()]
ROOTLESS = 65534  # who runs containers without being root
PACKAGES = "nginx-light,systemd,python3-minimal"

failures = []


def check(what, got, wanted):
    """Notes a failure where got is not what is wanted, or not among it."""
    if got != wanted and not (isinstance(wanted, (set, list)) and got in wanted):
        failures.append(what)
        print(f"[  FAILED  ] {what}\n    wanted: {wanted!r}\n    got:    {got!r}", flush=True)


def verdict(praise):
    """Says how it went. Returns the exit status."""
    print(f"{len(failures)} failures" if failures else praise)
    return 1 if failures else 0


def lack(what):
    """Ends the test, which cannot be made here."""
    print(f"[  SKIPPED ] this machine lacks: {what}", flush=True)
    sys.exit(1 if os.environ.get("MUST_WORK") == "1" else 0)


def need_tools():
    """Sees whether there is what this takes, and keeps SANDLOCK_* from all that it starts."""
    if "SANDLOCK_TEST_MUST_WORK" in os.environ:
        os.environ["MUST_WORK"] = os.environ["SANDLOCK_TEST_MUST_WORK"]
    for name in [name for name in os.environ if name.startswith("SANDLOCK_")]:
        del os.environ[name]
    os.environ["LC_ALL"] = "C"
    if os.getuid() != 0:
        lack("root")
    for tool in ("unshare", "runc", "mmdebstrap", "busybox", "readelf"):
        if shutil.which(tool) is None:
            lack(tool)


def enter():
    """Starts this program again in namespaces of its own, where it is the first process: with it
    all others end. What is to be downloaded is there by then, as this network has no way out."""
    if os.environ.get("ENTERED") == "1":
        # a first process gets no signal that it does not ask for
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
        return loopback_up()
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    done = subprocess.run(command + ["true"], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        lack("the permission for: " + " ".join(command))
    os.environ["ENTERED"] = "1"
    sys.stdout.flush()
    return os.execvp(command[0], command + [sys.executable, "-B"] + sys.argv)


def loopback_up():
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP


def run(*argv, **options):
    return subprocess.run(argv, check=True, capture_output=True, text=True, **options).stdout


def debian(cache):
    """The Debian tree, made the first time."""
    tree = os.path.join(cache, "debian")
    if not os.path.isdir(tree):
        suite = "stable"
        with open("/etc/os-release", encoding="utf-8") as file:
            for line in file:
                if line.startswith("VERSION_CODENAME="):
                    suite = line.split("=")[1].strip()
        os.makedirs(cache, exist_ok=True)
        subprocess.run(["rm", "-rf", tree + ".new"], check=True)
        done = subprocess.run(
            ["mmdebstrap", "--variant=minbase", "--include=" + PACKAGES, suite, tree + ".new"],
            check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            print(done.stdout[-2000:])
            lack(f"a Debian tree of {suite} (mmdebstrap: is http://deb.debian.org reachable?)")
        os.rename(tree + ".new", tree)
    return os.path.abspath(tree)


class World:
    """A folder that is gone at the end, with root trees and what is mounted into them."""

    def __init__(self, shim, tree):
        self.stage = tempfile.mkdtemp(prefix="sandlock-oci-")
        run("mount", "-t", "tmpfs", "-o", "mode=755", "none", self.stage)
        self.count = 0
        for folder in ("upper", "work", "root", "state", "state-rootless", "scratch"):
            os.mkdir(self.path(folder))
        os.chown(self.path("state-rootless"), ROOTLESS, ROOTLESS)
        options = f"lowerdir={tree},upperdir={self.path('upper')},workdir={self.path('work')}"
        run("mount", "-t", "overlay", "-o", options, "none", self.path("root"))
        shutil.copy(shim, self.path("root") + SHIM)
        shutil.copy(shutil.which("busybox"), self.path("root/busybox"))
        self.make_scratch(shim)
        self.make_srv()

    def path(self, name):
        return os.path.join(self.stage, name)

    def make_scratch(self, shim):
        """A root of a static program, the shim, and the loader that the shim asks for."""
        interpreter = [line.split(": ")[1].rstrip("]\n") for line in
                       run("readelf", "-lW", shim).splitlines() if "interpreter" in line][0]
        for path, source in (("bin/busybox", shutil.which("busybox")), ("shim.so", shim),
                             (interpreter.lstrip("/"), self.path("root") + interpreter)):
            target = self.path("scratch/" + path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy(source, target)
        for folder in ("proc", "dev", "srv"):
            os.mkdir(self.path("scratch/" + folder))
        self.interpreter = self.path("scratch" + interpreter)

    def write(self, name, content, mode=0o666):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(content)
        os.chmod(self.path(name), mode)

    def make_srv(self):
        os.umask(0)
        self.write("srv/in/file", "text\n")
        self.write("srv/other/file", "other\n")
        self.write("srv/out/tool", "#!/bin/sh\n", 0o777)

    def config(self, args, env=(), **options):
        """A config.json, as an engine writes it. Options: uid, no_new_privs, readonly, profile,
        mounts (pairs, read-only), caps, root, rootless, network (one of its own unless False)."""
        uid, caps = options.get("uid", 0), options.get("caps", CAPS)
        mounts = [{"destination": "/proc", "type": "proc", "source": "proc"},
                  {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
                   "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
                  {"destination": "/srv", "type": "bind", "source": self.path("srv"),
                   "options": ["rbind", "rw"]}]
        mounts += [{"destination": target, "type": "bind", "source": source,
                    "options": ["bind", "ro"]} for source, target in options.get("mounts", [])]
        namespaces = ["pid", "ipc", "uts", "mount"] + ["network"] * options.get("network", True)
        linux = {"namespaces": [{"type": name} for name in namespaces],
                 "maskedPaths": ["/proc/kcore", "/proc/keys", "/proc/timer_list"],
                 "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys"]}
        if options.get("profile"):
            linux["seccomp"] = options["profile"]
        if options.get("rootless"):  # the container's root is one of the machine's users
            one = [{"containerID": 0, "hostID": ROOTLESS, "size": 1}]
            linux.update(uidMappings=one, gidMappings=one)
            linux["namespaces"].append({"type": "user"})
        own = [] if uid else caps
        return {"ociVersion": "1.0.2", "hostname": "container", "mounts": mounts, "linux": linux,
                "root": {"path": self.path(options.get("root", "root")),
                         "readonly": options.get("readonly", False)},
                "process": {"args": list(args), "cwd": "/", "env": [PATH, "LC_ALL=C", *env],
                            "user": {"uid": uid, "gid": uid},
                            "noNewPrivileges": options.get("no_new_privs", True),
                            "capabilities": {"bounding": caps, "effective": own,
                                             "permitted": own}}}

    def runc(self, *argv, rootless=False, **options):
        command = ["runc", "--root", self.path("state"), *argv]
        if rootless:
            user = f"{ROOTLESS}"
            command = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "runc",
                       "--root", self.path("state-rootless"), *argv]
        return subprocess.run(command, check=False, stdin=subprocess.DEVNULL, text=True,
                              timeout=60, **options)

    def bundle(self, config):
        """(identity, folder) of a new bundle."""
        self.count += 1
        name = f"{os.path.basename(self.stage)}-{self.count}"
        folder = self.path("bundles/" + name)
        self.write(f"bundles/{name}/config.json", json.dumps(config))
        return name, folder

    def run(self, config):
        """Runs a container to its end. Returns its status, output and errors."""
        name, folder = self.bundle(config)
        how = {"rootless": "uidMappings" in config["linux"], "capture_output": True}
        try:
            done = self.runc("run", "--bundle", folder, name, **how)
        except subprocess.TimeoutExpired as error:
            return None, error.stdout, error.stderr
        finally:
            self.runc("delete", "--force", name, **how)
            shutil.rmtree(folder)
        return done.returncode, done.stdout, done.stderr

    def need_containers(self):
        status, out, err = self.run(self.config(["true"]))
        if status != 0:
            lack("containers by runc: " + ((out or "") + (err or "")).strip())

    def start(self, config):
        """Starts a container. Returns its identity and its first process, which is our child from
        then on; what it says goes to the file that output() reads."""
        name, folder = self.bundle(config)
        with open(folder + "/output", "wb") as output:
            done = self.runc("run", "--detach", "--pid-file", folder + "/pid", "--bundle", folder,
                             name, stdout=output, stderr=output)
        if done.returncode != 0:
            return name, None
        with open(folder + "/pid", encoding="ascii") as file:
            return name, int(file.read())

    def output(self, name):
        with open(self.path(f"bundles/{name}/output"), encoding="utf-8") as file:
            return file.read()

    def close(self):
        """Ends what was started, and takes the folder away."""
        listed = self.runc("list", "--quiet", stdout=subprocess.PIPE).stdout
        for name in listed.split():
            self.runc("delete", "--force", name)
        # of a runc that was ended itself
        name = os.path.basename(self.stage)
        for folder in glob.glob(f"/sys/fs/cgroup/**/{name}-*", recursive=True):
            os.rmdir(folder)
        run("umount", self.path("root"))
        run("umount", self.stage)
        os.rmdir(self.stage)


def faced(face, args, policy):
    """(args, env) of a program by one of the faces, configured by nothing but the environment."""
    env = [f"{name}={value}" for name, value in policy.items()] if face != BARE else []
    if face == PRELOAD:
        env.append("LD_PRELOAD=" + SHIM)
    return ([SHIM] if face == PROGRAM else []) + list(args), env
