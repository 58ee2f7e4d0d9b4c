# SPDX-License-Identifier: Apache-2.0
"""The world that the recipes of README.md are tried in: files, devices and servers as they name
them, in namespaces of mounts and of the network that this process is alone in."""

import fcntl
import os
import socket
import ssl
import struct
import subprocess
import sysconfig
import threading

NAME = "api.example.org"


def run(*argv, **options):
    return subprocess.run(argv, check=True, capture_output=True, text=True, **options).stdout


def write(path, content="text\n", mode=0o666):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)
    os.chmod(path, mode)


NGINX = """
user USER;
pid /var/lib/nginx/pid;
error_log /var/log/nginx/error.log;
events {}
http {
    access_log /var/log/nginx/access.log;
    server {
        listen 80;
        root /srv/www;
    }
}
"""


def nginx_user():
    """Whom its workers become: where root is the only user that there is, root."""
    with open("/proc/self/uid_map", encoding="ascii") as uids:
        return "root root" if uids.read().split()[2] == "1" else "www-data"


def make_files(shim, probe, installed):
    """Lays empty file systems over the folders that the recipes name, and fills them: the shim
    where it is installed, and the probe in place of the programs."""
    run("mount", "--make-rprivate", "/")
    for folder in ("/srv", "/usr/local/lib", "/etc/nginx", "/var/log/nginx", "/var/lib/nginx",
                   "/etc/ssl/certs"):
        run("mount", "-t", "tmpfs", "-o", "mode=755", "none", folder)
    os.umask(0)
    for path in ("in/file", "model/file", "other/file", "www/page"):
        write("/srv/" + path)
    os.symlink("/srv/other/file", "/srv/www/link")
    write("/srv/out/tool", "#!/bin/sh\n", 0o777)
    for path in ("out/app.py", "in/job.py", "model/run.py", "app.py"):
        write("/srv/" + path, probe)
    write("/etc/nginx/nginx.conf", NGINX.replace("USER", nginx_user()))
    library = os.path.dirname(installed)
    for folder in (library, library + "/" + (sysconfig.get_config_var("MULTIARCH") or "")):
        os.makedirs(folder, exist_ok=True)
        run("cp", shim, folder)
    write("/srv/resolv.conf", "nameserver 127.0.0.1\n")
    run("mount", "--bind", "/srv/resolv.conf", "/etc/resolv.conf")


def make_devices():
    """A /dev with two GPUs, which are ordinary files."""
    os.mkdir("/srv/dev")
    run("mount", "--rbind", "/dev", "/srv/dev")
    run("mount", "-t", "tmpfs", "-o", "mode=755", "none", "/dev")
    for name in ("null", "zero", "full", "random", "urandom"):
        write("/dev/" + name)
        run("mount", "--bind", "/srv/dev/" + name, "/dev/" + name)
    os.makedirs("/dev/shm")
    for name in ("nvidiactl", "nvidia-uvm", "nvidia0", "nvidia1"):
        write("/dev/" + name)


def serve_tls(listener):
    """Answers whoever speaks HTTPS; not everybody who connects does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("/srv/cert", "/srv/key")
    while True:
        try:
            with context.wrap_socket(listener.accept()[0], server_side=True) as peer:
                peer.recv(4096)
                peer.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\npeer\n")
        except OSError:
            pass


def serve_dns(server):
    """Says of every name that it is 127.0.0.1, and has no other address."""
    while True:
        query, peer = server.recvfrom(512)
        end = query.find(b"\0", 12) + 5
        if len(query) < 17:
            continue
        is_a = query[end - 4:end - 2] == b"\0\1"
        answer = query[:2] + struct.pack(">HHHHH", 0x8180, 1, is_a, 0, 0) + query[12:end]
        if is_a:
            answer += b"\xc0\x0c" + struct.pack(">HHIH4B", 1, 1, 60, 4, 127, 0, 0, 1)
        server.sendto(answer, peer)


def make_network():
    """The loopback, with a server for names, one for HTTPS and some that only listen; so does a
    UNIX socket."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "/srv/key", "-out",
        "/srv/cert", "-days", "1", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}")
    run("cp", "/srv/cert", "/etc/ssl/certs/ca-certificates.crt")
    listeners = {port: socket.create_server(("127.0.0.1", port), backlog=512)
                 for port in (443, 53, 8000, 8010, 8011, 8443)}
    listeners["unix"] = socket.socket(socket.AF_UNIX)
    listeners["unix"].bind("/srv/other/socket")
    listeners["unix"].listen(512)
    names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    names.bind(("127.0.0.1", 53))
    threading.Thread(target=serve_tls, args=(listeners[443],), daemon=True).start()
    threading.Thread(target=serve_dns, args=(names,), daemon=True).start()
    return listeners
