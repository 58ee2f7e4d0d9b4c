# SPDX-License-Identifier: Apache-2.0
"""What --explain=json and --check=json print, as one table each, and reading it strictly.

A type is bool, int, str, a set of the strings that there are, (type, None) where it may be null,
[type] for an array, or {key: type} for an object. Every key has to be there, in whatever order, and no other, but for those that are
OPTIONAL. Beside a string that is the value of a key there may stand KEY_hex: see text_of."""

import codecs
import json

RIGHTS = {"read", "list", "execute", "write", "create", "remove", "rename", "truncate", "ioctl",
          "connect"}
PROTECTIONS = {"fs_refer", "fs_truncate", "net_tcp", "fs_ioctl_dev", "signal_scope",
               "abstract_unix_socket_scope", "fs_resolve_unix", "net_udp"}

EXPLAIN = {
    "landlock": {"abi": int, "version": str, "confined_already": bool},
    "variables": [{"name": str, "source": {"environment", "file"}, "lines": [int],
                   "value": str}],
    "paths": [{"path": str, "target": str, "rights": [RIGHTS], "variable": str, "entry": str,
               "type": {"directory", "file", "device", "socket", "pipe", "other"}}],
    "skipped": [{"path": str, "variable": str, "entry": str}],
    "ports": [{"access": {"connect_tcp", "bind_tcp", "connect_udp", "bind_udp"}, "every": bool,
               "ports": [str]}],
    "protections": [{"name": PROTECTIONS, "state": {"active", "degraded", "disabled"}, "abi": int,
                     "about": str}],
    "gates": [{"group": str, "calls": str, "rule": str, "open": bool, "enforced": bool,
               "because": str, "errno": int}],
    "filter": {"mode": {"default", "nested", "off"}, "action": {"errno", "log", "kill", "trap"},
               "enforces": bool, "instructions": int, "instructions_denied": int,
               "denied_calls": [str]},
    "process": {"no_new_privs": bool, "close_fds": bool, "listen_fds": int, "keep_fds": str,
                "no_coredump": bool, "verbose": bool, "keep_env": bool},
    "program": {"name": str, "path": str, "tried": bool, "executes": (bool, None),
                "starts": (bool, None), "status": (int, None), "message": str},
    "needs": [{"name": str, "path": str, "by": str, "usable": (bool, None),
               "kind": {"program", "interpreter", "preload", "library", "configuration"}}],
    "warnings": [{"id": str, "subject": str, "text": str}],
}

CHECK = {
    "kernel": {"release": str},
    "landlock": {"abi": int, "errata": [int], "layers_known": bool, "layers": int,
                 "layers_max": int},
    "protections": [{"name": PROTECTIONS, "enforced": bool, "required": bool, "abi": int,
                     "about": str}],
    "seccomp": {"available": bool, "in_force": bool, "architectures": [str]},
    "verdict": {"starts": bool, "policy": str, "message": str},
}

# By where they are: where no PROGRAM is given; where the layers are not known.
OPTIONAL = {"program", "needs", "landlock.layers"}


class Wrong(Exception):
    """It is not what the table says."""


def one_byte_each(error):
    return "\ufffd", error.start + 1


codecs.register_error("one byte each", one_byte_each)


def bytes_of(row, key):
    """The very bytes of a string: what KEY_hex says, or else the string."""
    return bytes.fromhex(row[key + "_hex"]) if key + "_hex" in row else row[key].encode()


def hex_check(value, key, where):
    """KEY_hex stands there just when the bytes are not UTF-8; KEY then has U+FFFD for each byte
    that is wrong."""
    if not isinstance(value.get(key), str) or not isinstance(value[key + "_hex"], str):
        raise Wrong(f"{where}.{key}_hex is not beside a string")
    exact = bytes.fromhex(value[key + "_hex"])
    if exact.hex() != value[key + "_hex"]:
        raise Wrong(f"{where}.{key}_hex is not written in plain small hex")
    if exact.decode(errors="one byte each") != value[key]:
        raise Wrong(f"{where}.{key} is not what its _hex stands for")
    try:
        exact.decode()
    except UnicodeDecodeError:
        return
    raise Wrong(f"{where}.{key}_hex is there though the bytes are UTF-8")


def object_check(value, kind, where):
    if not isinstance(value, dict):
        raise Wrong(f"{where} is no object")
    for key in value:
        if key.endswith("_hex") and key[:-4] in kind:
            hex_check(value, key[:-4], where)
        elif key not in kind:
            raise Wrong(f"{where}.{key} is not documented")
    for key, inner in kind.items():
        path = f"{where}.{key}".lstrip(".")
        if key in value:
            check(value[key], inner, path)
        elif path not in OPTIONAL:
            raise Wrong(f"{path} is missing")


def check(value, kind, where=""):
    """Raises Wrong where a value is not of its kind."""
    if isinstance(kind, dict):
        object_check(value, kind, where)
    elif isinstance(kind, list):
        if not isinstance(value, list):
            raise Wrong(f"{where} is no array")
        for item in value:
            check(item, kind[0], where + "[]")
    elif isinstance(kind, set):
        if value not in kind:
            raise Wrong(f"{where} is {value!r}")
    elif isinstance(kind, tuple):
        if value is not None:
            check(value, kind[0], where)
    elif type(value) is not kind:  # a bool is an int too
        raise Wrong(f"{where} is {value!r}, and no {kind.__name__}")


def unique(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Wrong("a key stands twice in one object")
    return found


def no_constant(name):
    raise Wrong(f"{name} is no JSON")


def read(output, kind):
    """The one object that output is."""
    try:
        text = output.decode()
        value = json.loads(text, object_pairs_hook=unique, parse_constant=no_constant)
    except ValueError as error:
        raise Wrong(f"no JSON: {error}") from error
    if not text.startswith("{") or not text.endswith("}\n"):
        raise Wrong("there is something before the object, or other than a newline behind it")
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise Wrong("half a surrogate stands in a string") from error
    check(value, kind)
    return value
