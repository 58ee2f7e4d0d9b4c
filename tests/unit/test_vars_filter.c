/* SPDX-License-Identifier: Apache-2.0 */
/* The variables of the filter, and what tells one policy from another: its digest. */
#include "../../env/hash.h"
#include "../../env/vars.h"
#include "read.h"
#include "unit.h"

#define LIST(...) ((char *const[]){__VA_ARGS__, NULL})

static struct port_bits bits[NET_ACCESSES];

static struct policy read_good(char *const env[])
{
    struct policy policy;
    struct fault fault;
    const char *reason = policy_read(env, NULL, &policy, bits, &fault);
    if (reason != NULL)
        fail_msg("%s: %s", env[0], reason);
    return policy;
}

#define NO_FILTER "there is no filter with SANDLOCK_SECCOMP=off"
#define NO_MARK                                                                                    \
    "not with SANDLOCK_SECCOMP=off: it takes the filter to tell children that they are confined "  \
    "already"

static void test_faults(void **state)
{
    const struct {
        char *const *env;
        const char *subject, *entry, *reason;
    } rows[] = {
        {LIST("SANDLOCK_SECCOMP=on"), "SANDLOCK_SECCOMP", "on",
         "neither default nor nested nor off"},
        {LIST("SANDLOCK_SECCOMP=nested,off"), "SANDLOCK_SECCOMP", "nested,off",
         "neither default nor nested nor off"},
        {LIST("SANDLOCK_SECCOMP=0"), "SANDLOCK_SECCOMP", "0", "neither default nor nested nor off"},
        {LIST("SANDLOCK_SECCOMP_ACTION=eperm"), "SANDLOCK_SECCOMP_ACTION", "eperm",
         "neither errno nor log nor kill nor trap"},
        {LIST("SANDLOCK_SECCOMP_ACTION=kill trap"), "SANDLOCK_SECCOMP_ACTION", "kill trap",
         "neither errno nor log nor kill nor trap"},
        {LIST("SANDLOCK_KEEP_ENV=2"), "SANDLOCK_KEEP_ENV", "2",
         "neither 1 true yes on nor 0 false no off"},
        {LIST("SANDLOCK_SECCOMP=off", "SANDLOCK_KEEP_ENV=1"), "SANDLOCK_KEEP_ENV", NULL, NO_MARK},
        {LIST("SANDLOCK_KEEP_ENV=1", "SANDLOCK_SECCOMP=OFF"), "SANDLOCK_KEEP_ENV", NULL, NO_MARK},
        {LIST("SANDLOCK_SECCOMP=off", "SANDLOCK_SECCOMP_ALLOW=@mount"), "SANDLOCK_SECCOMP_ALLOW",
         NULL, NO_FILTER},
        {LIST("SANDLOCK_SECCOMP_DENY=kcmp", "SANDLOCK_SECCOMP=off"), "SANDLOCK_SECCOMP_DENY", NULL,
         NO_FILTER},
        {LIST("SANDLOCK_SECCOMP=off", "SANDLOCK_SECCOMP_ACTION=log"), "SANDLOCK_SECCOMP_ACTION",
         NULL, NO_FILTER},
        {LIST("SANDLOCK_SECCOMP=off", "SANDLOCK_SECCOMP=off"), "SANDLOCK_SECCOMP", NULL,
         "stands in the environment twice"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct policy policy;
        struct fault fault;
        const char *reason = policy_read(rows[i].env, NULL, &policy, bits, &fault);
        if (reason == NULL || strcmp(reason, rows[i].reason) != 0)
            fail_msg("row %zu: expected %s, got %s", i, rows[i].reason, reason);
        expect_span(fault.subject, rows[i].subject);
        expect_span(fault.entry, rows[i].entry);
    }
}

static void test_values(void **state)
{
    const struct {
        char *const *env;
        unsigned mode, action;
        bool keep_env;
        const char *opened, *denied;
    } rows[] = {
        {LIST("SANDLOCK_FS_READABLE=/"), FILTER_DEFAULT, ACTION_ERRNO, false, NULL, NULL},
        {LIST("SANDLOCK_SECCOMP=default", "SANDLOCK_SECCOMP_ACTION=Errno"), FILTER_DEFAULT,
         ACTION_ERRNO, false, NULL, NULL},
        {LIST("SANDLOCK_SECCOMP=Nested", "SANDLOCK_SECCOMP_ACTION=log", "SANDLOCK_KEEP_ENV=1"),
         FILTER_NESTED, ACTION_LOG, true, NULL, NULL},
        {LIST("SANDLOCK_SECCOMP=off", "SANDLOCK_SECCOMP_ACTION=errno", "SANDLOCK_KEEP_ENV=0"),
         FILTER_OFF, ACTION_ERRNO, false, NULL, NULL},
        {LIST("SANDLOCK_SECCOMP=off", "SANDLOCK_SECCOMP_ALLOW=", "SANDLOCK_SECCOMP_DENY="),
         FILTER_OFF, ACTION_ERRNO, false, NULL, NULL},
        {LIST("SANDLOCK_SECCOMP_ACTION=kill", "SANDLOCK_SECCOMP_ALLOW=@x, y"), FILTER_DEFAULT,
         ACTION_KILL, false, "@x, y", NULL},
        {LIST("SANDLOCK_SECCOMP_ACTION=TRAP", "SANDLOCK_SECCOMP_DENY=kcmp"), FILTER_DEFAULT,
         ACTION_TRAP, false, NULL, "kcmp"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct policy policy = read_good(rows[i].env);
        assert_int_equal(policy.filter.mode, rows[i].mode);
        assert_int_equal(policy.filter.action, rows[i].action);
        assert_int_equal(policy.knobs[KNOB_KEEP_ENV], rows[i].keep_env);
        expect_span(policy.filter.opened, rows[i].opened);
        expect_span(policy.filter.denied, rows[i].denied);
    }
}

/* One value of each variable; those of a policy first. */
static char *const each[] = {
    "SANDLOCK_FS_READABLE=/",      "SANDLOCK_FS_WRITABLE=/",      "SANDLOCK_FS_EXECUTABLE=/",
    "SANDLOCK_UNIX_CONNECT=/",     "SANDLOCK_GPU_DEVICES=0",      "SANDLOCK_CHROOT=/",
    "SANDLOCK_NET_ALLOW=80",       "SANDLOCK_NET_BIND=80",        "SANDLOCK_HTTP_PORTS=80",
    "SANDLOCK_ALLOW_DEGRADED=all", "SANDLOCK_REQUIRE=net_tcp",    "SANDLOCK_DISABLE=net_udp",
    "SANDLOCK_SECCOMP=nested",     "SANDLOCK_SECCOMP_ALLOW=@bpf", "SANDLOCK_SECCOMP_DENY=kcmp",
    "SANDLOCK_SECCOMP_ACTION=log",
};
static char *const knobs[] = {"SANDLOCK_VERBOSE=1", "SANDLOCK_CLOSE_FDS=1", "SANDLOCK_KEEP_FDS=3",
                              "SANDLOCK_NO_COREDUMP=1", "SANDLOCK_KEEP_ENV=1"};

static uint64_t digest_of(char *const env[])
{
    return read_good(env).digest;
}

/* Each policy variable makes a policy by itself, and each another one; a knob makes none. */
static void test_what_makes_a_policy(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(each); i++) {
        struct policy policy = read_good(LIST(each[i], "A=1"));
        assert_false(policy.empty);
        assert_int_not_equal(policy.digest, 0);
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(policy.digest, digest_of(LIST(each[j])));
    }
    assert_true(read_good(LIST("A=1")).empty);
    assert_true(read_good(LIST(knobs[0], knobs[1], knobs[2], knobs[3], knobs[4])).empty);
    assert_true(read_good(LIST("SANDLOCK_FS_READABLE=", "SANDLOCK_UNKNOWN=")).empty);
}

static void test_the_digest_heeds_no_order(void **state)
{
    char *env[COUNT(each) + 1] = {0};
    uint64_t first = 0;
    (void)state;
    for (size_t turn = 0; turn < COUNT(each); turn++) {
        for (size_t i = 0; i < COUNT(each); i++)
            env[i] = each[(turn % 2 != 0 ? COUNT(each) - 1 - i : i + turn) % COUNT(each)];
        uint64_t digest = digest_of(env);
        if (turn == 0)
            first = digest;
        assert_int_equal(digest, first);
    }
}

/* Any other value, or one variable more or less, is another policy; one that is empty is not set.
 */
static void test_the_digest_heeds_every_value(void **state)
{
    char *env[COUNT(each) + 1] = {0};
    (void)state;
    memcpy(env, each, sizeof each);
    uint64_t all = digest_of(env);
    for (size_t i = 0; i < COUNT(each); i++) {
        char empty[64];
        snprintf(empty, sizeof empty, "%.*s", (int)strcspn(each[i], "=") + 1, each[i]);
        env[i] = empty;
        uint64_t without = digest_of(env);
        assert_int_not_equal(without, all);
        env[i] = "A=1";
        assert_int_equal(digest_of(env), without);
        env[i] = each[i];
    }
    assert_int_not_equal(digest_of(LIST("SANDLOCK_FS_READABLE=/a:/b")),
                         digest_of(LIST("SANDLOCK_FS_READABLE=/b:/a")));
}

/* What one variable loses another one wins: in a sum of hashes that must not cancel out. */
static void test_the_digest_heeds_whose_value_it_is(void **state)
{
    (void)state;
    for (unsigned low = 1; low < 100; low++)
        for (unsigned high = low + 1; high < 100; high++) {
            char strings[4][32];
            snprintf(strings[0], sizeof strings[0], "SANDLOCK_NET_ALLOW=%u", low);
            snprintf(strings[1], sizeof strings[1], "SANDLOCK_NET_BIND=%u", high);
            snprintf(strings[2], sizeof strings[2], "SANDLOCK_NET_ALLOW=%u", high);
            snprintf(strings[3], sizeof strings[3], "SANDLOCK_NET_BIND=%u", low);
            if (digest_of(LIST(strings[0], strings[1])) == digest_of(LIST(strings[2], strings[3])))
                fail_msg("%s %s", strings[0], strings[1]);
        }
}

/* Made for a digest that was a sum of FNV hashes: an entry by which a narrow policy had that of a
 * wide one, and so was not enforced inside it. */
static void test_a_crafted_entry_has_a_digest_of_its_own(void **state)
{
    char *const wide = "SANDLOCK_FS_WRITABLE=/";
    char *const crafted = "SANDLOCK_FS_READABLE=/usr:/lib:/lib64:/tmp/atk:-/srv/jobs/"
                          "eszycidp\x0b\x01\x04\x3c\x18\x06\x01\x06\x0c\x01\x05\x01\x07\x07\x09\x06"
                          "\x1c\x01\x07\x34/in";
    (void)state;
    assert_int_not_equal(digest_of(LIST(wide)), digest_of(LIST(crafted)));
}

static unsigned bits_of(uint64_t word)
{
    return (unsigned)__builtin_popcountll(word);
}

/* Each bit of a text, and where a text ends, reaches about half of the bits of the hash. */
static void test_hash_spreads(void **state)
{
    char text[24] = "/srv/jobs/one:/srv/out";
    struct hash start = hash_begin(0);
    hash_add(&start, 1, span_of(text));
    const uint64_t first = hash_end(start);
    (void)state;
    for (size_t bit = 0; bit < 8 * (sizeof text - 1); bit++) {
        struct hash hash = hash_begin(0);
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        hash_add(&hash, 1, (struct span){text, strlen("/srv/jobs/one:/srv/out")});
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        if (bit / 8 < strlen("/srv/jobs/one:/srv/out"))
            assert_in_range(bits_of(hash_end(hash) ^ first), 12, 52);
    }
    for (size_t len = 0; len < strlen(text); len++) {
        struct hash hash = hash_begin(0);
        hash_add(&hash, 1, (struct span){text, len});
        hash_add(&hash, 1, (struct span){text + len, strlen(text) - len});
        assert_in_range(bits_of(hash_end(hash) ^ first), 12, 52);
    }
}

static void test_the_digest_heeds_no_knob(void **state)
{
    char *const policy = "SANDLOCK_FS_READABLE=/";
    uint64_t alone = digest_of(LIST(policy));
    (void)state;
    assert_int_equal(digest_of(LIST(policy, knobs[0], knobs[1], knobs[2], knobs[3], knobs[4])),
                     alone);
    assert_int_equal(digest_of(LIST(knobs[3], policy, "SANDLOCK_VERBOSE=0", "HOME=/")), alone);
}

/* Where the working directory has a say in what is granted. */
static void test_relative(void **state)
{
    const struct {
        char *variable;
        bool relative;
    } rows[] = {
        {"SANDLOCK_FS_READABLE=/a:/b", false},
        {"SANDLOCK_FS_READABLE=/a:./b", true},
        {"SANDLOCK_FS_READABLE=../b", true},
        {"SANDLOCK_FS_READABLE=-./b:/c", true},
        {"SANDLOCK_FS_READABLE=/./b:/../c", false},
        {"SANDLOCK_FS_READABLE=/.b", false},
        {"SANDLOCK_FS_READABLE=@base", false},
        {"SANDLOCK_FS_WRITABLE=./b", true},
        {"SANDLOCK_FS_EXECUTABLE=./b", true},
        {"SANDLOCK_UNIX_CONNECT=/a:../b", true},
        {"SANDLOCK_UNIX_CONNECT=*", false},
        {"SANDLOCK_CHROOT=/a/./b", false},
        {"SANDLOCK_CHROOT=./b", true},
        {"SANDLOCK_CHROOT=../b", true},
        {"SANDLOCK_GPU_DEVICES=0", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (read_good(LIST(rows[i].variable)).relative != rows[i].relative)
            fail_msg("%s", rows[i].variable);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_what_makes_a_policy),
        cmocka_unit_test(test_the_digest_heeds_no_order),
        cmocka_unit_test(test_the_digest_heeds_every_value),
        cmocka_unit_test(test_the_digest_heeds_whose_value_it_is),
        cmocka_unit_test(test_the_digest_heeds_no_knob),
        cmocka_unit_test(test_a_crafted_entry_has_a_digest_of_its_own),
        cmocka_unit_test(test_hash_spreads),
        cmocka_unit_test(test_relative),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
