# SPDX-License-Identifier: Apache-2.0
"""The programs of real.py: what each is given, and what it does. Their policies are those of README.md.

In all strings % is the folder of the case, which is /srv there; $PORT is a port that is free, $PEER and
$TLS are those of servers that run outside. In prepare @CERT is the certificate of the latter."""

import glob



class Program:
    """What is run, traced. A server has what shows that it is ready, and a client, which is not."""

    def __init__(self, name, argv, **more):
        self.name, self.argv = name, argv
        self.needs = more.get("needs", argv[0])
        self.ports = more.get("ports", {})  # what those of the policy stand for
        self.by_root = more.get("by_root", ())  # the entries that only root needs
        self.follows = more.get("follows", {})  # what is tried where an entry is missing
        self.prepare = more.get("prepare", "")
        self.environment = more.get("environment", {})
        self.ready, self.client = more.get("ready"), more.get("client")
        self.out = more.get("out", "")
        self.as_root = more.get("as_root", True)


PYTHON = """mkdir %/app %/out
echo '{"words": ["b", "a"]}' >%/app/words.json
cat >%/app/job.py <<'end'
import json, subprocess
words = json.load(open('%/app/words.json'))['words']
text = subprocess.run(['sort'], input='\\n'.join(words), text=True,
                      capture_output=True, check=True).stdout
json.dump(text.split(), open('%/out/sorted.json', 'w'))
print(open('%/out/sorted.json').read())
end
cat >%/app/tls.py <<'end'
import ssl, urllib.request
context = ssl.create_default_context(cafile='%/app/cert.pem')
print(urllib.request.urlopen('https://127.0.0.1:$TLS/', context=context).read().decode(), end='')
end
cp @CERT %/app/cert.pem
"""

GIT = """git init -q --template= %/repo/new; cd %/repo/new; echo text >file
git add file; git commit -q -m one; git log | tail -n 1; git show HEAD:file"""
GIT_ENVIRONMENT = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
                   "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org",
                   "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org"}

GCC = """mkdir %/src %/build %/tmp
cat >%/src/Makefile <<'end'
VPATH = %/src
sum: main.o add.o
	$(CC) -o $@ $^
end
echo 'int add(int, int); int main(void) { return add(3, 4); }' >%/src/main.c
echo 'int add(int a, int b) { return a + b; }' >%/src/add.c
"""

NGINX = """mkdir %/etc %/out %/www
chmod 777 %/out
echo page >%/www/page
cat >%/etc/main.conf <<'end'
worker_processes 2;
pid %/out/pid;
error_log stderr;
events {}
http {
client_body_temp_path %/out/body; proxy_temp_path %/out/proxy; fastcgi_temp_path %/out/fastcgi;
uwsgi_temp_path %/out/uwsgi; scgi_temp_path %/out/scgi;
access_log %/out/access.log;
server { listen 127.0.0.1:$PORT; root %/www; }
}
end
"""

REDIS = """mkdir %/etc %/out %/client
echo 'return 7' >%/client/script
cat >%/etc/main.conf <<'end'
bind 127.0.0.1
unixsocket %/out/socket
dir %/out
save ""
port $PORT
end
"""

POSTGRES = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1:] or ["/usr/lib/postgresql/*/bin"]
POSTGRES_ENVIRONMENT = {"PATH": f"{POSTGRES[0]}:/usr/bin", "PGUSER": "postgres",
                        "PGDATABASE": "template1", "HOME": "%/out"}
INITDB = ["initdb", "--no-sync", "--auth=trust", "--username=postgres", "-D"]
PSQL = "psql -Xqtwv ON_ERROR_STOP=1 "

NODE = """mkdir %/app %/out
echo page >%/app/page
cat >%/app/app.js <<'end'
const fs = require('fs'), http = require('http')
const server = http.createServer((request, response) => {
    fs.createReadStream('%/app' + request.url).pipe(response)
})
server.listen($PORT, '127.0.0.1', async () => {
    const answer = await fetch('http://127.0.0.1:$PORT/page')
    fs.writeFileSync('%/out/copy', await answer.text())
    process.stdout.write(fs.readFileSync('%/out/copy'))
    process.exit(0)
})
end
"""

JAVA = """mkdir %/app %/out
cat >%/app/Job.java <<'end'
import java.net.*;
import java.nio.file.*;
public class Job {
    public static void main(String[] args) throws Exception {
        try (var in = URI.create("http://127.0.0.1:$PEER/").toURL().openStream()) {
            Files.write(Path.of("%/out/page"), in.readAllBytes());
        }
        System.out.print(Files.readString(Path.of("%/out/page")));
    }
}
end
cd %/app && javac Job.java
"""

SERVED = {"8080": "$PORT", "6379": "$PORT", "5432": "$PORT"}
PEERS = {"80": "$PEER", "443": "$TLS"}

PROGRAMS = [
    Program("python3", ["/usr/bin/python3", "%/app/job.py"], prepare=PYTHON,
            environment={"HOME": "%/out"}, out='["a", "b"]\n'),
    Program("python3 with TLS", ["/usr/bin/python3", "%/app/tls.py"], prepare=PYTHON, ports=PEERS,
            out="peer\n"),
    Program("git", ["/bin/sh", "-ec", GIT], needs="/usr/bin/git", prepare="mkdir %/repo\n",
            environment=GIT_ENVIRONMENT, out="    one\ntext\n"),
    Program("gcc under make", ["/usr/bin/make", "-sC", "%/build", "-f", "%/src/Makefile"],
            needs="/usr/bin/gcc", prepare=GCC, environment={"TMPDIR": "%/tmp"}),
    Program("nginx with two workers",
            ["/usr/sbin/nginx", "-e", "stderr", "-g", "daemon off;", "-c", "%/etc/main.conf"],
            prepare=NGINX, ports=SERVED, by_root=("@users", "@proc", "@unix"),
            ready="curl -sS http://127.0.0.1:$PORT/", out="page\n" * 8,
            client="for i in 1 2 3 4 5 6 7 8; do curl -fsS http://127.0.0.1:$PORT/page; done"),
    Program("redis", ["/usr/bin/redis-server", "%/etc/main.conf"], prepare=REDIS, ports=SERVED,
            ready="redis-cli -e -s %/out/socket ping", out="OK\nvalue\nOK\n",
            client="redis-cli -e -p $PORT set key value; redis-cli -e -s %/out/socket get key\n"
                   "redis-cli -e -s %/out/socket save"),
    Program("initdb", [*INITDB, "%/out/data"], needs=f"{POSTGRES[0]}/initdb", as_root=False,
            prepare="mkdir %/out\n", environment=POSTGRES_ENVIRONMENT, out=None),
    Program("PostgreSQL", ["postgres", "-D", "%/data", "-p", "$PORT", "-h", "127.0.0.1", "-k",
                           "%/run"], needs=f"{POSTGRES[0]}/postgres", as_root=False, ports=SERVED,
            prepare="mkdir %/out %/run\n"  # and a database, which is made but once
                    f"[ -d %.data ] || {' '.join(INITDB)} %.data >%/out/log\ncp -a %.data %/data\n",
            environment=POSTGRES_ENVIRONMENT, ready="pg_isready -q -h %/run -p $PORT", out="7\n",
            client=f"{PSQL} -h 127.0.0.1 -p $PORT -c 'create table t (x int)'\n"
                   f"{PSQL} -h %/run -p $PORT -c 'insert into t values (7)'\n"
                   f"{PSQL} -A -h %/run -p $PORT -c 'select x from t'"),
    Program("node", ["/usr/bin/node", "%/app/app.js"], prepare=NODE, ports=SERVED,
            follows={"@dev": ("/",)}, out="page\n"),
    Program("java", ["/usr/bin/java", "-XX:+UseSerialGC", "-XX:-UsePerfData",
                     "-XX:+UnlockDiagnosticVMOptions", "-XX:-DumpPrivateMappingsInCore",
                     "-XX:-DumpSharedMappingsInCore", "-cp", "%/app", "Job"], needs="/usr/bin/javac", prepare=JAVA, ports=PEERS, out="peer\n"),
    Program("curl", ["/usr/bin/curl", "-fsS", "http://127.0.0.1:$PEER/", "-o", "%/out/page",
                     "--next", "file://%/out/page"], prepare="mkdir %/out\n", ports=PEERS,
            out="peer\n"),
]
