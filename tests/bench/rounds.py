# SPDX-License-Identifier: Apache-2.0
"""Starts by rounds.c, whose format this writes and reads."""
import os
import shutil
import tempfile

from common import built, output


def words(env, argv):
    return [f'{name}={value}' for name, value in env.items()], argv


def run(cases, rounds, starters=()):
    """Cases are a starter, an environment and a command, starters an environment and what they are begun
    with; all that these need lies in /tmp, which every policy has. Returns for each case by round: wall and
    cpu in microseconds, peak in KiB."""
    with tempfile.TemporaryDirectory(dir='/tmp') as folder:
        return run_in(folder, cases, rounds, starters)


def run_in(folder, cases, rounds, starters):
    file, runner = os.path.join(folder, 'cases'), shutil.copy(built('rounds'), folder)
    with open(file, 'w') as out:
        for env, argv in starters:
            settings, argv = words(env, argv)
            out.write('=' + '\x1f'.join(['/usr/bin/env', '-i', *settings, *argv, runner, 'serve', file]) + '\n')
        for starter, env, argv in cases:
            settings, argv = words(env, argv)
            out.write(f'{starter}\t' + '\x1f'.join(settings) + '\t' + '\x1f'.join(argv) + '\n')
    costs = [{} for _ in cases]
    for line in output([runner, str(rounds), file]).splitlines():
        number, case, wall, cpu, peak = map(int, line.split())
        if number >= 0:
            costs[case][number] = {'wall': wall / 1000, 'cpu': cpu / 1000, 'peak': peak}
    return costs
