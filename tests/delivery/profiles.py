# SPDX-License-Identifier: Apache-2.0
"""Seccomp profiles of container engines as what their runtime is given: the linux.seccomp of a
bundle. An engine resolves the conditions of its profile; a runtime knows of none."""

import json
import os
import platform
import subprocess

# What the profiles call this machine, and what seccomp does.
ARCHITECTURES = {"x86_64": ("amd64", "SCMP_ARCH_X86_64"), "aarch64": ("arm64", "SCMP_ARCH_AARCH64")}
GO_ARCH, SECCOMP_ARCH = ARCHITECTURES.get(platform.machine(), ("?", "?"))

LANDLOCK = ("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")
# What else the profiles of 2022 name for the first time: Linux 5.12 to 5.16.
OF_2022 = LANDLOCK + ("mount_setattr", "quotactl_fd", "memfd_secret", "process_mrelease",
                      "futex_waitv", "set_mempolicy_home_node")


def kernel():
    return tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2])


def applies(rule, caps):
    """Whether the conditions of a rule hold here, for a container with these capabilities."""
    includes, excludes = rule.get("includes") or {}, rule.get("excludes") or {}
    least = includes.get("minKernel")
    return not (
        GO_ARCH in excludes.get("arches", []) or set(excludes.get("caps", [])) & caps or
        includes.get("arches") and GO_ARCH not in includes["arches"] or
        not set(includes.get("caps", [])) <= caps or
        least and kernel() < tuple(int(part) for part in least.split(".")))


def architectures(profile):
    for row in profile["archMap"]:
        if row["architecture"] == SECCOMP_ARCH:
            return [SECCOMP_ARCH] + (row["subArchitectures"] or [])
    raise SystemExit(f"oci: the profile does not know {SECCOMP_ARCH}")


def translate(path, caps, without=(), default_errno=None):
    """The profile in a file for a container with caps: as it is, or as an older one would be, which
    does not name the system calls of without, or has another errno for those it does not name."""
    with open(path, encoding="utf-8") as file:
        profile = json.load(file)
    rules = []
    for rule in profile["syscalls"]:
        names = [name for name in rule["names"] if name not in without]
        if names and applies(rule, set(caps)):
            rules.append({"names": names, "action": rule["action"], "args": rule.get("args") or [],
                          **({"errnoRet": rule["errnoRet"]} if "errnoRet" in rule else {})})
    errno = default_errno if default_errno is not None else profile.get("defaultErrnoRet")
    return {"defaultAction": profile["defaultAction"], "architectures": architectures(profile),
            **({"defaultErrnoRet": errno} if errno is not None else {}), "syscalls": rules}


def allow(profile, *names):
    """The same, with these calls allowed besides."""
    return {**profile, "syscalls": profile["syscalls"] +
            [{"names": list(names), "action": "SCMP_ACT_ALLOW", "args": []}]}


def of_docker(cache):
    """Docker's default profile, out of the Debian package of its sources. None where the mirrors
    cannot be reached."""
    path = os.path.join(cache, "docker-seccomp.json")
    if not os.path.exists(path):
        package, inside = "golang-github-docker-docker-dev", (
            "./usr/share/gocode/src/github.com/docker/docker/profiles/seccomp/default.json")
        folder = os.path.join(cache, "docker")
        os.makedirs(folder, exist_ok=True)
        got = subprocess.run(["apt-get", "download", "-q", package], cwd=folder, check=False,
                             capture_output=True, text=True)
        debs = [name for name in os.listdir(folder) if name.endswith(".deb")]
        if got.returncode != 0 or not debs:
            print(got.stderr, end="")
            return None
        tar = subprocess.run(["dpkg-deb", "--fsys-tarfile", debs[0]], cwd=folder, check=True,
                             capture_output=True).stdout
        text = subprocess.run(["tar", "-xO", inside], input=tar, check=True,
                              capture_output=True).stdout
        with open(path + ".new", "wb") as file:
            file.write(text)
        os.rename(path + ".new", path)
    return path
