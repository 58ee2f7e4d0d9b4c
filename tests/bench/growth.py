# SPDX-License-Identifier: Apache-2.0
"""What more paths and ports cost, each against the system calls that they take."""
import os
import shutil

from common import SHIM, TARGET, built
from figures import median, table
from rounds import run

COUNTS = (1, 10, 100, 1000, 10000)
ROUNDS = 15


def config(kind, count, folder):
    """A file with the policy, for a variable of 10,000 paths is longer than a string of the
    environment may be."""
    path = built(f'{kind}-{count}.conf')
    with open(path, 'w') as file:
        file.write('SANDLOCK_FS_READABLE=/usr:/lib:/lib64:/etc:/bin\n')
        if kind == 'paths':
            for i in range(count):
                file.write(f'SANDLOCK_FS_READABLE={folder}/{i}\n')
        else:
            file.write(f'SANDLOCK_NET_ALLOW=1-{count}\n')
    os.chmod(path, 0o644)
    return path


def measure(bars):
    folder = built('paths')
    shutil.rmtree(folder, ignore_errors=True)
    for i in range(max(COUNTS)):
        os.makedirs(f'{folder}/{i}')
    print(f'## Growth: a start with so many rules (medians of {ROUNDS}, in turn)\n')
    for kind in ('paths', 'ports'):
        cases = {(count, 'shim'): (0, {'SANDLOCK_CONFIG': config(kind, count, folder)}, [SHIM, TARGET]) for count in COUNTS}
        cases |= {(count, 'floor'): (0, {}, [built('grow'), kind, str(count), folder]) for count in COUNTS}
        costs = dict(zip(cases, run(list(cases.values()), ROUNDS)))
        walls = {case: [cost['wall'] for cost in costs[case].values()] for case in cases}
        peaks = {case: max(cost['peak'] for cost in costs[case].values()) for case in cases}
        rows = []
        for count in COUNTS[1:]:
            each = {who: (median(walls[count, who]) - median(walls[1, who])) / (count - 1) for who in ('shim', 'floor')}
            rows.append((f'{count:,}', f'{median(walls[count, "shim"]):,.0f}', f'{each["shim"]:.2f}', f'{each["floor"]:.2f}',
                         f'{peaks[count, "shim"]:,}'))
            if count == max(COUNTS):
                bars.at_most(f'{kind}: cost of one of {count:,} over the floor\'s', each['shim'] / each['floor'], 1.15)
                bars.at_most(f'{kind}: peak memory of {count:,} over that of one', peaks[count, 'shim'] / peaks[1, 'shim'], 1.25)
        table((kind, 'start, us', 'each, us', 'floor, us', 'peak, KiB'), rows)
    shutil.rmtree(folder)
