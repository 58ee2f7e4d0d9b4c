# SPDX-License-Identifier: Apache-2.0
"""What a start costs: each case against the same program bare, within each round."""
import os
import subprocess

from common import POLICY, SHIM, TARGET, built, installed, output, preload
from figures import interval, median, table
from rounds import run

DENIED = 'chmod,fchmod,fchmodat,fchmodat2,chown,fchown,lchown,fchownat'
SHELL = '/bin/sh'


def landlock_of_setpriv(program):
    return 'landlock' in subprocess.run([program, '--help'], capture_output=True, text=True).stdout


def peers():
    """Other launchers with the same policy, as far as they can say it; and the names of the absent."""
    there, absent = [], []
    bind = [word for path in ('/usr', '/lib', '/lib64', '/etc', '/bin') for word in ('--ro-bind', path, path)]
    keep = [f'--whitelist={path}' for path in ('/tmp',)]
    rows = {
        'setpriv --landlock-*': ('setpriv', ['--no-new-privs', '--landlock-access', 'fs'] + [
            word for path in ('/usr', '/lib', '/lib64', '/etc', '/bin')
            for word in ('--landlock-rule', f'path-beneath:execute,read-file,read-dir:{path}')]),
        'bwrap': ('bwrap', [*bind, '--bind', '/tmp', '/tmp', '--unshare-net']),
        'firejail': ('firejail', ['--quiet', '--noprofile', '--net=none', '--read-only=/usr', '--seccomp', *keep]),
    }
    for name, (program, words) in rows.items():
        path = installed(program)
        if path is None or (program == 'setpriv' and not landlock_of_setpriv(path)):
            absent.append(name)
            continue
        argv = [path, *words, TARGET]
        env = {'HOME': '/root', 'PATH': '/usr/bin:/bin'}
        if subprocess.run(argv, env=env, capture_output=True).returncode != 0:
            absent.append(f'{name} (does not run here)')
        else:
            there.append((name, 0, env, argv))
    sandboxer = os.environ.get('SANDBOXER')
    if sandboxer:
        env = {'LL_FS_RO': POLICY['SANDLOCK_FS_READABLE'], 'LL_FS_RW': '/tmp', 'LL_TCP_BIND': '', 'LL_TCP_CONNECT': ''}
        there.append(('sandboxer', 0, env, [sandboxer, TARGET]))
    else:
        absent.append('the sandboxer sample (SANDBOXER=PATH)')
    return there, absent


def starters():
    """The processes that start some of them: confined as a service is, or with its environment kept; and for
    comparison one that is not confined, and one confined by the floor."""
    beside = {**POLICY, 'SANDLOCK_FS_READABLE': f'{POLICY["SANDLOCK_FS_READABLE"]}:{os.path.dirname(SHIM)}'}
    return [(POLICY, [SHIM]), ({**beside, 'SANDLOCK_KEEP_ENV': '1'}, [SHIM]), ({}, []), ({}, [built('floor')])]


def cases():
    """Name, starter, environment, words."""
    kept = starters()[1][0]
    return [
        ('bare', 0, POLICY, [TARGET]),
        ('an empty preload', 0, preload(built('empty.so')), [TARGET]),
        ('the floor', 0, preload(built('floor.so')), [TARGET]),
        ('**preloaded**', 0, preload(SHIM), [TARGET]),
        ('preloaded, SANDLOCK_SECCOMP=off', 0, preload(SHIM, SANDLOCK_SECCOMP='off'), [TARGET]),
        ('preloaded, with a deny list', 0, preload(SHIM, SANDLOCK_SECCOMP_DENY=DENIED), [TARGET]),
        ('the floor, as a program', 0, POLICY, [built('floor'), TARGET]),
        ('**as a program**', 0, POLICY, [SHIM, TARGET]),
        ('a child of the confined', 1, {}, [TARGET]),
        ('a child of another process, bare', 3, {}, [TARGET]),
        ('a child of the confined by the floor', 4, {}, [TARGET]),
        ('a child that loads it again (KEEP_ENV)', 2, preload(SHIM, kept), [TARGET]),
        ('sh', 0, {}, [SHELL, '-c', ':']),
        ('sh, two', 0, {}, [SHELL, '-c', f'{TARGET}; :']),
        ('sh confined', 0, preload(SHIM), [SHELL, '-c', ':']),
        ('sh confined, two', 0, preload(SHIM), [SHELL, '-c', f'{TARGET}; :']),
    ]


def instructions(env, argv):
    """Those of the process, by single steps: the same each time."""
    return int(output([built('steps'), *(f'{k}={v}' for k, v in env.items()), *argv]))


def measure(rounds, bars):
    there, absent = peers()
    rows = cases() + there
    names = [row[0] for row in rows]
    costs = run([row[1:] for row in rows], rounds, starters())
    walls, cpus = ([{number: cost[which] for number, cost in case.items()} for case in costs] for which in ('wall', 'cpu'))

    def added(case, times=walls, over=0):
        return [times[case][number] - times[over][number] for number in times[case]]

    steps_bare = instructions(POLICY, [TARGET])
    lines, medians, steps = [], {}, {}
    for case, (name, starter, env, argv) in enumerate(rows):
        if name.startswith('sh'):
            continue
        wall = added(case)
        low, high = interval(wall)
        medians[name] = median(wall)
        count = ''
        if starter == 0 and 'LD_PRELOAD' in env or name in ('the floor, as a program', '**as a program**'):
            steps[name] = instructions(env, argv) - steps_bare
            count = f'{steps[name]:,}'
        if case == 0:
            lines.append((name, f'({median(list(walls[0].values())):.0f})', '', f'({median(list(cpus[0].values())):.0f})',
                          f'({steps_bare:,})'))
            continue
        lines.append((name, f'{medians[name]:+.0f}', f'{low:+.0f} to {high:+.0f}', f'{median(added(case, cpus)):+.0f}', count))
    second = [(walls[names.index('sh confined, two')][n] - walls[names.index('sh confined')][n]) -
              (walls[names.index('sh, two')][n] - walls[names.index('sh')][n]) for n in walls[0]]
    low, high = interval(second)
    lines.append(('a second program of a confined script', f'{median(second):+.0f}', f'{low:+.0f} to {high:+.0f}', '', ''))
    print(f'## Starts of {TARGET}: added to a bare one ({rounds} rounds)\n')
    table(('', 'wall, us', '95 %', 'user+system, us', 'user instructions'), lines)
    print('Not here: ' + (', '.join(absent) or 'nothing') + '.\n')

    bars.at_most('preloaded: added wall time over the floor\'s', medians['**preloaded**'] / medians['the floor'], 1.25)
    bars.at_most('preloaded: added instructions over the floor\'s', steps['**preloaded**'] / steps['the floor'], 2)
    bars.at_most('as a program: added wall time over the floor\'s',
                 medians['**as a program**'] / medians['the floor, as a program'], 1.25)
    child, alike = names.index('a child of the confined'), 2 / 100 * median(list(walls[0].values()))
    for other in ('bare', 'a child of another process, bare', 'a child of the confined by the floor'):
        low, high = interval(added(child, over=names.index(other)))
        bars.holds(f'a child of the confined over {other}: no more than 2 % of a start',
                   f'{low:+.0f} to {high:+.0f} us', low <= alike and high >= -alike)
    for name, *_ in there:
        bars.at_most(f'preloaded: added wall time over {name}\'s', medians['**preloaded**'] / medians[name], 1)
