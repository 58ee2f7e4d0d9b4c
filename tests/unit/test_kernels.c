/* SPDX-License-Identifier: Apache-2.0 */
/* README's table of kernels: what it says to set is what such a kernel needs, and no more. */
#include "../../shim/plan.h"
#include "read.h"

#define ACCEPT "SANDLOCK_ALLOW_DEGRADED="

static struct port_bits bits[NET_ACCESSES];

static bool runs(char *setting, int abi)
{
    char *const env[] = {"SANDLOCK_FS_READABLE=@base", setting, NULL};
    struct policy policy;
    struct fault fault;
    struct plan plan;
    assert_null(policy_read(env, NULL, &policy, bits, &fault));
    return plan_make(&policy, abi, &plan) == 0;
}

/* With the whole setting it runs, and without any name of it not. */
static void expect_needed(char *setting, int abi)
{
    assert_true(runs(setting, abi));
    for (char *name = setting + strlen(ACCEPT); *name != '\0';) {
        char without[256];
        size_t len = strcspn(name, ",");
        snprintf(without, sizeof without, "%.*s%s", (int)(name - setting), setting, name + len);
        if (runs(without, abi))
            fail_msg("ABI %d: %s does", abi, without);
        name += len + (name[len] == ',');
    }
}

static void test_each_row(void **state)
{
    char line[1024], setting[256];
    unsigned rows = 0;
    int abi;
    FILE *readme = fopen("README.md", "r");
    (void)state;
    assert_non_null(readme);
    while (fgets(line, sizeof line, readme) != NULL) {
        const char *accept = strstr(line, "`" ACCEPT);
        if (sscanf(line, "| %*[0-9.] | %d |", &abi) != 1)
            continue;
        rows++;
        if (accept == NULL) {
            assert_true(runs(NULL, abi));
            continue;
        }
        snprintf(setting, sizeof setting, "%.*s", (int)strcspn(accept + 1, "`"), accept + 1);
        expect_needed(setting, abi);
    }
    fclose(readme);
    assert_int_equal(rows, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_row)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
