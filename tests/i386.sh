#!/bin/sh
# Whether programs of 32-bit x86 can be built and run here, for the tests that do: tests/i386.sh WHAT
# prints yes or no. For no it says on stderr that WHAT is skipped, and fails where that must work: with
# SANDLOCK_TEST_MUST_WORK, unless it is the kernel that does not run them and MAY_LACK is i386.
set -eu
probe=$(mktemp /tmp/sandlock-i386-XXXXXX)
trap 'rm -f "$probe"' EXIT

# no WHAT LACK: the answer, with what there would have to be
no() {
    echo no
    echo "skipped: $1: this machine lacks $2" >&2
}
if [ "$(uname -m)" != x86_64 ]; then
    no "$1" 'programs of 32-bit x86'
elif ! echo 'int main(void) { return 0; }' | gcc -m32 -static -x c -o "$probe" - 2>/dev/null; then
    no "$1" 'gcc-multilib (make setup)'
    [ -z "${SANDLOCK_TEST_MUST_WORK-}" ]
elif ! "$probe" 2>/dev/null; then
    no "$1" 'a kernel that runs programs of 32-bit x86'
    [ -z "${SANDLOCK_TEST_MUST_WORK-}" ] || [ "${MAY_LACK-}" = i386 ]
else
    echo yes
fi
