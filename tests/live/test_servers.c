/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nginx, redis, curl and node under the tightest policy that they work under. Each does its job
 * confined; each is refused what it can do unconfined; and no entry of its policy can be done
 * without. "/usr" stands for all of the system, as in test_real.c.
 */
#include "service.h"

/* --- nginx ----------------------------------------------------------------------------------- */

/* The parts of a configuration; the main server is to be closed by whoever goes on. */
#define NGINX_MAIN                                                                                 \
    "worker_processes 1;\npid %/made/pid;\nerror_log stderr;\nevents {}\nhttp {\n"                 \
    "client_body_temp_path %/made/body;\nproxy_temp_path %/made/proxy;\n"                          \
    "fastcgi_temp_path %/made/fastcgi;\nuwsgi_temp_path %/made/uwsgi;\n"                           \
    "scgi_temp_path %/made/scgi;\n"
#define NGINX_SERVER(port)                                                                         \
    "server {\nlisten 127.0.0.1:" port ";\nroot %/www;\n"                                          \
    "location /peer { proxy_pass http://127.0.0.1:$PEER/; }\n}\n"
#define NGINX(conf) LIST("/usr/sbin/nginx", "-e", "stderr", "-g", "daemon off;", "-c", conf)
#define FETCH(path) LIST("/usr/bin/curl", "-fsS", "http://127.0.0.1:$PORT" path)

/* As root it looks up the user that its workers become. */
static const struct service nginx = {
    .needs = {"/usr/sbin/nginx", "/usr/bin/curl"},
    .prepare =
        "mkdir %/etc %/made %/www\n"
        "echo page >%/www/page\n"
        "ln -s %/out/file %/www/link\n"
        "cat >%/etc/main.conf <<'end'\n" NGINX_MAIN "access_log %/made/access.log;\n" NGINX_SERVER(
            "$PORT") "}\nend\n"
                     "cat >%/etc/spare.conf <<'end'\n" NGINX_MAIN
                     "access_log off;\n" NGINX_SERVER("$PORT")
                         NGINX_SERVER("$SPARE") "}\nend\n"
                                                "cat >%/etc/log.conf <<'end'\n" NGINX_MAIN
                                                "access_log %/out/access.log;\n" NGINX_SERVER(
                                                    "$PORT") "}\nend\n",
    .policy = {{READABLE, "%/etc", BY_ALL},
               {READABLE, "%/www", BY_ALL},
               {READABLE, "@users", BY_ROOT},
               {WRITABLE, "%/made", BY_ALL},
               {EXECUTABLE, "/usr", BY_PROGRAM},
               {BIND, "$PORT", BY_ALL}},
    .env = LIST("LC_ALL=C"),
    .server = NGINX("%/etc/main.conf"),
    .ready = "curl -sS http://127.0.0.1:$PORT/",
    .job = FETCH("/page"),
    .out = "page\n",
    .refused =
        {
            {"serve a file of outside by a link", NULL, FETCH("/link"),
             "open() \"%/www/link\" failed (13: Permission denied)", NULL},
            {"listen on another port", NGINX("%/etc/spare.conf"), NULL,
             "bind() to 127.0.0.1:$SPARE failed (13: Permission denied)", NULL},
            {"connect to another server", NULL, FETCH("/peer"),
             "connect() to 127.0.0.1:$PEER failed (13: Permission denied)", NULL},
            {"write its log outside", NGINX("%/etc/log.conf"), NULL,
             "open() \"%/out/access.log\" failed (13: Permission denied)", "%/out/access.log"},
        },
};

/* --- redis ----------------------------------------------------------------------------------- */

#define REDIS(conf) LIST("/usr/bin/redis-server", conf)
#define REDIS_MAIN                                                                                 \
    "bind 127.0.0.1\nunixsocket %/made/socket\ndir %/made\nsave \"\"\n"                            \
    "repl-diskless-sync-delay 0\n"
#define REDIS_CLI "redis-cli -e -s %/made/socket "
#define REDIS_NEEDS                                                                                \
    {                                                                                              \
        "/usr/bin/redis-server", "/usr/bin/redis-cli"                                              \
    }
#define REDIS_PREPARE                                                                              \
    "mkdir %/etc %/made %/client\n"                                                                \
    "echo 'return 7' >%/client/script\n"                                                           \
    "echo 'return 8' >%/out/script\n"                                                              \
    "cat >%/etc/main.conf <<'end'\n" REDIS_MAIN "port $PORT\n"                                     \
    "enable-protected-configs local\nend\n"                                                        \
    "cat >%/etc/spare.conf <<'end'\n" REDIS_MAIN "port $SPARE\nend\n"                              \
    "cat >%/etc/log.conf <<'end'\n" REDIS_MAIN "port $PORT\nlogfile %/out/new.log\nend\n"

static const struct service redis = {
    .needs = REDIS_NEEDS,
    .prepare = REDIS_PREPARE,
    .policy = {{READABLE, "%/etc", BY_ALL},
               {WRITABLE, "%/made", BY_ALL},
               {EXECUTABLE, "/usr", BY_PROGRAM},
               {BIND, "$PORT", BY_ALL},
               {GATES, "@unix", BY_OLD}},
    .env = LIST("LC_ALL=C"),
    .server = REDIS("%/etc/main.conf"),
    .ready = REDIS_CLI "ping",
    .job = SH("redis-cli -e -p $PORT set key value\n" REDIS_CLI "get key\n" REDIS_CLI "save\n"
              "test -s %/made/dump.rdb"),
    .out = "OK\nvalue\nOK\n",
    .refused =
        {
            {"dump elsewhere", NULL, SH(REDIS_CLI "config set dir %/out\n" REDIS_CLI "save\n"),
             "(in server root dir %/out) for saving: Permission denied", "%/out/dump.rdb"},
            {"change its configuration", NULL, SH(REDIS_CLI "config rewrite\n"),
             "Rewriting config file: Permission denied", NULL},
            {"listen on another port from the start", REDIS("%/etc/spare.conf"), NULL,
             "127.0.0.1:$SPARE: bind: Permission denied", NULL},
            {"listen on another port later", NULL, SH(REDIS_CLI "config set port $SPARE\n"),
             "127.0.0.1:$SPARE: bind: Permission denied", NULL},
            {"write its log outside", REDIS("%/etc/log.conf"), NULL,
             "Can't open the log file: Permission denied", "%/out/new.log"},
        },
};

static const struct service redis_cli = {
    .needs = REDIS_NEEDS,
    .prepare = REDIS_PREPARE,
    .policy = {{READABLE, "%/client", BY_ALL},
               {EXECUTABLE, "/usr", BY_PROGRAM},
               {CONNECT, "$PORT", BY_ALL}},
    .env = LIST("LC_ALL=C"),
    .server = REDIS("%/etc/main.conf"),
    .ready = REDIS_CLI "ping",
    .confines_job = true,
    .job = LIST("/usr/bin/redis-cli", "-e", "-p", "$PORT", "--eval", "%/client/script"),
    .out = "7\n",
    .refused =
        {
            {"connect to another port", REDIS("%/etc/spare.conf"),
             LIST("redis-cli", "-e", "-p", "$SPARE", "ping"),
             "Could not connect to Redis at 127.0.0.1:$SPARE: Permission denied", NULL},
            {"read outside", NULL, LIST("redis-cli", "-e", "-p", "$PORT", "--eval", "%/out/script"),
             "Can't open file '%/out/script': Permission denied", NULL},
            {"write", NULL, LIST("redis-cli", "-p", "$PORT", "--rdb", "%/out/dump"),
             "Error opening '%/out/dump': Permission denied", "%/out/dump"},
        },
};

/* --- curl ------------------------------------------------------------------------------------ */

#define CURL(...) LIST("/usr/bin/curl", "-fsS", __VA_ARGS__)
static const struct service curl = {
    .needs = {"/usr/bin/curl"},
    .prepare = "mkdir %/made\n",
    .policy = {{WRITABLE, "%/made", BY_ALL},
               {EXECUTABLE, "/usr", BY_PROGRAM},
               {CONNECT, "$PEER", BY_ALL}},
    .env = LIST("LC_ALL=C"),
    .confines_job = true,
    .job = CURL("http://127.0.0.1:$PEER/", "-o", "%/made/page", "--next", "file://%/made/page"),
    .out = "peer\n",
    .refused =
        {
            {"connect to another port", NULL, CURL("http://127.0.0.1:$WRONG/"),
             "curl: (7) Failed to connect to 127.0.0.1 port $WRONG", NULL},
            {"read outside", NULL, CURL("file://%/out/file"),
             "curl: (37) Couldn't open file %/out/file", NULL},
            {"send a file of outside", NULL, CURL("-T", "%/out/file", "http://127.0.0.1:$PEER/"),
             "curl: Can't open '%/out/file'!", NULL},
            {"write outside", NULL, CURL("http://127.0.0.1:$PEER/", "-o", "%/out/new"),
             "curl: (23) Failure writing output to destination", "%/out/new"},
        },
};

/* --- node ------------------------------------------------------------------------------------ */

/* It reads OpenSSL's configuration at its start. */
#define NODE(code) LIST("/usr/bin/node", "-e", "const fs = require('fs')\n" code)
static const struct service node = {
    .needs = {"/usr/bin/node"},
    .prepare = "mkdir %/app %/made\n"
               "cp %/in/tool %/made/tool\n"
               "echo page >%/app/page\n"
               "cat >%/app/app.js <<'end'\n"
               "const fs = require('fs'), http = require('http')\n"
               "const server = http.createServer((request, response) => {\n"
               "    fs.createReadStream('%/app' + request.url).pipe(response)\n"
               "})\n"
               "server.listen($PORT, '127.0.0.1', async () => {\n"
               "    const answer = await fetch('http://127.0.0.1:$PORT/page')\n"
               "    fs.writeFileSync('%/made/copy', await answer.text())\n"
               "    process.stdout.write(fs.readFileSync('%/made/copy'))\n"
               "    process.exit(0)\n"
               "})\n"
               "end\n",
    .policy = {{READABLE, "%/app", BY_ALL},
               {READABLE, "@tls", BY_ALL},
               {WRITABLE, "%/made", BY_ALL},
               {EXECUTABLE, "/usr", BY_PROGRAM},
               {CONNECT, "$PORT", BY_ALL},
               {BIND, "$PORT", BY_ALL}},
    .env = LIST("LC_ALL=C"),
    .confines_job = true,
    .job = LIST("/usr/bin/node", "%/app/app.js"),
    .out = "page\n",
    .refused =
        {
            {"read outside", NULL, NODE("fs.readFileSync('%/out/file')"),
             "EACCES: permission denied, open '%/out/file'", NULL},
            {"write outside", NULL, NODE("fs.writeFileSync('%/out/new', '')"),
             "EACCES: permission denied, open '%/out/new'", "%/out/new"},
            {"change its code", NULL, NODE("fs.appendFileSync('%/app/app.js', '')"),
             "EACCES: permission denied, open '%/app/app.js'", NULL},
            {"listen on another port", NULL,
             NODE("require('net').createServer().listen($SPARE, '127.0.0.1', process.exit)"),
             "listen EACCES: permission denied 127.0.0.1:$SPARE", NULL},
            {"connect to another port", NULL,
             NODE("require('net').connect($WRONG, '127.0.0.1', process.exit)"),
             "connect EACCES 127.0.0.1:$WRONG", NULL},
            {"execute what it can write", NULL,
             NODE("const { error } = require('child_process').spawnSync('%/made/tool')\n"
                  "if (error) throw error"),
             "spawnSync %/made/tool EACCES", NULL},
        },
};

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVICE_TESTS(nginx), SERVICE_TESTS(redis), SERVICE_TESTS(redis_cli),
        SERVICE_TESTS(curl),  SERVICE_TESTS(node),
    };
    return cmocka_run_group_tests(tests, service_open, service_close);
}
