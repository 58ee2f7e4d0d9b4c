#!/bin/sh
# Everything compiles without a warning with gcc and clang, to an object that is as it has to be; is
# formatted, and is sound shell.
set -eu
for cc in gcc clang; do
    for cflags in '-O2' '-O0' '-O3 -D_FORTIFY_SOURCE=2 -Wp,-D_FORTIFY_SOURCE=2'; do
        echo "== $cc $cflags"
        rm -rf build/lint
        make -s B=build/lint CC=$cc CFLAGS="$cflags" WERROR='-Werror -Wvla' all tests
        tests/hygiene.sh build/lint >build/lint/hygiene || { cat build/lint/hygiene; exit 1; }
    done
done
rm -rf build/lint
echo '== clang-format'
clang-format --dry-run -Werror env/*.[ch] shim/*.[ch] shim/gen/*.[ch] shim/trace/*.[ch] tests/*.c tests/*/*.[ch]
echo '== shellcheck'
shellcheck tests/*.sh tests/*/*.sh shim/debian/*.sh .ci/run
