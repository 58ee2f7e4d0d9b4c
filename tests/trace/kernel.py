# SPDX-License-Identifier: Apache-2.0
"""What the suites ask of the kernel."""

import json
import subprocess


def abi(shim):
    """Landlock's ABI, as the shim finds it."""
    done = subprocess.run([shim, "--check=json"], capture_output=True, check=False, env={})
    return json.loads(done.stdout)["landlock"]["abi"]
