/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real programs under the tightest policy that they work under. Each does its job confined; each is
 * refused what it can do unconfined; and no entry of its policy can be done without.
 *
 * "/usr" stands for all of the system here. Where /lib and /bin are no links into it, they have to
 * stand beside it; where they are, entries of their own change nothing.
 */
#include "live.h"

#include <unistd.h>

/* An entry of a policy: the list that it stands in, and its path. */
struct entry {
    const char *list, *path;
};

#define READABLE   "SANDLOCK_FS_READABLE"
#define WRITABLE   "SANDLOCK_FS_WRITABLE"
#define EXECUTABLE "SANDLOCK_FS_EXECUTABLE"

/* Something that a program can do unconfined only. */
struct refusal {
    const char *name;
    const char *const *argv;
    const char *error; /* part of what it says when it is refused */
    const char *trace; /* a file that exists when it has been done, and only then; or NULL */
};

/* What a program is given, and what it does with it. */
struct program {
    const char *path;
    const char *prepare;          /* for sh, unconfined: makes its files in the scratch directory */
    const struct entry policy[8]; /* those of one list side by side */
    const char *const *env;
    const char *const *job;
    const char *out; /* what the job prints; NULL: whatever */
    const struct refusal refused[8];
};

/* It lists the directories that it imports from, which executable does not grant: "/usr" twice. */
#define PYTHON(code)    LIST("/usr/bin/python3", "-c", "import socket, subprocess\n" code)
#define EACCES_OF(path) "PermissionError: [Errno 13] Permission denied: '" path "'"
static const struct program python = {
    .path = "/usr/bin/python3",
    .prepare = "mkdir %/app %/made\n"
               "echo '{\"words\": [\"b\", \"a\"]}' >%/app/words.json\n"
               "cp %/in/tool %/made/tool\n"
               "cat >%/app/job.py <<'end'\n"
               "import json, ssl, subprocess\n"
               "words = json.load(open('%/app/words.json'))['words']\n"
               "ssl.create_default_context()\n"
               "text = subprocess.run(['sort'], input='\\n'.join(words), text=True,\n"
               "                      capture_output=True, check=True).stdout\n"
               "json.dump(text.split(), open('%/made/sorted.json', 'w'))\n"
               "print(open('%/made/sorted.json').read())\n"
               "end\n",
    .policy = {{READABLE, "/usr"}, {READABLE, "%/app"}, {WRITABLE, "%/made"}, {EXECUTABLE, "/usr"}},
    .env = LIST("HOME=%/made"),
    .job = LIST("/usr/bin/python3", "%/app/job.py"),
    .out = "[\"a\", \"b\"]\n",
    .refused =
        {
            {"read", PYTHON("open('%/out/file').read()"), EACCES_OF("%/out/file"), NULL},
            {"write", PYTHON("open('%/out/new', 'w')"), EACCES_OF("%/out/new"), "%/out/new"},
            {"change its code", PYTHON("open('%/app/job.py', 'a')"), EACCES_OF("%/app/job.py"),
             NULL},
            {"read by a child", PYTHON("subprocess.run(['cat', '%/out/file'], check=True)"),
             "cat: %/out/file: Permission denied", NULL},
            {"execute what it can write", PYTHON("subprocess.run(['%/made/tool'])"),
             EACCES_OF("%/made/tool"), NULL},
            {"listen", PYTHON("socket.create_server(('127.0.0.1', 0))"), "Permission denied", NULL},
        },
};

/* It opens /dev/null for reading and writing, and some versions name their files by /dev/urandom.
 */
static const struct program git = {
    .path = "/usr/bin/git",
    .prepare = "for repo in %/repo %/out/repo; do\n"
               "    git init -q --template= $repo\n"
               "    git -C $repo commit -q --allow-empty -m zero\n"
               "done\n"
               "mkdir %/repo/.git/hooks\n"
               "echo '#!/bin/sh' >%/repo/.git/hooks/pre-commit\n"
               "echo 'echo >%/repo/ran' >>%/repo/.git/hooks/pre-commit\n"
               "chmod +x %/repo/.git/hooks/pre-commit\n",
    .policy = {{WRITABLE, "%/repo"}, {WRITABLE, "@dev"}, {EXECUTABLE, "/usr"}},
    .env = LIST("GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org",
                "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org"),
    .job = LIST("/bin/sh", "-ec",
                "git init -q --template= %/repo/new; cd %/repo/new; echo text >file\n"
                "git add file; git commit -q -m one; git log | tail -n 1; git show HEAD:file"),
    .out = "    one\ntext\n",
    .refused =
        {
            {"clone from outside",
             LIST("git", "clone", "-q", "--template=", "%/out/repo", "%/repo/copy"),
             "fatal: repository '%/out/repo' does not exist", "%/repo/copy"},
            {"clone to outside", LIST("git", "clone", "-q", "--template=", "%/repo", "%/out/copy"),
             "could not create work tree dir '%/out/copy': Permission denied", "%/out/copy"},
            {"write an archive outside",
             LIST("git", "-C", "%/repo", "archive", "-o", "%/out/new.tar", "HEAD"),
             "could not open '%/out/new.tar' for writing: Permission denied", "%/out/new.tar"},
            {"execute a hook of the repository",
             LIST("git", "-C", "%/repo", "commit", "-q", "--allow-empty", "-m", "two"),
             "pre-commit': Permission denied", "%/repo/ran"},
        },
};

/* gcc, by way of make. */
#define MAKE(...) LIST("make", "-C", "%/build", "-f", "%/src/Makefile", __VA_ARGS__)
static const struct program gcc = {
    .path = "/usr/bin/gcc",
    .prepare = "mkdir %/src %/build %/tmp\n"
               "cat >%/src/Makefile <<'end'\n"
               "VPATH = %/src\n"
               "OUT = sum\n"
               "$(OUT): main.o add.o\n"
               "\t$(CC) -o $@ $^\n"
               "end\n"
               "echo 'int add(int, int); int main(void) { return add(3, 4); }' >%/src/main.c\n"
               "echo 'int add(int a, int b) { return a + b; }' >%/src/add.c\n"
               "echo '#include \"%/out/secret.h\"' >%/src/leak.c\n"
               "echo 'int secret;' >%/out/secret.h\n",
    .policy = {{READABLE, "%/src"},
               {WRITABLE, "%/build"},
               {WRITABLE, "%/tmp"},
               {EXECUTABLE, "/usr"}},
    .env = LIST("TMPDIR=%/tmp"),
    .job = MAKE("sum"),
    .refused =
        {
            {"include a file of outside", MAKE("leak.o"),
             "fatal error: %/out/secret.h: Permission denied", "%/build/leak.o"},
            {"write its output outside", MAKE("OUT=%/out/sum"),
             "cannot open output file %/out/sum: Permission denied", "%/out/sum"},
            {"write its output among the sources", MAKE("OUT=%/src/sum"),
             "cannot open output file %/src/sum: Permission denied", "%/src/sum"},
        },
};

/* The environment of a program whose policy lacks the entry with index without; -1: of the whole
 * policy. A list that has lost its last entry grants nothing, but is there: ":". */
static const char *const *environment(const struct program *program, int without)
{
    static const char *env[16];
    static char lists[8][256];
    size_t envs = 0, used = 0;
    const char *list = "";
    for (int i = 0; program->policy[i].list != NULL; i++) {
        const struct entry *entry = &program->policy[i];
        if (strcmp(list, entry->list) != 0) {
            list = entry->list;
            snprintf(lists[used], sizeof *lists, "%s=", list);
            env[envs++] = lists[used++];
        }
        char *value = lists[used - 1];
        size_t len = strlen(value);
        snprintf(value + len, sizeof *lists - len, ":%s", i == without ? "" : entry->path);
    }
    for (const char *const *more = program->env; *more != NULL; more++)
        env[envs++] = *more;
    env[envs] = NULL;
    return env;
}

static void prepare(const struct program *program)
{
    struct outcome outcome;
    if (access(program->path, X_OK) != 0)
        live_skip(program->path);
    live_scratch();
    live_run(&outcome, BARE, program->env, LIST("/bin/sh", "-ec", program->prepare));
    live_expect(&outcome, 0, "", "");
}

static void run(struct outcome *outcome, enum face face, const struct program *program, int without,
                const char *const argv[])
{
    prepare(program);
    live_run(outcome, face, face == BARE ? program->env : environment(program, without), argv);
}

static void test_does_its_job(void **state)
{
    const struct program *program = *state;
    struct outcome outcome;
    for (enum face face = BARE; face <= PROGRAM; face++) {
        run(&outcome, face, program, -1, program->job);
        live_expect(&outcome, 0, program->out, "");
    }
}

/* A program may start or not without one of its entries, but its job is never done; what fails it
 * is not the shim, but that which the entry grants. */
static void test_each_entry_is_needed(void **state)
{
    const struct program *program = *state;
    struct outcome outcome;
    for (int i = 0; program->policy[i].list != NULL; i++)
        for (enum face face = PRELOAD; face <= PROGRAM; face++) {
            run(&outcome, face, program, -1, program->job);
            live_expect(&outcome, 0, program->out, "");
            run(&outcome, face, program, i, program->job);
            if (outcome.status == 0 || outcome.status == 125)
                fail_msg("without \"%s\" of %s: status %d\n--- out: %s\n--- err: %s",
                         program->policy[i].path, program->policy[i].list, outcome.status,
                         outcome.out, outcome.err);
        }
}

static bool exists(const char *path)
{
    return access(live_expand(path), F_OK) == 0;
}

static void test_is_refused(void **state)
{
    const struct program *program = *state;
    struct outcome outcome;
    for (const struct refusal *refusal = program->refused; refusal->name != NULL; refusal++)
        for (enum face face = BARE; face <= PROGRAM; face++) {
            run(&outcome, face, program, -1, refusal->argv);
            bool done = outcome.status == 0 && (refusal->trace == NULL || exists(refusal->trace));
            bool refused = outcome.status != 0 && outcome.status != 125 &&
                           strstr(outcome.err, live_expand(refusal->error)) != NULL &&
                           (refusal->trace == NULL || !exists(refusal->trace));
            if (face == BARE ? !done : !refused)
                fail_msg("%s, face %d: status %d\n--- out: %s\n--- err: %s", refusal->name,
                         (int)face, outcome.status, outcome.out, outcome.err);
        }
}

/* What gcc has made is what was asked for. */
static void test_what_gcc_makes_runs(void **state)
{
    struct outcome outcome;
    (void)state;
    for (enum face face = PRELOAD; face <= PROGRAM; face++) {
        run(&outcome, face, &gcc, -1, gcc.job);
        live_run(&outcome, BARE, LIST("A=1"), LIST("%/build/sum"));
        live_expect(&outcome, 7, "", "");
    }
}

#define ON(test, program)                                                                          \
    {                                                                                              \
#test "(" #program ")", test, live_setup, live_teardown, (void *)(uintptr_t) & (program)   \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON(test_does_its_job, python),      ON(test_each_entry_is_needed, python),
        ON(test_is_refused, python),        ON(test_does_its_job, git),
        ON(test_each_entry_is_needed, git), ON(test_is_refused, git),
        ON(test_does_its_job, gcc),         ON(test_each_entry_is_needed, gcc),
        ON(test_is_refused, gcc),           ON(test_what_gcc_makes_runs, gcc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
