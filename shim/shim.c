/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libsandlock_shim: confines the process that it is loaded into.
 *
 * Theory of operation. The loader runs our constructor before any other (-z initfirst), so before
 * main, before the constructors of every library and before preinit_array. The constructor reads
 * SANDLOCK_* from the environment, makes a policy of it (env/), a plan for this kernel of the
 * policy (plan.c), a Landlock domain of the plan (landlock.c) and a seccomp filter for what
 * Landlock does not see (gates.h, filter.c). The kernel enforces both on this process and on all
 * that it starts, and nobody can take them off again. From then on the shim is not in the way of
 * anything: it interposes nothing, and no code of it runs any more.
 *
 * The order, which shim_confine follows:
 *
 *   1. AT_SECURE    An environment that its sender may not choose is not read at all.
 *   2. parse        All that can be known to be wrong is, before anything changes. The file that
 *                   SANDLOCK_CONFIG names is read here, into memory that is given back before 8.
 *   3. mark         Who is confined by this very policy already is not confined twice.
 *   4. threads      Landlock confines the calling thread. One that it missed would be a hole.
 *   5. settle       Inherited descriptors are closed and core dumps limited, where that is asked.
 *   6. probe        What the kernel knows; does the policy live with what it lacks?
 *   7. ruleset      Created; paths opened, rules added, ports too. Still nothing is confined.
 *   8. enforce      no_new_privs, then restrict_self: from here on the process is confined.
 *   9. filter       The gates that nothing granted needs are closed; the mark is borne.
 *  10. consume      Our configuration leaves the environment; children inherit the domain.
 *
 * Whatever fails, at whichever step, ends the process in shim_end: one line, status 125. There is
 * no other way out of a step but the next one. On this way no malloc, stdio, exit or abort is
 * called: libc itself may not be initialised yet, and its handlers would run unconfined. Nor is
 * any other function of libc's, for it need not be libc's: see syscall.h.
 *
 * Where the main program is this very file, its main (program.c) confines, and then executes the
 * program that it was given; the constructor leaves it all to it.
 */
#include "shim.h"

#include "../env/strip.h"
#include "../env/vars.h"
#include "config.h"
#include "end.h"
#include "filter.h"
#include "process.h"
#include "sys.h"

#include <elf.h>
#include <link.h> /* ElfW */

/* The entry point of this object (start.c), and its beginning, by the linker. */
extern const char _start[] __attribute__((visibility("hidden")));
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

/* What the constructor has brought about. It is written before anything else of the process runs,
 * and where it is not needed neither written nor, as .bss would be, cleared: that costs a page. */
#define UNTOUCHED __attribute__((section(".data")))
static UNTOUCHED struct confinement confinement;
static UNTOUCHED bool has_confined;

const struct confinement *shim_confined(void)
{
    return has_confined ? &confinement : NULL;
}

/* Step 6, and a ruleset without any rule yet. */
static void create(struct landlock *landlock, const struct policy *policy,
                   const struct config *config)
{
    struct fault fault;
    if (landlock_probe(landlock, &fault) < 0)
        shim_fault(EXIT_SHIM, &fault);
    if (landlock_create(landlock, policy, &fault) == 0)
        return;
    if (landlock->missing != 0)
        end_missing(landlock, policy, config);
    shim_fault(EXIT_SHIM, &fault);
}

/* Steps 6 to 9. */
static void enforce(const struct policy *policy, const struct groups *groups,
                    const struct mark *mark, struct config *config)
{
    struct landlock landlock;
    struct path_walk walk; /* which faults point into */
    struct fault fault;
    create(&landlock, policy, config);
    gate_set open = plan_gates(&landlock.plan, policy, groups);
    walk.found = landlock_add_path;
    walk.missing = NULL;
    walk.context = &landlock;
    if (paths_walk(&walk, policy, &landlock.plan, &fault) < 0)
        end_policy(config, &fault);
    if (landlock_add_ports(&landlock, policy, &fault) < 0 || config_unload(config, &fault) < 0 ||
        landlock_enforce(&landlock, &fault) < 0 ||
        filter_enforce(policy, groups, open, mark, &fault) < 0)
        shim_fault(EXIT_SHIM, &fault);
    if (policy->knobs[KNOB_VERBOSE])
        say_enforced(policy, &landlock, open);
}

/* Whether the process is confined already: by this policy, or, where that is empty, by any of ours.
 * Where it is not, *mark is what the policy's filter is to answer to. */
static bool is_confined(const struct policy *policy, struct mark *mark)
{
    struct fault fault;
    if (policy->filter.mode == FILTER_OFF)
        return false; /* such a policy leaves no mark */
    if (policy->empty)
        return filter_bears(NULL);
    if (filter_mark(policy, mark, &fault) < 0)
        shim_fault(EXIT_SHIM, &fault);
    return filter_bears(mark);
}

/* Refuses a process whose environment somebody else may have chosen, and one of which that cannot
 * be told. */
static void refuse_secure(char *const envp[])
{
    struct fault fault = {.subject = span_of("auxiliary vector")};
    unsigned long secure = 1;
    int error = sys_auxval(envp, AT_SECURE, &secure);
    if (error == 0 && secure == 0)
        return;
    if (error == 0)
        fault = (struct fault){.reason = "refused in a program that is setuid, setgid or has"
                                         " capabilities of its own (AT_SECURE); start it with"
                                         " " SHIM_NAME " PROGRAM"};
    fault.error = -error;
    shim_fault(EXIT_SHIM, &fault);
}

/* Step 2, as far as the environment goes; the values point into it, and into the file. */
static void collect(char *const envp[], struct settings *settings, struct config *config)
{
    struct fault fault;
    config->name.at = NULL;
    if (vars_collect(envp, settings, &fault) != NULL ||
        (settings->config.at != NULL && config_load(settings->config, config, &fault) < 0))
        end_policy(config, &fault);
}

/* The rest of it. */
static void read_policy(struct settings *settings, struct config *config, struct policy *policy,
                        struct port_bits *bits, struct groups *groups)
{
    struct fault fault;
    if (vars_read(settings, config, policy, bits, &fault) != NULL ||
        groups_read(policy, groups, &fault) != NULL)
        end_policy(config, &fault);
}

/* Steps 2 to 9. */
static struct confinement confine(char *const envp[], struct settings *settings,
                                  struct config *config, struct port_bits *bits)
{
    struct policy policy;
    struct groups groups;
    struct mark mark;
    struct fault fault;
    read_policy(settings, config, &policy, bits, &groups);
    bool confined = is_confined(&policy, &mark);
    if (!confined && policy.empty) {
        fault = (struct fault){.reason = "no policy is set, or it is consumed already; SANDLOCK_FS_"
                                         "READABLE=@base would be one to start with"};
        shim_fault(EXIT_SHIM, &fault);
    }
    if ((!confined && process_refuse_threads(&fault) < 0) ||
        process_settle(&policy, envp, &fault) < 0 ||
        (confined && config_unload(config, &fault) < 0))
        shim_fault(EXIT_SHIM, &fault);
    if (!confined)
        enforce(&policy, &groups, &mark, config);
    else if (policy.knobs[KNOB_VERBOSE])
        say_confined();
    return (struct confinement){
        .narrowed = policy.paths[PATH_EXECUTABLE].at != NULL,
        .no_exec = groups_deny(&groups, span_of("execve")),
        .keep_env = policy.knobs[KNOB_KEEP_ENV],
    };
}

/* The same with room for ports. That is eight pages, beyond which no frame of a start without ports
 * is to lie: the stack above them the loader has used already. */
static __attribute__((noinline)) struct confinement
confine_ports(char *const envp[], struct settings *settings, struct config *config)
{
    struct port_bits bits[NET_ACCESSES];
    return confine(envp, settings, config, bits);
}

struct confinement shim_confine(char *const envp[])
{
    struct settings settings;
    struct config config;
    refuse_secure(envp);
    collect(envp, &settings, &config);
    return vars_may_name_ports(&settings) ? confine_ports(envp, &settings, &config)
                                          : confine(envp, &settings, &config, NULL);
}

bool shim_verify(char *const envp[])
{
    struct settings settings;
    struct config config;
    struct policy policy;
    struct port_bits bits[NET_ACCESSES];
    struct groups groups;
    struct mark mark;
    refuse_secure(envp);
    collect(envp, &settings, &config);
    read_policy(&settings, &config, &policy, bits, &groups);
    return is_confined(&policy, &mark);
}

void shim_survey(char *const envp[], struct survey *survey)
{
    struct settings settings;
    struct landlock landlock;
    struct mark mark;
    collect(envp, &settings, &survey->config);
    read_policy(&settings, &survey->config, &survey->policy, survey->bits, &survey->groups);
    survey->confined = is_confined(&survey->policy, &mark);
    create(&landlock, &survey->policy, &survey->config);
    sys_close(landlock.ruleset);
    survey->plan = landlock.plan;
    survey->open = plan_gates(&survey->plan, &survey->policy, &survey->groups);
    bool filtered = survey->policy.filter.mode != FILTER_OFF;
    survey->filter_len = filtered ? filter_len() : 0;
    survey->denial_len = survey->groups.calls != 0 ? filter_denial_len(&survey->groups) : 0;
}

/* Whether the program begins here. Any may claim that for its entry point; */
static bool is_entered(char *const envp[])
{
    unsigned long entry = 0;
    return sys_auxval(envp, AT_ENTRY, &entry) == 0 && entry == (unsigned long)_start;
}

/* but where its own headers lie, the kernel says: whether it is this very file. */
static bool is_program(char *const envp[])
{
    unsigned long headers = 0;
    return sys_auxval(envp, AT_PHDR, &headers) == 0 &&
           headers == (unsigned long)&__ehdr_start + __ehdr_start.e_phoff;
}

/* Whether the kernel knows of no program beside one that may be a loader, executed by hand: what
 * that loads may be this file too. */
static bool is_unknown(char *const envp[])
{
    unsigned long loader = 0;
    return sys_auxval(envp, AT_BASE, &loader) != 0 || loader == 0;
}

/* Step 10. Only where something is still preloaded then, may it be this file by another name. */
static void consume(char **envp)
{
    size_t freed = env_strip(envp, span_of(SHIM_NAME));
    if (env_preloads(envp)) {
        /* The auxiliary vector is where it was. */
        const char *own = sys_own_path(env_end(envp) + freed);
        freed += env_strip(envp, span_file_name(span_of(own)));
    }
    env_seal(envp, freed);
}

/* Without an initialised libc, with -z initfirst, and before all that could run in the process. */
__attribute__((constructor)) static void shim_load(int argc, char **argv, char **passed)
{
    char **envp = sys_environment(argc, argv, passed);
    if (envp == NULL) {
        struct fault fault = {.reason = "there is no environment"};
        shim_fault(EXIT_SHIM, &fault);
    }
    bool entered = is_entered(envp);
    if (entered && is_program(envp))
        return; /* program_main confines */
    struct confinement done = shim_confine(envp);
    if (entered || is_unknown(envp)) {
        confinement = done;
        has_confined = true;
    }
    if (!done.keep_env)
        consume(envp);
}
