/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions of <string.h> that the shim uses, and that the compiler takes for granted. They are
 * not exported, and every call of ours is bound to them when the shim is linked: see syscall.h for
 * why libc's would not do. They are as plain as can be; what they work on is short.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h> /* bcmp */

/* Keeps the compiler from seeing that a loop is what the function around it is called. */
#define STEP(pointer) __asm__("" : "+r"(pointer))

/* As much as a register holds, wherever it lies. */
typedef uint64_t __attribute__((may_alias, aligned(1))) word;

/* Front to back, so that it may move bytes towards the front. */
static void copy_forward(char *to, const char *from, size_t len)
{
    for (; len >= sizeof(word); len -= sizeof(word)) {
        *(word *)to = *(const word *)from;
        to += sizeof(word), from += sizeof(word);
        STEP(to);
    }
    for (; len > 0; len--) {
        *to++ = *from++;
        STEP(to);
    }
}

void *memcpy(void *restrict to, const void *restrict from, size_t len)
{
    copy_forward(to, from, len);
    return to;
}

void *memmove(void *to, const void *from, size_t len)
{
    char *t = to;
    const char *f = from;
    if ((uintptr_t)t <= (uintptr_t)f) {
        copy_forward(t, f, len);
        return to;
    }
    while (len > 0) {
        len--;
        t[len] = f[len];
        STEP(t);
    }
    return to;
}

void *memset(void *to, int byte, size_t len)
{
    char *t = to;
    for (; len > 0; len--) {
        *t++ = (char)byte;
        STEP(t);
    }
    return to;
}

int memcmp(const void *a, const void *b, size_t len)
{
    const unsigned char *x = a, *y = b;
    for (; len > 0; len--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}

/* What clang makes of a memcmp whose result is only compared with 0. */
int bcmp(const void *a, const void *b, size_t len)
{
    return memcmp(a, b, len);
}

void *memchr(const void *s, int byte, size_t len)
{
    const unsigned char *at = s;
    for (; len > 0; len--, at++)
        if (*at == (unsigned char)byte)
            return (void *)at;
    return NULL;
}

size_t strlen(const char *s)
{
    const char *end = s;
    while (*end != '\0') {
        end++;
        STEP(end);
    }
    return (size_t)(end - s);
}

size_t strnlen(const char *s, size_t max)
{
    const char *end = memchr(s, '\0', max);
    return end != NULL ? (size_t)(end - s) : max;
}

char *strchr(const char *s, int byte)
{
    for (; *s != (char)byte; s++)
        if (*s == '\0')
            return NULL;
    return (char *)s;
}

int strncmp(const char *a, const char *b, size_t max)
{
    for (; max > 0; max--, a++, b++)
        if (*a != *b || *a == '\0')
            return (unsigned char)*a - (unsigned char)*b;
    return 0;
}

int strcmp(const char *a, const char *b)
{
    for (; *a == *b && *a != '\0'; a++, b++)
        continue;
    return (unsigned char)*a - (unsigned char)*b;
}

size_t strcspn(const char *s, const char *reject)
{
    size_t len = 0;
    while (s[len] != '\0' && strchr(reject, s[len]) == NULL)
        len++;
    return len;
}
