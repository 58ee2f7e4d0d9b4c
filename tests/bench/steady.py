# SPDX-License-Identifier: Apache-2.0
"""What is done all the time: bare, under Landlock alone, and with the filter."""
from common import POLICY, SHIM, built, output
from figures import median, table

ROUNDS = 9


def measure(bars):
    folder = built('steady').rsplit('/', 1)[0]
    policy = {'SANDLOCK_FS_READABLE': f'{POLICY["SANDLOCK_FS_READABLE"]}:{folder}',
              'SANDLOCK_FS_WRITABLE': '/tmp:@dev', 'SANDLOCK_NET_ALLOW': '9'}
    cases = {'bare': ({}, []), 'Landlock': ({**policy, 'SANDLOCK_SECCOMP': 'off'}, [SHIM]), 'with the filter': (policy, [SHIM])}
    figures = {name: {} for name in cases}
    for _ in range(ROUNDS):
        for name, (env, argv) in cases.items():
            for line in output([*argv, built('steady')], env).splitlines():
                what, value = line.split()
                figures[name].setdefault(what, []).append(float(value))
    rows = []
    for what in figures['bare']:
        over = {name: median([value / bare for value, bare in zip(figures[name][what], figures['bare'][what])]) for name in cases}
        rows.append((what, *(f'{median(figures[name][what]):,.0f}' for name in cases), f'{over["Landlock"]:.2f}', f'{over["with the filter"]:.2f}'))
    print(f'## Steady state: ns for one (medians of {ROUNDS}, in turn; the ratios are of the same turn)\n')
    table(('', *cases, 'Landlock / bare', 'with the filter / bare'), rows)
