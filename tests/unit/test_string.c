/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of <string.h> that the shim has of its own, against libc's. */
#include "random.h"
#include "unit.h"

#include <strings.h>

#define memcpy  own_memcpy
#define memmove own_memmove
#define memset  own_memset
#define memcmp  own_memcmp
#define bcmp    own_bcmp
#define memchr  own_memchr
#define strlen  own_strlen
#define strnlen own_strnlen
#define strchr  own_strchr
#define strncmp own_strncmp
#define strcmp  own_strcmp
#define strcspn own_strcspn
#include "../../shim/string.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef bcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strchr
#undef strncmp
#undef strcmp
#undef strcspn

enum { ROUNDS = 20000, SIZE = 48 };

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

/* Few letters, so that they are often the same; those above 0x7f are not negative. */
static void fill(char bytes[SIZE])
{
    static const char letters[] = "aab\xff\0";
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = letters[random_below(sizeof letters - 1)];
    bytes[SIZE - 1] = '\0';
}

static void test_memory(void **state)
{
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        char a[SIZE], b[SIZE], c[SIZE];
        size_t from = random_below(SIZE), to = random_below(SIZE);
        size_t len = random_below((unsigned)(SIZE - (from > to ? from : to)) + 1);
        int byte = (int)random_below(256);
        fill(a);
        memcpy(b, a, SIZE);
        assert_ptr_equal(own_memmove(a + to, a + from, len), a + to); /* wherever they overlap */
        memmove(b + to, b + from, len);
        assert_memory_equal(a, b, SIZE);
        fill(c);
        assert_ptr_equal(own_memcpy(a + to, c + from, len), a + to);
        memcpy(b + to, c + from, len);
        assert_memory_equal(a, b, SIZE);
        assert_int_equal(sign(own_memcmp(a + from, c + to, len)),
                         sign(memcmp(a + from, c + to, len)));
        assert_int_equal(own_bcmp(a + from, c + to, len) == 0, memcmp(a + from, c + to, len) == 0);
        assert_ptr_equal(own_memchr(a + from, byte, len), memchr(a + from, byte, len));
        assert_ptr_equal(own_memset(a + to, byte, len), a + to);
        memset(b + to, byte, len);
        assert_memory_equal(a, b, SIZE);
    }
}

static void test_strings(void **state)
{
    static const char *const sets[] = {"", "a", "b\xff", "xa"};
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        char bytes[2][SIZE];
        const char *a = bytes[0] + random_below(SIZE), *b = bytes[1] + random_below(SIZE);
        const char *set = sets[random_below(COUNT(sets))];
        size_t max = random_below(SIZE);
        fill(bytes[0]);
        fill(bytes[1]);
        assert_int_equal(own_strlen(a), strlen(a));
        assert_int_equal(own_strnlen(a, max), strnlen(a, max));
        assert_ptr_equal(own_strchr(a, *b), strchr(a, *b));
        assert_int_equal(sign(own_strcmp(a, b)), sign(strcmp(a, b)));
        assert_int_equal(sign(own_strncmp(a, b, max)), sign(strncmp(a, b, max)));
        assert_int_equal(own_strcspn(a, set), strcspn(a, set));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_strings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
