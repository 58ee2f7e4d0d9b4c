# SPDX-License-Identifier: Apache-2.0
"""Throughput of servers, confined over bare: both run, and are loaded in turn."""
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time

from common import SHIM, installed
from figures import median, table

PAIRS = 9
PORTS = {'nginx': (18080, 18081), 'redis': (16379, 16380)}


def wait_for(port):
    for _ in range(200):
        with socket.socket() as client:
            if client.connect_ex(('127.0.0.1', port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f'nobody listens on port {port}')


def nginx(folder, port):
    """A site of one small page. Returns the command, and the policy."""
    os.makedirs(f'{folder}/www')
    with open(f'{folder}/www/index.html', 'w') as page:
        page.write('x' * 612)
    with open(f'{folder}/nginx.conf', 'w') as conf:
        conf.write(f'daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; user root;\n'
                   f'events {{}} http {{ access_log off; keepalive_requests 1000000; client_body_temp_path {folder}/b;\n'
                   f'proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;\n'
                   f'scgi_temp_path {folder}/s; server {{ listen 127.0.0.1:{port}; root {folder}/www; }} }}\n')
    return ([installed('nginx'), '-c', f'{folder}/nginx.conf', '-e', f'{folder}/error.log'],
            {'SANDLOCK_FS_READABLE': '@base', 'SANDLOCK_FS_WRITABLE': f'{folder}:@dev', 'SANDLOCK_NET_BIND': str(port)})


def redis(folder, port):
    return ([installed('redis-server'), '--port', str(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder],
            {'SANDLOCK_FS_READABLE': '@base:@sys:@proc', 'SANDLOCK_FS_WRITABLE': f'{folder}:@dev', 'SANDLOCK_NET_BIND': str(port)})


def load_nginx(port):
    out = subprocess.run([installed('wrk'), '-t1', '-c16', '-d2s', f'http://127.0.0.1:{port}/'],
                         check=True, capture_output=True, text=True).stdout
    return float(re.search(r'Requests/sec:\s+([\d.]+)', out).group(1))


def load_redis(port):
    out = subprocess.run([installed('redis-benchmark'), '-h', '127.0.0.1', '-p', str(port), '-c', '16', '-n', '60000', '-t', 'get', '--csv'],
                         check=True, capture_output=True, text=True).stdout
    return float(re.search(r'"GET","([\d.]+)"', out).group(1))


def pairs(name, make, load):
    """The throughput of the bare and of the confined one, pair by pair."""
    folder = tempfile.mkdtemp(prefix='sandlock-bench-', dir='/tmp')
    servers, rates = [], []
    try:
        for port, confined in zip(PORTS[name], (False, True)):
            argv, policy = make(tempfile.mkdtemp(dir=folder), port)
            env = {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', **(policy if confined else {})}
            servers.append(subprocess.Popen([SHIM, *argv] if confined else argv, env=env, stdout=subprocess.DEVNULL,
                                            stderr=subprocess.DEVNULL))
        for port in PORTS[name]:
            wait_for(port)
        for pair in range(PAIRS):
            order = (0, 1) if pair % 2 == 0 else (1, 0)
            rate = [0, 0]
            for which in order:
                rate[which] = load(PORTS[name][which])
            rates.append(rate)
    finally:
        for server in servers:
            server.terminate()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)
    return rates


def measure(bars):
    print(f'## Servers: requests per second, confined over bare (medians of {PAIRS} pairs, in turn)\n')
    rows = []
    for name, make, load, needs in (('nginx', nginx, load_nginx, ('nginx', 'wrk')), ('redis', redis, load_redis, ('redis-server', 'redis-benchmark'))):
        absent = [program for program in needs if installed(program) is None]
        if absent:
            rows.append((f'{name}: not here: {" ".join(absent)}', '', '', ''))
            continue
        rates = pairs(name, make, load)
        ratio = median([confined / bare for bare, confined in rates])
        rows.append((name, f'{median([rate[0] for rate in rates]):,.0f}', f'{median([rate[1] for rate in rates]):,.0f}', f'{ratio:.3f}'))
        bars.at_least(f'{name}: throughput, confined over bare', ratio, 0.97)
    table(('', 'bare', 'confined', 'ratio'), rows)
