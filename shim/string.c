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

/* As much as a register holds, and half of it, wherever they lie. */
typedef uint64_t __attribute__((may_alias, aligned(1))) word;
typedef uint32_t __attribute__((may_alias, aligned(1))) half;

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
    char *t = to;
    const char *f = from;
    /* Most of what is copied is a path: two halves, of which the second may overlap the first. */
    if (len >= sizeof(half) && len < sizeof(word)) {
        *(half *)t = *(const half *)f;
        *(half *)(t + len - sizeof(half)) = *(const half *)(f + len - sizeof(half));
    } else {
        copy_forward(t, f, len);
    }
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
    for (; len >= sizeof(word) && *(const word *)x == *(const word *)y; len -= sizeof(word))
        x += sizeof(word), y += sizeof(word);
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

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error the first byte of a word has to be its lowest
#endif

/* The bytes of a word that are 0, each as its highest bit; from the second one on that may be
 * wrong, for the first one borrows from it. */
static uint64_t zeros_of(uint64_t bytes)
{
    const uint64_t ones = 0x0101010101010101;
    return (bytes - ones) & ~bytes & ones << 7;
}

size_t strlen(const char *s)
{
    /* A word that is aligned lies in one page, and so can be read whole where a byte of it can;
     * what is in front of the string is no 0. */
    const char *at = s - (uintptr_t)s % sizeof(word);
    uint64_t zeros = zeros_of(*(const word *)at | (((uint64_t)1 << 8 * (s - at)) - 1));
    while (zeros == 0) {
        at += sizeof(word);
        zeros = zeros_of(*(const word *)at);
        STEP(at);
    }
    return (size_t)(at - s) + (size_t)__builtin_ctzll(zeros) / 8;
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
