# SPDX-License-Identifier: Apache-2.0
"""What the parts of the benchmark share: where things are, and the policy of all."""
import os
import subprocess
import sys

SHIM, BUILD = (os.path.abspath(path) for path in sys.argv[1:3])

# Read and execute these, write /tmp, no TCP.
READ = ['/usr', '/lib', '/lib64', '/etc', '/bin']
POLICY = {'SANDLOCK_FS_READABLE': ':'.join(READ), 'SANDLOCK_FS_WRITABLE': '/tmp'}
TARGET = '/usr/bin/true'


def built(name):
    return os.path.join(BUILD, name)


def preload(library, policy=POLICY, **more):
    return {**policy, 'LD_PRELOAD': library, **more}


def output(argv, env=None):
    """What a program prints that has to end well, in exactly this environment."""
    return subprocess.run(argv, env=env or {}, check=True, capture_output=True, text=True).stdout


def installed(program):
    for folder in ('/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin'):
        if os.access(f'{folder}/{program}', os.X_OK):
            return f'{folder}/{program}'
    return None
