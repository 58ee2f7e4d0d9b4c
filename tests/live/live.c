/* SPDX-License-Identifier: Apache-2.0 */
#include "live.h"

#include "degraded.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <link.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LIST_MAX = 64 };

static char scratch[64];

/* Fails the test for what is wrong with the test itself. */
static void must(bool good, const char *what)
{
    if (!good)
        fail_msg("%s: %s", what, strerror(errno));
}

/* The directory of the running test, without a '/' at its end. */
static const char *here(void)
{
    static char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    must(len > 0, "/proc/self/exe");
    path[len] = '\0';
    *strrchr(path, '/') = '\0';
    return path;
}

const char *live_expand(const char *string)
{
    static char buffers[8][PATH_MAX];
    static unsigned turn;
    char *to = buffers[turn++ % 8];
    size_t len = 0;
    for (; *string != '\0' && len < PATH_MAX - 1; string++)
        if (*string == '%' || *string == '&')
            len +=
                (size_t)snprintf(to + len, PATH_MAX - len, "%s", *string == '%' ? scratch : here());
        else
            to[len++] = *string;
    assert_true(len < PATH_MAX);
    to[len] = '\0';
    return to;
}

const char *live_file(const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "&/%s", name);
    return live_expand(path);
}

const char *live_loader(const char *name)
{
    static char path[PATH_MAX];
    ElfW(Ehdr) header;
    ElfW(Phdr) segment = {0};
    FILE *file = fopen(live_file(name), "r");
    must(file != NULL && fread(&header, sizeof header, 1, file) == 1, name);
    must(fseek(file, (long)header.e_phoff, SEEK_SET) == 0, name);
    for (unsigned i = 0; i < header.e_phnum && segment.p_type != PT_INTERP; i++)
        must(fread(&segment, sizeof segment, 1, file) == 1, name);
    must(segment.p_type == PT_INTERP && segment.p_filesz <= sizeof path, "PT_INTERP");
    must(fseek(file, (long)segment.p_offset, SEEK_SET) == 0, name);
    must(fread(path, segment.p_filesz, 1, file) == 1, name);
    fclose(file);
    return path;
}

bool live_musl(const char *name)
{
    return strstr(live_loader(name), "/ld-musl-") != NULL;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

int live_teardown(void **state)
{
    (void)state;
    if (*scratch != '\0')
        nftw(scratch, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    *scratch = '\0';
    return 0;
}

void live_write(const char *path, const char *text, mode_t mode)
{
    FILE *file = fopen(live_expand(path), "w");
    must(file != NULL && fputs(live_expand(text), file) >= 0 && fclose(file) == 0, path);
    must(chmod(live_expand(path), mode) == 0, path);
}

static void plant(const char *top)
{
    char path[128];
#define AT(name) (snprintf(path, sizeof path, "%s/" name, top), path)
    must(mkdir(live_expand(top), 0777) == 0, top);
    live_write(AT("file"), "text", 0666);
    live_write(AT("tool"), "#!/bin/sh\nexit 7\n", 0777);
    must(mkdir(live_expand(AT("empty")), 0777) == 0, path);
    must(mkdir(live_expand(AT("full")), 0777) == 0, path);
    live_write(AT("full/file"), "text", 0666);
    must(mkfifo(live_expand(AT("fifo")), 0666) == 0, path);
    must(symlink("file", live_expand(AT("link"))) == 0, path);
#undef AT
}

const char *live_scratch(void)
{
    live_teardown(NULL);
    umask(0);
    strcpy(scratch, "/tmp/sandlock-scratch-XXXXXX");
    must(mkdtemp(scratch) != NULL && chmod(scratch, 0777) == 0, "scratch");
    plant("%/in");
    plant("%/out");
    return scratch;
}

int live_setup(void **state)
{
    (void)state;
    live_scratch();
    return 0;
}

int live_abi(void)
{
    long abi = syscall(444 /* landlock_create_ruleset */, NULL, 0, 1 /* VERSION */);
    return abi > 0 ? (int)abi : 0;
}

unsigned live_errata(void)
{
    long errata = syscall(444 /* landlock_create_ruleset */, NULL, 0, 2 /* ERRATA */);
    return errata > 0 ? (unsigned)errata : 0;
}

void live_skip(const char *lack)
{
    const char *must_work = getenv("SANDLOCK_TEST_MUST_WORK");
    if (must_work != NULL && strcmp(must_work, "1") == 0)
        fail_msg("this machine lacks: %s", lack);
    print_message("[  SKIPPED ] this machine lacks: %s\n", lack);
    skip();
}

void live_needs(int abi)
{
    char lack[32];
    snprintf(lack, sizeof lack, "Landlock ABI %d", abi);
    if (live_abi() < abi)
        live_skip(lack);
}

void live_expect(const struct outcome *outcome, int status, const char *out, const char *err)
{
    if (outcome->status == status && (out == NULL || strcmp(outcome->out, out) == 0) &&
        (err == NULL || strcmp(outcome->err, err) == 0))
        return;
    fail_msg("expected status %d\n--- out: %s\n--- err: %s\n"
             "got status %d\n--- out: %s\n--- err: %s\n",
             status, out == NULL ? "(any)" : out, err == NULL ? "(any)" : err, outcome->status,
             outcome->out, outcome->err);
}

/* Expands the strings of list into heap copies behind those that to holds already. */
static size_t append(char **to, size_t len, const char *const list[])
{
    for (; list != NULL && *list != NULL; list++) {
        assert_true(len < LIST_MAX - 1);
        to[len] = strdup(live_expand(*list));
        must(to[len++] != NULL, "strdup");
    }
    to[len] = NULL;
    return len;
}

static bool has(char *const env[], const char *prefix)
{
    for (; *env != NULL; env++)
        if (strncmp(*env, prefix, strlen(prefix)) == 0)
            return true;
    return false;
}

bool live_filter(void)
{
    const char *filter = getenv("LIVE_FILTER");
    return filter == NULL || strcmp(filter, "off") != 0;
}

const char *live_open(const char *groups)
{
    static char settings[4][64];
    static unsigned turn;
    char *setting = settings[turn++ % 4];
    snprintf(setting, sizeof *settings, "SANDLOCK_SECCOMP%s%s", live_filter() ? "_ALLOW=" : "=off",
             live_filter() ? groups : "");
    return setting;
}

/* Whether env configures the shim, and leaves it to us whether there is a filter. Variables that
 * make no policy stay without one: SANDLOCK_SECCOMP=off would. KEEP_ENV is not for it. */
static bool is_filtered(char *const env[])
{
    return makes_policy(env) && !has(env, "SANDLOCK_SECCOMP") && !has(env, "SANDLOCK_KEEP_ENV=");
}

static _Noreturn void child(const int out[2], const int err[2], char *const argv[],
                            char *const env[])
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int null = open("/dev/null", O_RDONLY);
    if (dup2(null, 0) < 0 || dup2(out[1], 1) < 0 || dup2(err[1], 2) < 0)
        _exit(99);
    for (int fd = 3; fd < 64; fd++)
        close(fd);
    execvpe(argv[0], argv, env);
    fprintf(stderr, "test: %s: %s\n", argv[0], strerror(errno));
    _exit(98);
}

/* How long a program may take: 60 seconds, more where the machine is emulated. */
static int run_seconds(void)
{
    const char *seconds = getenv("LIVE_SECONDS");
    return seconds != NULL ? atoi(seconds) : 60;
}

/* Reads what comes out of both pipes until both end. Returns false when that takes too long. */
static bool drain(int out, int err, struct outcome *outcome)
{
    struct pollfd fds[] = {{.fd = out, .events = POLLIN}, {.fd = err, .events = POLLIN}};
    char *texts[] = {outcome->out, outcome->err};
    size_t sizes[] = {sizeof outcome->out, sizeof outcome->err}, lens[] = {0, 0};
    time_t end = time(NULL) + run_seconds();
    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        if (time(NULL) >= end)
            return false;
        poll(fds, 2, 1000);
        for (int i = 0; i < 2; i++) {
            if (fds[i].revents == 0)
                continue;
            char chunk[4096];
            ssize_t len = read(fds[i].fd, chunk, sizeof chunk);
            if (len <= 0)
                fds[i].fd = -1;
            for (ssize_t j = 0; j < len; j++)
                if (lens[i] < sizes[i] - 1)
                    texts[i][lens[i]++] = chunk[j];
        }
    }
    outcome->out[lens[0]] = outcome->err[lens[1]] = '\0';
    return true;
}

void live_run(struct outcome *outcome, enum face face, const char *const env[],
              const char *const argv[])
{
    char *full_env[LIST_MAX], *full_argv[LIST_MAX], preload[PATH_MAX + 16];
    size_t envs = append(full_env, 0, env), args = 0;
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", live_file("libsandlock_shim.so"));
    if (face == PRELOAD)
        envs = append(full_env, envs, LIST(preload));
    if (!live_filter() && is_filtered(full_env))
        envs = append(full_env, envs, LIST("SANDLOCK_SECCOMP=off"));
    assert_true(envs < LIST_MAX - 1);
    envs = degrade(full_env, envs);
    if (!has(full_env, "PATH="))
        append(full_env, envs, LIST("PATH=/usr/sbin:/usr/bin:/sbin:/bin"));
    if (face == PROGRAM)
        args = append(full_argv, args, LIST(live_file("libsandlock_shim.so"), "--"));
    const char *beside = live_file(argv[0]);
    bool local = strchr(argv[0], '/') == NULL && access(beside, X_OK) == 0;
    args = append(full_argv, args, LIST(local ? beside : argv[0]));
    append(full_argv, args, argv + 1);

    int out[2], err[2], status;
    must(pipe(out) == 0 && pipe(err) == 0, "pipe");
    pid_t pid = fork();
    must(pid >= 0, "fork");
    if (pid == 0)
        child(out, err, full_argv, full_env);
    close(out[1]), close(err[1]);
    bool ended = drain(out[0], err[0], outcome);
    if (!ended)
        kill(pid, SIGKILL);
    close(out[0]), close(err[0]);
    must(waitpid(pid, &status, 0) == pid, "waitpid");
    bool policy = makes_policy(full_env);
    for (char **p = full_env; *p != NULL; p++)
        free(*p);
    for (char **p = full_argv; *p != NULL; p++)
        free(*p);
    if (!ended)
        fail_msg("%s did not end within %d seconds", argv[0], run_seconds());
    outcome->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (policy && outcome->status == 125 && live_abi() == 0 &&
        strstr(outcome->err, "sandlock: landlock_create_ruleset: ") == outcome->err)
        live_needs(1);
}

void live_probe(enum face face, const char *const policy[], const char *operation, const char *path,
                bool good)
{
    struct outcome outcome;
    live_run(&outcome, face, policy, LIST("probe", operation, path));
    if (strcmp(outcome.out, good ? "OK\n" : "EACCES\n") != 0)
        for (print_error("%s %s under", operation, path); *policy != NULL; policy++)
            print_error(" %s%s", *policy, policy[1] == NULL ? "\n" : "");
    live_expect(&outcome, 0, good ? "OK\n" : "EACCES\n", "");
}
