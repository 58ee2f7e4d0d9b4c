#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: Apache-2.0
"""bench.py SHIM BUILD: what the shim costs, as tables. BENCH_ROUNDS: how many starts of each kind (600);
BENCH_PARTS: which of them (start growth many steady servers); BENCH_BARS=1: fails where a bar is not met."""
import datetime
import os
import sys

import common
import floor
import figures


def main():
    os.makedirs(common.BUILD, exist_ok=True)
    parts = os.environ.get('BENCH_PARTS', 'start growth many steady servers').split()
    bars = figures.Bars()
    print(f'# {datetime.date.today()}, Linux {os.uname().release}, {os.cpu_count()} processors\n', flush=True)
    ours, its = floor.make()
    if ours != its:
        sys.exit(f'the floor makes other system calls than the shim:\n{ours}\n{its}')
    if 'start' in parts:
        import start
        start.measure(int(os.environ.get('BENCH_ROUNDS', 600)), bars)
    if 'growth' in parts:
        import growth
        growth.measure(bars)
    if 'many' in parts:
        import many
        many.measure(bars)
    if 'steady' in parts:
        import steady
        steady.measure(bars)
    if 'servers' in parts:
        import servers
        servers.measure(bars)
    met = bars.show()
    if not met and os.environ.get('BENCH_BARS') == '1':
        sys.exit('not all bars are met')


main()
