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

failed=
for shim in "$dir" "$build"; do
    echo "== programs of musl, $shim/libsandlock_shim.so"
    tests/live.sh "$shim/libsandlock_shim.so" "$live" "$@" || failed=yes
done
[ -z "$failed" ]
