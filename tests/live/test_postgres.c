/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PostgreSQL's initdb, server and psql under the tightest policy that they work under, in the
 * manner of test_servers.c. As it refuses to be run by root, root runs this as uid 65534.
 */
#include "service.h"

#include <glob.h>
#include <unistd.h>

/* Where its programs are, and a database to be copied; made once. */
static char path[256] = "PATH=", template[128] = "TEMPLATE=";
#define ENV                                                                                        \
    LIST(path, template, "LC_ALL=C", "PGUSER=postgres", "PGDATABASE=template1", "HOME=%/made")

static char postgres_path[256]; /* "": not found */
#define NEEDS                                                                                      \
    {                                                                                              \
        postgres_path                                                                              \
    }

#define INITDB        "initdb", "--no-sync", "--auth=trust", "--username=postgres", "-D"
#define POSTGRES(...) LIST("postgres", "-D", "%/data", __VA_ARGS__)
#define READY         "pg_isready -q -h %/run -p $PORT || pg_isready -q -h %/run -p $SPARE"
#define PREPARE                                                                                    \
    "mkdir %/made %/run\n"                                                                         \
    "cp %/in/tool %/made/tool\n"                                                                   \
    "cp -r $TEMPLATE/data %/data\n"                                                                \
    "chmod 700 %/data\n"                                                                           \
    "cat >>%/data/postgresql.conf <<'end'\n"                                                       \
    "listen_addresses = '127.0.0.1'\n"                                                             \
    "port = $PORT\n"                                                                               \
    "unix_socket_directories = '%/run'\n"                                                          \
    "fsync = off\n"                                                                                \
    "end\n"
#define PSQL      "psql -Xqtw -v ON_ERROR_STOP=1 "
#define SQL(code) SH(PSQL "-h %/run -p $PORT <<'end'\n" code ";\nend\n")

/* It looks its user up, and reads the directories of the time zones. By a segment of SysV shared
 * memory the servers of one database keep out of each other's way, whatever they share beside. */
static const struct service initdb = {
    .needs = NEEDS,
    .prepare = "mkdir %/made\n",
    .policy = {{READABLE, "/usr", BY_ALL},
               {READABLE, "/etc/passwd", BY_ALL},
               {WRITABLE, "%/made", BY_ALL},
               {WRITABLE, "/dev/null", BY_ALL},
               {EXECUTABLE, "/usr", BY_ALL},
               {GATES, "@sysv_ipc", BY_ALL}},
    .env = ENV,
    .confines_job = true,
    .job = LIST(INITDB, "%/made/data"),
    .refused =
        {
            {"make it outside", NULL, LIST(INITDB, "%/out/data"),
             "could not create directory \"%/out/data\": Permission denied", "%/out/data"},
            {"put its log outside", NULL, LIST(INITDB, "%/made/data", "-X", "%/out/empty"),
             "Permission denied", "%/out/empty/archive_status"},
            {"read a password of outside", NULL, LIST(INITDB, "%/made/data", "--pwfile=%/out/file"),
             "could not open file \"%/out/file\" for reading: Permission denied", NULL},
        },
};

static const struct service postgres = {
    .needs = NEEDS,
    .prepare = PREPARE,
    .policy = {{READABLE, "/usr", BY_ALL},
               {WRITABLE, "%/data", BY_ALL},
               {WRITABLE, "%/run", BY_ALL},
               {WRITABLE, "@shm", BY_ALL},
               {EXECUTABLE, "/usr", BY_PROGRAM},
               {BIND, "$PORT", BY_ALL},
               {GATES, "@unix", BY_OLD},
               {GATES, "@sysv_ipc", BY_ALL}},
    .env = ENV,
    .server = POSTGRES(NULL),
    .ready = READY,
    .job = SH(PSQL "-h 127.0.0.1 -p $PORT -c 'create table t (x int)'\n" PSQL
                   "-h 127.0.0.1 -p $PORT -c 'insert into t values (7)'\n" PSQL
                   "-h %/run -p $PORT -A -c 'select x from t'\n"),
    .out = "7\n",
    .refused =
        {
            {"copy to outside", NULL, SQL("copy (select 1) to '%/out/new'"),
             "could not open file \"%/out/new\" for writing: Permission denied", "%/out/new"},
            {"copy from outside", NULL, SQL("create table t (x text); copy t from '%/out/file'"),
             "could not open file \"%/out/file\" for reading: Permission denied", NULL},
            {"write outside by a program", NULL, SQL("copy (select 1) to program 'cat >%/out/new'"),
             "program \"cat >%/out/new\" failed", "%/out/new"},
            {"keep a table outside", NULL,
             SQL("create tablespace outside location '%/out/empty'; "
                 "create table t (x int) tablespace outside"),
             "Permission denied", NULL},
            {"connect to anything", NULL,
             SQL("create extension dblink; select dblink_connect('host=127.0.0.1 port=$PORT')"),
             "port $PORT failed: Permission denied", NULL},
            {"listen on another port", POSTGRES("-p", "$SPARE"), NULL,
             "could not bind IPv4 address \"127.0.0.1\": Permission denied", NULL},
            {"have its socket outside", POSTGRES("-k", "%/run,%/out/empty"), NULL,
             "could not create lock file \"%/out/empty/.s.PGSQL.$PORT.lock\": Permission denied",
             NULL},
        },
};

static const struct service psql = {
    .needs = NEEDS,
    .prepare = PREPARE "echo '\\! exit 0' >%/out/script\n",
    .policy = {{EXECUTABLE, "/usr", BY_PROGRAM}, {CONNECT, "$PORT", BY_ALL}},
    .env = ENV,
    .server = POSTGRES(NULL),
    .ready = READY,
    .confines_job = true,
    .job = LIST("psql", "-XqtwA", "-h", "127.0.0.1", "-p", "$PORT", "-c", "select 7"),
    .out = "7\n",
    .refused =
        {
            {"connect to another port", POSTGRES("-p", "$SPARE"),
             LIST("psql", "-Xw", "-h", "127.0.0.1", "-p", "$SPARE", "-c", "select 7"),
             "port $SPARE failed: Permission denied", NULL},
            {"read outside", NULL,
             LIST("psql", "-Xw", "-h", "127.0.0.1", "-p", "$PORT", "-f", "%/out/script"),
             "%/out/script: Permission denied", NULL},
            {"write outside", NULL,
             LIST("psql", "-Xw", "-h", "127.0.0.1", "-p", "$PORT", "-c", "select 7", "-o",
                  "%/out/new"),
             "%/out/new: Permission denied", "%/out/new"},
        },
};

/* One database is enough, and the less there is of it, the sooner it is copied. */
#define MAKE_TEMPLATE                                                                              \
    "initdb --no-sync --auth=trust --username=postgres --wal-segsize=1 -D $TEMPLATE/data\n"        \
    "postgres --single -D $TEMPLATE/data template1 <<'end'\n"                                      \
    "update pg_database set datistemplate = false where datname = 'template0';\n"                  \
    "drop database template0;\n"                                                                   \
    "drop database postgres;\n"                                                                    \
    "end\n"

/* Finds its programs, and makes the database. */
static int open_all(void **state)
{
    glob_t found;
    struct outcome outcome;
    char *const directory = template + strlen(template);
    if (service_open(state) != 0)
        return -1;
    if (glob("/usr/lib/postgresql/*/bin/postgres", 0, NULL, &found) != 0) {
        strcpy(postgres_path, "/usr/lib/postgresql/VERSION/bin/postgres");
        return 0;
    }
    snprintf(postgres_path, sizeof postgres_path, "%s", found.gl_pathv[found.gl_pathc - 1]);
    snprintf(path, sizeof path, "PATH=%.*s:/usr/bin",
             (int)(strrchr(postgres_path, '/') - postgres_path), postgres_path);
    globfree(&found);
    setenv("PATH", path + strlen("PATH="), 1);
    strcpy(directory, "/tmp/sandlock-postgres-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    live_run(&outcome, BARE, LIST(path, template, "LC_ALL=C"), SH(MAKE_TEMPLATE));
    if (outcome.status != 0)
        print_message("%s%s", outcome.out, outcome.err);
    return outcome.status == 0 ? 0 : -1;
}

static int close_all(void **state)
{
    struct outcome outcome;
    char *const directory = template + strlen("TEMPLATE=");
    if (*directory != '\0')
        live_run(&outcome, BARE, LIST(path), LIST("rm", "-rf", directory));
    return service_close(state);
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        SERVICE_TESTS(initdb),
        SERVICE_TESTS(postgres),
        SERVICE_TESTS(psql),
    };
    (void)argc;
    if (geteuid() == 0) {
        execlp("setpriv", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", argv[0],
               (char *)NULL);
        perror("setpriv");
        return 1;
    }
    return cmocka_run_group_tests(tests, open_all, close_all);
}
