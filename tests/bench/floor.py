# SPDX-License-Identifier: Apache-2.0
"""Makes the floor out of what the shim is seen to do."""
import re
import subprocess

from common import BUILD, POLICY, SHIM, TARGET, built

HERE = __file__.rsplit('/', 1)[0]


def trace(argv, env):
    """The system calls up to the last prctl: name and text of each."""
    named = [word for name, value in env.items() for word in ('-E', f'{name}={value}')]
    file = built('trace')
    subprocess.run(['strace', '-v', '-X', 'raw', '-s', '0', '-o', file, *named, *argv], check=True)
    return re.findall(r'^(\w+)\((.*)$', open(file).read(), re.M)


def own(calls):
    """Those of the shim or the floor: from the question for the mode of seccomp on to that for the mark."""
    names = [name for name, _ in calls]
    marks = [i for i, (name, text) in enumerate(calls) if name == 'prctl']
    first = next(i for i in marks if calls[i][1].startswith('0x15)'))
    return names[first:marks[-1] + 1]


def filter_of(text):
    """An initializer for the instructions that strace shows as macros."""
    body = re.search(r'filter=\[(.*)\]', text).group(1)
    return '{' + ', '.join(re.findall(r'BPF_(?:STMT|JUMP)\([^)]*\)', body)) + '}'


def make():
    """Builds floor.so and the program floor. Returns the calls of each and of the shim."""
    calls = trace([TARGET], {**POLICY, 'LD_PRELOAD': SHIM})
    text = {name: words for name, words in calls}
    rules = [words for name, words in calls if name == 'landlock_add_rule']
    rights = [re.search(r'allowed_access=(0x[0-9a-f]+)', words).group(1) for words in rules]
    created = [words for name, words in calls if name == 'landlock_create_ruleset']
    abi = int(created[0].rsplit('= ', 1)[1])
    handled = re.search(r'handled_access_fs=(0x[0-9a-f]+)', created[1]).group(1)
    net = 15 if abi >= 10 else 3 if abi >= 4 else 0
    mark = re.findall(r'0x[0-9a-f]+', text['prctl'])
    with open(built('floor_made.h'), 'w') as file:
        file.write(f'#define HANDLED {{{handled}, {net}, {3 if abi >= 6 else 0}}}\n'
                   f'#define READ {rights[0]}\n#define WRITE {rights[-1]}\n'
                   f'#define FILTER {filter_of(text["seccomp"])}\n'
                   f'#define MARK_OPTION {mark[0]}\n#define MARK_LOW {mark[1]}\n#define MARK_HIGH {mark[2]}\n')
    cc = ['cc', '-O2', '-fPIC', '-fno-stack-protector', '-fcf-protection=none', f'-I{BUILD}', '-include',
          f'{BUILD}/../config.h', f'{HERE}/floor.c', '-nostdlib', '-shared', '-Wl,-z,noseparate-code',
          '-Wl,-z,initfirst,-z,nodelete,-z,relro,-z,now', '-D_GNU_SOURCE']
    subprocess.run([*cc, '-o', built('floor.so')], check=True)
    subprocess.run([*cc, '-DPROGRAM', '-Wl,-e,_start', '-o', built('floor')], check=True)
    return own(calls), own(trace([TARGET], {'LD_PRELOAD': built('floor.so')}))
