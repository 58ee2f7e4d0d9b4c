# SPDX-License-Identifier: Apache-2.0
"""A thousand programs one after another, and ten thousand at once."""
import os
import re
import signal
import subprocess
import time

from common import POLICY, SHIM, built, output, preload
from figures import median, table

CHAIN, ROUNDS, ALIVE = 1000, 7, 10000
SLEEP = '/usr/bin/sleep'


def chain(env, argv):
    start = time.perf_counter()
    output([*argv, built('chain'), str(CHAIN)], env)
    return (time.perf_counter() - start) * 1e6 / CHAIN


def chains():
    """Each in microseconds for one program of the chain: bare, by a confined one, and loading it again."""
    mine = {**POLICY, 'SANDLOCK_FS_READABLE': f'{POLICY["SANDLOCK_FS_READABLE"]}:{os.path.dirname(SHIM)}:{os.path.dirname(built("x"))}'}
    cases = {'bare': ({}, []), 'confined': (mine, [SHIM]),
             'confined, loading it again (KEEP_ENV)': (preload(SHIM, mine, SANDLOCK_KEEP_ENV='1'), [])}
    each = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, (env, argv) in cases.items():
            each[name].append(chain(env, argv))
    return each


def mapped(pid):
    """The memory of the shim's mappings: of all, of none but this process, in KiB."""
    total = {'Rss': 0, 'Pss': 0, 'Private': 0}
    inside = False
    for line in open(f'/proc/{pid}/smaps'):
        if re.match(r'[0-9a-f]+-[0-9a-f]+ ', line):
            inside = line.rstrip().endswith('libsandlock_shim.so')
        elif inside:
            name, _, words = line.partition(':')
            for key in total:
                if name == key or (key == 'Private' and name.startswith('Private_') and name != 'Private_Hugetlb'):
                    total[key] += int(words.split()[0])
    return total


def available():
    return int(re.search(r'MemAvailable:\s+(\d+)', open('/proc/meminfo').read()).group(1))


def alive(env):
    """Starts many that stay. Returns what each takes of the machine's memory, and one's mappings."""
    before = available()
    pids = []
    try:
        for _ in range(ALIVE):
            pids.append(os.posix_spawn(SLEEP, [SLEEP, '600'], env))
        time.sleep(2)
        return (before - available()) / ALIVE, mapped(pids[ALIVE // 2])
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        for pid in pids:
            os.waitpid(pid, 0)


def measure(bars):
    print(f'## A chain of {CHAIN:,} programs, each executing the next: us for one (medians of {ROUNDS})\n')
    each = chains()
    table(('', 'us'), [(name, f'{median(values):.0f}') for name, values in each.items()])
    ratio = median([confined / bare for confined, bare in zip(each['confined'], each['bare'])])
    bars.at_most('a chain of the confined over one of the bare', ratio, 1.05)
    print(f'## {ALIVE:,} processes at once: KiB for one\n')
    bare, _ = alive({})
    confined, shim = alive(preload(SHIM))
    table(('', 'memory of the machine', 'the shim\'s pages: mapped', 'its share of those', 'its own'),
          [('bare', f'{bare:.0f}', '', '', ''),
           ('confined', f'{confined:.0f}', shim['Rss'], shim['Pss'], shim['Private'])])
    bars.at_most('pages of the shim that a process has to itself, in KiB', shim['Private'], 8)
