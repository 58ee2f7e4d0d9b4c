# SPDX-License-Identifier: Apache-2.0
"""What README.md says in its recipes, read as those do that it is written for."""

import os
import re
import subprocess
import tempfile

import yaml


class Wrong(Exception):
    """The text is an error to its reader."""


def section(text):
    """The section "Recipes"."""
    found = re.search(r"^## Recipes\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    if found is None:
        raise SystemExit("recipes: README.md has no section Recipes")
    return found[1]


def blocks(text, kind):
    """Its fenced blocks that are of one kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", section(text), re.M | re.S)


def rows(text):
    """The cells of its table of quotings."""
    for line in section(text).splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


# --- sh -------------------------------------------------------------------------------------------


def shell(block):
    """{title: environment}, as sh reads the assignments."""
    found = {}
    for title, assignments in re.findall(r"^# ([^:\n]*):.*\n((?:[^#\n].*\n)*)", block, re.M):
        out = subprocess.run(
            ["env", "-i", "/bin/sh", "-c", "set -a\n" + assignments + "exec /usr/bin/env -0"],
            capture_output=True, text=True, check=True).stdout
        found[title] = dict(item.split("=", 1) for item in out.split("\0")
                            if item.startswith("SANDLOCK_"))
    return found


# --- Dockerfile -----------------------------------------------------------------------------------


def docker_words(line):
    """Splits what stands behind ENV, at blanks outside of quotes."""
    words = re.findall(r"""(?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'\\])+""", line)
    if any("=" not in word for word in words):
        raise Wrong("no = in a word of ENV")
    return words


def docker_value(text):
    """Takes quotes and escapes off a value, and replaces variables, of which there are none."""
    def one(match):
        plain, single, double, variable = match.groups()
        if variable is not None:
            return ""
        if double is not None:
            return re.sub(r'\\(["$\\])|\$\{?\w+\}?', lambda m: m[1] or "", double)
        return single if single is not None else plain
    return re.sub(r"""\\(.)|'([^']*)'|"((?:\\.|[^"\\])*)"|(\$\{?\w+\}?)""", one, text)


def docker(block):
    """(environment, command) of a Dockerfile."""
    env, command = {}, []
    for line in re.sub(r"\\\n", "", block).splitlines():
        if line.startswith("ENV "):
            for word in docker_words(line[4:]):
                name, value = word.split("=", 1)
                env[name] = docker_value(value)
        elif line.startswith("ENTRYPOINT "):
            command = yaml.safe_load(line[len("ENTRYPOINT "):])
    return env, command


# --- YAML -----------------------------------------------------------------------------------------


def yaml_load(text):
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Wrong(str(error)) from error


def string(value):
    if not isinstance(value, str):
        raise Wrong(f"{value!r} is no string")
    return value


def compose_value(value):
    """Replaces variables, of which there are none, and $$."""
    return re.sub(r"\$(\$)|\$\{?\w+\}?", lambda m: m[1] or "", string(value))


def kubernetes_value(value):
    """$$ is $; $(NAME) stays as it is where there is no such variable."""
    return re.sub(r"\$\$", "$", string(value))


def compose(text):
    """{service: (environment, command)} of a compose file."""
    found = {}
    for name, service in yaml_load(text)["services"].items():
        env = service["environment"]
        if isinstance(env, list):
            env = dict(item.split("=", 1) for item in env)
        for port in service.get("ports", []):
            string(port)
        command = service.get("entrypoint", []) + service["command"]
        found[name] = ({key: compose_value(value) for key, value in env.items()},
                       [compose_value(word) for word in command])
    return found


def kubernetes(text):
    """{container: (environment, command)} of a pod."""
    return {container["name"]: ({item["name"]: kubernetes_value(item["value"])
                                 for item in container["env"]},
                                [kubernetes_value(word) for word in
                                 container.get("command", []) + container["args"]])
            for container in yaml_load(text)["spec"]["containers"]}


# --- systemd --------------------------------------------------------------------------------------

ESCAPES = {"\\": "\\", '"': '"', "'": "'", "s": " ", "n": "\n", "t": "\t"}


def systemd_words(text):
    """Splits at blanks outside of quotes, with escapes as in C."""
    words, word, quote, at = [], None, "", 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == "\\":
            if text[at:at + 1] not in ESCAPES:
                raise Wrong("an escape that there is not")
            word = (word or "") + ESCAPES[text[at]]
            at += 1
        elif char == quote:
            quote = ""
        elif not quote and char in "\"'":
            quote, word = char, word or ""
        elif not quote and char.isspace():
            words, word = words + ([word] if word is not None else []), None
        else:
            word = (word or "") + char
    return words + ([word] if word is not None else [])


def specifiers(text):
    return re.sub(r"%(.)", lambda m: {"%": "%", "n": "x.service"}[m[1]], text)


def systemd(block):
    """(environment, command) of a unit."""
    env, command = {}, []
    for line in block.splitlines():
        name, _, value = line.partition("=")
        if name == "Environment":
            env.update(specifiers(word).split("=", 1) for word in systemd_words(value)
                       if "=" in word)
        elif name == "ExecStart":
            command = [re.sub(r"\$(\$)|\$\{?\w+\}?", lambda m: m[1] or "", specifiers(word))
                       for word in systemd_words(value)]
    return env, command


def systemd_itself(block):
    """(environment, complaints) of a unit as systemd reads it; (None, "") where there is none."""
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/x.service"
        with open(path, "w", encoding="utf-8") as unit:
            unit.write(block)
        try:
            done = subprocess.run(
                ["systemd-analyze", "verify", "--man=no", path], capture_output=True, text=True,
                check=False, env={**os.environ, "SYSTEMD_LOG_LEVEL": "debug"})
        except FileNotFoundError:
            return None, ""
        complaints = [line for line in done.stderr.splitlines() if line.startswith(path)]
        dump = re.search(r"-> Unit x\.service:\n(.*?)(?=^\t?-> Unit|\Z)", done.stdout, re.M | re.S)
        if dump is None:
            return None, ""
        env = dict(re.findall(r"^\s*Environment: (\w+)=(.*)$", dump[1], re.M))
        return env, "\n".join(complaints)
