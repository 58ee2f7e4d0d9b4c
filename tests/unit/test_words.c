/* SPDX-License-Identifier: Apache-2.0 */
/* Words for what the kernel has numbers for, where no machine has all of it. */
#include "../../shim/words.h"
#include "unit.h"

#include <linux/audit.h>
#include <sys/stat.h>

static void test_architectures(void **state)
{
    (void)state;
    assert_string_equal(words_of_arch(AUDIT_ARCH_X86_64), "x86_64");
    assert_string_equal(words_of_arch(AUDIT_ARCH_I386), "i386");
    assert_string_equal(words_of_arch(AUDIT_ARCH_AARCH64), "aarch64");
    assert_string_equal(words_of_arch(AUDIT_ARCH_ARM), "arm");
    assert_string_equal(words_of_arch(AUDIT_ARCH_RISCV64), "riscv64");
    assert_string_equal(words_of_arch(AUDIT_ARCH_S390X), "unknown");
}

static void test_types(void **state)
{
    (void)state;
    assert_string_equal(words_of_type(S_IFDIR | 0755), "directory");
    assert_string_equal(words_of_type(S_IFREG | S_ISUID | 0755), "file");
    assert_string_equal(words_of_type(S_IFBLK), "device");
    assert_string_equal(words_of_type(S_IFCHR | 0666), "device");
    assert_string_equal(words_of_type(S_IFSOCK), "socket");
    assert_string_equal(words_of_type(S_IFIFO), "pipe");
    assert_string_equal(words_of_type(0), "other"); /* as of anonymous files */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_architectures),
        cmocka_unit_test(test_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
