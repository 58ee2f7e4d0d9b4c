/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environment, from its strings to a policy, to what a kernel of each ABI comes to, and to the
 * lines that say so. The bytes are the strings, each ended by a NUL.
 */
#include "../../env/path.h"
#include "../../env/vars.h"
#include "../../shim/report.h"
#include "fuzz.h"

static struct port_bits bits[2][NET_ACCESSES];

struct reading {
    struct policy policy;
    struct groups groups;
    struct fault fault;
    const char *reason;
};

/* As a start does it; what is not written on failure is of no use, and shows when it is used. */
static void read_all(char *const envp[], struct reading *reading, struct port_bits *own_bits)
{
    struct settings settings;
    struct fault *fault = &reading->fault;
    memset(&settings, 0x5a, sizeof settings);
    memset(reading, 0x5a, sizeof *reading);
    memset(own_bits, 0x5a, NET_ACCESSES * sizeof *own_bits);
    reading->reason = vars_collect(envp, &settings, fault);
    if (reading->reason == NULL)
        reading->reason = vars_read(&settings, NULL, &reading->policy, own_bits, fault);
    if (reading->reason == NULL)
        reading->reason = groups_read(&reading->policy, &reading->groups, fault);
}

/* One line, of what a terminal shows as it is. */
static void check_line(const struct text *line)
{
    CHECK(line->len > 1 && line->len <= TEXT_MAX && line->at[line->len - 1] == '\n');
    CHECK(span_starts((struct span){line->at, line->len}, REPORT_PREFIX));
    for (size_t i = 0, size; i + 1 < line->len; i += size) {
        size = text_printable(line->at + i, line->len - 1 - i);
        CHECK(size > 0);
    }
}

static void check_fault(const struct reading *reading)
{
    struct text line = {.len = 0};
    CHECK(reading->fault.reason == reading->reason);
    CHECK(reading->fault.error == 0 && reading->fault.subject.at != NULL);
    report_fault(&line, &reading->fault);
    check_line(&line);
}

/* What is good is so all the way: each list can be walked, and each kernel has a plan for it, or a
 * line that says what it lacks. */
static void check_policy(const struct reading *reading)
{
    const struct policy *policy = &reading->policy;
    char path[PATH_MAX];
    for (unsigned which = 0; which < PATH_CLASSES; which++) {
        struct path_iter it = path_iterate(policy->paths[which], which == PATH_WRITABLE);
        while (path_next(&it, path))
            CHECK(*path == '/' || policy->relative);
        CHECK(it.reason == NULL);
    }
    for (int abi = 1; abi <= ABI_LAST + 1; abi++) {
        struct text line = {.len = 0};
        struct plan plan;
        protection_set missing = plan_make(policy, abi, &plan);
        if (missing != 0) {
            struct fault place = {.subject = report_asker(policy, missing)};
            report_missing(&line, &place, policy, missing, abi);
        } else {
            gate_set open = plan_gates(&plan, policy, &reading->groups);
            CHECK((open & reading->groups.denied) == 0);
            CHECK((plan.active & (plan.degraded | plan.disabled)) == 0);
            report_enforced(&line, policy, &plan, open, 1, 1);
            CHECK(line.len < 200);
        }
        check_line(&line);
    }
}

/* How long the name of a string is, if it is one of ours; else 0. */
static size_t name_len(const char *string)
{
    return strncmp(string, VARS_PREFIX, strlen(VARS_PREFIX)) == 0 ? strcspn(string, "=") : 0;
}

static bool is_known(const char *string, size_t len)
{
    for (size_t i = 0; i < VARIABLES; i++)
        if (strlen(variables[i].name) == len && strncmp(variables[i].name, string, len) == 0)
            return true;
    return false;
}

/* Whether something is wrong that takes no reading of values: a known name that stands there twice,
 * or an unknown one that is set. */
static bool has_wrong_name(const struct strings *env)
{
    for (size_t i = 0; i < env->len; i++) {
        const char *string = env->at[i];
        size_t len = name_len(string);
        if (len == 0 || string[len] == '\0')
            continue;
        if (!is_known(string, len)) {
            if (string[len + 1] != '\0')
                return true;
            continue; /* it is set to nothing, however often */
        }
        for (size_t j = 0; j < i; j++)
            if (name_len(env->at[j]) == len && strncmp(string, env->at[j], len + 1) == 0)
                return true;
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct strings env = strings_of(data, size), backwards = {.len = env.len};
    static struct reading reading, other;
    for (size_t i = 0; i < env.len; i++)
        backwards.at[i] = env.at[env.len - 1 - i];
    read_all(env.at, &reading, bits[0]);
    read_all(backwards.at, &other, bits[1]);
    CHECK((reading.reason == NULL) == (other.reason == NULL));
    if (reading.reason != NULL) {
        check_fault(&reading);
    } else {
        CHECK(!has_wrong_name(&env));
        CHECK(reading.policy.digest == other.policy.digest);
        check_policy(&reading);
    }
    strings_free(&env);
    return 0;
}
