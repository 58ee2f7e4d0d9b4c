#!/bin/sh
# The live tests on programs of musl: tests/musl.sh BUILD TEST.... The tests themselves, and the
# programs of this system, stay those of its own libc; all that is built to be confined is musl's, under
# the shim that is built for musl, and under that of glibc, which has to serve them no less.
set -eu
build=$1
shift
dir=$build/musl
live=$dir/tests/live
if ! command -v musl-gcc >/dev/null; then
    echo 'skipped: musl needs musl-gcc (make setup)'
    [ -z "${SANDLOCK_TEST_MUST_WORK-}" ]
    exit
fi
make -s B="$dir" CC=musl-gcc WERROR=-Werror all fixtures
cp "$@" "$live/"
[ ! -e "$build/tests/live/calls32" ] || cp "$build/tests/live/calls32" "$build/tests/live/probe32" "$live/"

# musl's loader hands constructors no environment: it is found by the auxiliary vector, of which
# kernels older than 6.4 tell in /proc alone.
find_environment() {
    env -u SANDLOCK_TEST_MUST_WORK strace -qq -o "$dir/trace" -e trace=prctl,openat \
        -e inject=prctl:error=EINVAL:when=1 -E A=1 -E SANDLOCK_FS_READABLE=/ \
        -E LD_PRELOAD="$(realpath "$1")" "$live/vectors" >"$dir/found" || return 1
    grep -q '^prctl(.*EINVAL.*INJECTED' "$dir/trace" && grep -q '"/proc/self/auxv"' "$dir/trace" || return 1
    grep -qx 'A=1' "$dir/found" && grep -qx 'auxv: good' "$dir/found" && ! grep -q SANDLOCK_ "$dir/found"
}

# On the stack of a thread it cannot be found.
refuse_thread() {
    status=0
    env -i SANDLOCK_FS_READABLE=/ "$live/dlopen" "$(realpath "$1")" / thread >"$dir/found" 2>&1 || status=$?
    [ "$status" = 125 ] && [ "$(cat "$dir/found")" = 'sandlock: there is no environment' ]
}

failed=
for shim in "$dir" "$build"; do
    echo "== programs of musl, $shim/libsandlock_shim.so"
    for check in find_environment refuse_thread; do
        $check "$shim/libsandlock_shim.so" || { echo "FAILED: $check"; failed=yes; }
    done
    tests/live.sh "$shim/libsandlock_shim.so" "$live" "$@" || failed=yes
done
[ -z "$failed" ]
