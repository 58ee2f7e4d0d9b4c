/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clients of HTTP survive what the filter refuses, live: curl, node, java and python3, with the
 * port of the peer granted and without. None of them needs UDP for that, and none is killed.
 */
#include "server.h"

#include <unistd.h>

#define READ   "SANDLOCK_FS_READABLE=@base:@proc:@sys:/etc:%/in"
#define WRITE  "SANDLOCK_FS_WRITABLE=%/out:@dev"
#define ACTION "SANDLOCK_SECCOMP_ACTION="
#define ALLOW  "SANDLOCK_NET_ALLOW="

static const char *const actions[] = {ACTION "errno", ACTION "kill"};

/* What argv prints, and with which status, unconfined and under a setting besides those above. */
static void expect(const char *needs, const char *setting, const char *const argv[], int status,
                   const char *out)
{
    struct outcome outcome;
    if (access(needs, X_OK) != 0)
        live_skip(needs);
    if (setting == NULL) {
        server_run(&outcome, BARE, LIST("HOME=%/out"), argv);
        live_expect(&outcome, status, out, "");
        return;
    }
    for (enum face face = PRELOAD; face <= PROGRAM; face++)
        for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
            server_run(&outcome, face, LIST("HOME=%/out", READ, WRITE, actions[i], setting), argv);
            live_expect(&outcome, status, out, NULL);
        }
}

#define NOTHING "SANDLOCK_VERBOSE=0"

/* --- curl ------------------------------------------------------------------------------------ */

static void test_curl(void **state)
{
    static const char *const fetch[] = {"curl", "-sS", "http://127.0.0.1:$PEER/", NULL};
    static const char *const fast[] = {"curl", "-sS", "--tcp-fastopen", "http://127.0.0.1:$PEER/",
                                       NULL};
    static const char *const named[] = {"curl", "-sS", "http://localhost:$PEER/", NULL};
    static const char *const unknown[] = {"curl", "-sS", "http://name.invalid:$PEER/", NULL};
    enum { UNKNOWN_HOST = 6, NO_CONNECTION = 7 };
    (void)state;
    for (const char *setting = NULL;; setting = ALLOW "$PEER") {
        expect("/usr/bin/curl", setting, fetch, 0, "peer\n");
        expect("/usr/bin/curl", setting, fast, 0, "peer\n");
        expect("/usr/bin/curl", setting, named, 0, "peer\n");
        if (setting != NULL)
            break;
    }
    expect("/usr/bin/curl", ALLOW "$PEER", unknown, UNKNOWN_HOST, "");
    expect("/usr/bin/curl", NOTHING, fetch, NO_CONNECTION, "");
    expect("/usr/bin/curl", ALLOW "$WRONG", fast, NO_CONNECTION, "");
}

/* --- python3 --------------------------------------------------------------------------------- */

static void test_python(void **state)
{
    static const char *const fetch[] = {
        "/usr/bin/python3", "-c",
        "import urllib.request as u, urllib.error\n"
        "try:\n print(u.urlopen('http://localhost:$PEER/').read().decode(), end='')\n"
        "except urllib.error.URLError as e:\n print(e.reason)\n",
        NULL};
    (void)state;
    expect("/usr/bin/python3", NULL, fetch, 0, "peer\n");
    expect("/usr/bin/python3", ALLOW "$PEER", fetch, 0, "peer\n");
    expect("/usr/bin/python3", NOTHING, fetch, 0, "[Errno 13] Permission denied\n");
    expect("/usr/bin/python3", ALLOW "$WRONG", fetch, 0, "[Errno 13] Permission denied\n");
}

/* --- node ------------------------------------------------------------------------------------ */

#define NODE(code) LIST("/usr/bin/node", "-e", code)
#define NODE_FETCH                                                                                 \
    "fetch('http://127.0.0.1:$PEER/').then(async r => process.stdout.write(await r.text()),\n"     \
    "  e => console.log(e.cause.code))\n"
#define NODE_UDP                                                                                   \
    "const s = require('dgram').createSocket('udp4')\n"                                            \
    "s.on('error', e => { console.log(e.code); process.exit() })\n"                                \
    "s.bind(0, () => { console.log('bound'); process.exit() })\n"
#define NODE_LOOKUP                                                                                \
    "require('dns').lookup('localhost', {family: 4}, (e, a) => console.log(e ? e.code : a))\n"
#define NODE_LOCAL                                                                                 \
    "const os = require('os'), { Worker } = require('worker_threads')\n"                           \
    "const { execFileSync } = require('child_process')\n"                                          \
    "console.log('lo' in os.networkInterfaces(), os.cpus().length > 0)\n"                          \
    "process.stdout.write(execFileSync('/bin/echo', ['child']))\n"                                 \
    "new Worker('console.log(\"worker\")', {eval: true})\n"

static void test_node(void **state)
{
    const char *node = "/usr/bin/node";
    (void)state;
    expect(node, NULL, NODE(NODE_FETCH), 0, "peer\n");
    expect(node, ALLOW "$PEER", NODE(NODE_FETCH), 0, "peer\n");
    expect(node, NOTHING, NODE(NODE_FETCH), 0, "EACCES\n");
    expect(node, NULL, NODE(NODE_LOCAL), 0, "true true\nchild\nworker\n");
    expect(node, NOTHING, NODE(NODE_LOCAL), 0, "true true\nchild\nworker\n");
    expect(node, NULL, NODE(NODE_LOOKUP), 0, "127.0.0.1\n");
    expect(node, NOTHING, NODE(NODE_LOOKUP), 0, "127.0.0.1\n");
    expect(node, NULL, NODE(NODE_UDP), 0, "bound\n");
    expect(node, ALLOW "udp://*", NODE(NODE_UDP), 0, "bound\n");
    expect(node, NOTHING, NODE(NODE_UDP), 0, "EPROTONOSUPPORT\n");
}

/* --- java ------------------------------------------------------------------------------------ */

static const char java_source[] =
    "import java.net.*;\n"
    "import java.net.http.*;\n"
    "public class Net {\n"
    "    interface Job { Object run() throws Exception; }\n"
    "    static void say(String what, Job job) {\n"
    "        try { System.out.println(what + \": \" + job.run()); }\n"
    "        catch (Exception e) { System.out.println(what + \": \" + e.getClass().getName()); }\n"
    "    }\n"
    "    public static void main(String[] arguments) throws Exception {\n"
    "        URI uri = URI.create(arguments[0]);\n"
    "        say(\"localhost\", () -> InetAddress.getByName(\"localhost\").getHostAddress());\n"
    "        say(\"client\", () -> HttpClient.newHttpClient().send(\n"
    "            HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())\n"
    "            .body().trim());\n"
    "        say(\"url\", () -> new String(uri.toURL().openStream().readAllBytes()).trim());\n"
    "        say(\"child\", () -> new ProcessBuilder(\"/bin/true\").start().waitFor());\n"
    "        say(\"interfaces\", () -> NetworkInterface.getNetworkInterfaces() != null);\n"
    "        say(\"loopback\", () -> NetworkInterface.getByName(\"lo\") != null);\n"
    "        say(\"udp\", () -> { new DatagramSocket().close(); return true; });\n"
    "    }\n"
    "}\n";

/* It lists interfaces by way of UDP sockets: without them it says that there are none. */
#define JAVA_TCP "localhost: 127.0.0.1\nclient: peer\nurl: peer\nchild: 0\n"
#define JAVA_UDP "interfaces: true\nloopback: true\nudp: true\n"
#define JAVA_NO_TCP                                                                                \
    "localhost: 127.0.0.1\nclient: java.io.IOException\nurl: java.net.SocketException\nchild: 0\n"
#define JAVA_NO_UDP                                                                                \
    "interfaces: java.net.SocketException\nloopback: false\nudp: java.net.SocketException\n"

static void test_java(void **state)
{
    static const char *const run[] = {"java", "-XX:+UseSerialGC",        "-cp", "%/in",
                                      "Net",  "http://127.0.0.1:$PEER/", NULL};
    const char *java = "/usr/bin/java";
    struct outcome outcome;
    (void)state;
    if (access("/usr/bin/javac", X_OK) != 0)
        live_skip("/usr/bin/javac");
    live_write("%/in/Net.java", java_source, 0666);
    live_run(&outcome, BARE, NULL, LIST("javac", "-d", "%/in", "%/in/Net.java"));
    live_expect(&outcome, 0, "", "");
    expect(java, NULL, run, 0, JAVA_TCP JAVA_UDP);
    expect(java, ALLOW "$PEER udp://*", run, 0, JAVA_TCP JAVA_UDP);
    expect(java, ALLOW "$PEER", run, 0, JAVA_TCP JAVA_NO_UDP);
    expect(java, NOTHING, run, 0, JAVA_NO_TCP JAVA_NO_UDP);
}

static int open_peer(void **state)
{
    (void)state;
    return server_peer_start() ? 0 : -1;
}

static int close_peer(void **state)
{
    (void)state;
    return server_peer_stop() ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_curl),
        TEST(test_python),
        TEST(test_node),
        TEST(test_java),
    };
    return cmocka_run_group_tests(tests, open_peer, close_peer);
}
