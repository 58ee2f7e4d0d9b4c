/* SPDX-License-Identifier: Apache-2.0 */
#include "service.h"

#include "server.h"

#include <time.h>
#include <unistd.h>

enum { STRINGS = 64 };

int service_open(void **state)
{
    (void)state;
    return server_peer_start() ? 0 : -1;
}

int service_close(void **state)
{
    (void)state;
    return server_peer_stop() ? 0 : -1;
}

int service_teardown(void **state)
{
    bool good = server_stop();
    live_teardown(state);
    return good ? 0 : -1;
}

/* Waits until the server answers. Returns false when it ends before. */
static bool comes_up(const struct service *service)
{
    struct outcome outcome;
    time_t end = time(NULL) + SERVER_SECONDS;
    while (!server_ended(20)) {
        server_run(&outcome, BARE, service->env, SH(service->ready));
        if (outcome.status == 0)
            return true;
        if (time(NULL) >= end)
            fail_msg("%s neither ends nor answers\n--- log: %s\n--- out: %s\n--- err: %s",
                     service->server[0], server_log(), outcome.out, outcome.err);
    }
    return false;
}

/* Whether it is a gate that is opened, where there is no filter in this pass: see live.h. */
static bool is_moot(const struct grant *grant)
{
    return !live_filter() && strcmp(grant->list, GATES) == 0;
}

/* The environment under the policy that lacks the grant with index without; -1: under all of it. A
 * list that has lost its last entry grants nothing, but is there: ":", or a blank. */
static const char *const *environment(const struct service *service, int without)
{
    static const char *env[STRINGS];
    static char lists[8][1024];
    size_t envs = 0, used = 0;
    const char *list = "";
    for (int i = 0; service->policy[i].list != NULL; i++) {
        const struct grant *grant = &service->policy[i];
        const char *separator = strncmp(grant->list, "SANDLOCK_FS", 11) == 0 ? ":" : " ";
        if (is_moot(grant))
            continue;
        if (strcmp(list, grant->list) != 0) {
            list = grant->list;
            snprintf(lists[used], sizeof *lists, "%s=", list);
            env[envs++] = lists[used++];
        }
        char *value = lists[used - 1];
        size_t len = strlen(value);
        snprintf(value + len, sizeof *lists - len, "%s%s", separator,
                 i == without ? "" : grant->text);
    }
    if (!live_filter())
        env[envs++] = "SANDLOCK_SECCOMP=off";
    for (const char *const *more = service->env; *more != NULL; more++)
        env[envs++] = *more;
    env[envs] = NULL;
    return env;
}

static void prepare(const struct service *service)
{
    struct outcome outcome;
    for (const char *const *path = service->needs; *path != NULL; path++)
        if (access(*path, X_OK) != 0)
            live_skip(*path);
    live_scratch();
    server_ports();
    server_run(&outcome, BARE, service->env, SH(service->prepare));
    live_expect(&outcome, 0, "", "");
}

/* Does argv with a server that is started by server_argv, one of them by face under the policy that
 * lacks the grant with index without. A server that does not come up is a job that fails. */
static void perform(struct outcome *outcome, enum face face, const struct service *service,
                    int without, const char *const server_argv[], const char *const argv[])
{
    const char *const *env = face == BARE ? service->env : environment(service, without);
    enum face face_of_job = service->confines_job ? face : BARE;
    prepare(service);
    *outcome = (struct outcome){.status = 0};
    if (server_argv != NULL) {
        server_start(service->confines_job ? BARE : face,
                     service->confines_job ? service->env : env, server_argv);
        bool up = comes_up(service);
        outcome->status = up ? 0 : server_status();
        if (!up || argv == NULL) {
            assert_true(server_stop());
            return;
        }
    }
    server_run(outcome, face_of_job, face_of_job == BARE ? service->env : env, argv);
    assert_true(server_stop());
}

/* Whether the job may be done by face without this grant. */
static bool may_lack(const struct grant *grant, enum face face)
{
    switch (grant->need) {
    case BY_ALL:
        break;
    case BY_ROOT:
        return geteuid() != 0;
    case BY_PROGRAM:
        return face == PRELOAD;
    case BY_OLD:
        return is_moot(grant) || live_abi() >= 9;
    }
    return is_moot(grant);
}

void service_does_its_job(void **state)
{
    const struct service *service = *state;
    struct outcome outcome;
    for (enum face face = BARE; face <= PROGRAM; face++) {
        perform(&outcome, face, service, -1, service->server, service->job);
        if (outcome.status != 0)
            print_message("face %d, log: %s\n", (int)face, server_log());
        live_expect(&outcome, 0, service->out, "");
    }
}

/* Under the whole policy (index -1) the job is done; without any one of its grants it is not, and
 * what fails it is not the shim. */
void service_needs_each_grant(void **state)
{
    const struct service *service = *state;
    struct outcome outcome;
    for (enum face face = PRELOAD; face <= PROGRAM; face++)
        for (int i = -1; i < 0 || service->policy[i].list != NULL; i++) {
            const struct grant *grant = &service->policy[i < 0 ? 0 : i];
            bool may_work = i < 0 || may_lack(grant, face);
            perform(&outcome, face, service, i, service->server, service->job);
            if (outcome.status == 0 ? !may_work : i < 0 || outcome.status == 125)
                fail_msg("without \"%s\" of %s: status %d\n--- out: %s\n--- err: %s\n--- log: %s",
                         i < 0 ? "nothing" : grant->text, i < 0 ? "all" : grant->list,
                         outcome.status, outcome.out, outcome.err, server_log());
        }
}

void service_is_refused(void **state)
{
    const struct service *service = *state;
    struct outcome outcome;
    for (const struct attempt *attempt = service->refused; attempt->name != NULL; attempt++)
        for (enum face face = BARE; face <= PROGRAM; face++) {
            const char *const *how = attempt->server != NULL ? attempt->server : service->server;
            perform(&outcome, face, service, -1, how, attempt->argv);
            char *error = server_expanded(attempt->error);
            bool traced = attempt->trace == NULL || access(live_expand(attempt->trace), F_OK) == 0;
            bool left = attempt->trace != NULL && traced;
            bool says = strstr(outcome.err, error) != NULL || strstr(outcome.out, error) != NULL ||
                        strstr(server_log(), error) != NULL;
            bool done = outcome.status == 0 && traced && !says;
            bool refused = outcome.status != 0 && outcome.status != 125 && says && !left;
            free(error);
            if (face == BARE ? !done : !refused)
                fail_msg("%s, face %d: status %d\n--- out: %s\n--- err: %s\n--- log: %s",
                         attempt->name, (int)face, outcome.status, outcome.out, outcome.err,
                         server_log());
        }
}
