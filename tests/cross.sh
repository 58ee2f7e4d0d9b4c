#!/bin/sh
# Builds the shim for other architectures, with clang and their binutils, and looks at what came out:
# tests/cross.sh BUILD. qemu-user runs the program face as far as it confines nothing, for qemu has
# neither Landlock nor seccomp filters to offer; it has to say so, and not to run anything.
set -eu
must_work=${SANDLOCK_TEST_MUST_WORK:-}
unset SANDLOCK_TEST_MUST_WORK # the tests know it, the shim does not
build=$(cd "$1" && pwd)

# fail MESSAGE
fail() {
    echo "FAILED: $1"
    exit 1
}

for arch in aarch64 riscv64; do
    dir=$build/cross-$arch
    shim=$dir/libsandlock_shim.so
    if ! command -v "$arch-linux-gnu-ld" >/dev/null || ! command -v "qemu-$arch" >/dev/null; then
        echo "skipped: $arch needs its binutils and qemu-user (make setup-cross)"
        [ -z "$must_work" ] && continue
        exit 1
    fi
    make -s B="$dir" CC="clang --target=$arch-linux-gnu" WERROR=-Werror

    run="qemu-$arch -L /usr/$arch-linux-gnu $shim"
    [ "$(readelf -hW "$shim" | grep -c -i -e "$arch" -e RISC-V)" = 1 ] || fail "$arch: architecture"
    if readelf -dW "$shim" | grep -q NEEDED; then
        fail "$arch: needs another object"
    fi
    if "$arch-linux-gnu-nm" -D "$shim" 2>&1 | grep -qv ': no symbols$'; then
        fail "$arch: takes symbols"
    fi
    $run --version | grep -q '^libsandlock_shim [0-9]' || fail "$arch: --version"
    $run --help | grep -q '@mount .*pivot_root' || fail "$arch: --help"
    status=0
    message=$(SANDLOCK_SECCOMP_DENY=opne $run true 2>&1) || status=$?
    [ "$status: $message" = \
        '125: sandlock: SANDLOCK_SECCOMP_DENY: "opne": unknown system call: did you mean open?' ] ||
        fail "$arch: $status: $message"
    status=0
    out=$(SANDLOCK_FS_READABLE=/ $run echo ran 2>/dev/null) || status=$?
    [ "$status: $out" = '125: ' ] || fail "$arch: it ran: $status: $out"
    echo "ok: $arch ($(grep -c '{0x' "$dir/filter_program.h") instructions)"
done

# Where another architecture's has been built before, the filter is made anew.
if [ -e "$build/cross-aarch64/filter_program.h" ] && [ -e "$build/cross-riscv64/filter_program.h" ]; then
    dir=$build/cross-again
    rm -rf "$dir"
    cp -Rp "$build/cross-aarch64" "$dir"
    make -s B="$dir" CC='clang --target=riscv64-linux-gnu' "$dir/filter_program.h" "$dir/call_names.h"
    for header in filter_program.h call_names.h; do
        cmp "$dir/$header" "$build/cross-riscv64/$header" || fail "$header is of the compiler before"
    done
    echo 'ok: another compiler, another filter'
fi

# Another libc: what is built for the one serves programs of the other.
if ! command -v musl-gcc >/dev/null; then
    echo 'skipped: musl needs musl-gcc (make setup)'
    [ -z "$must_work" ] || exit 1
else
    dir=$build/cross-musl
    make -s B="$dir" CC=musl-gcc WERROR=-Werror
    reader='#include <fcntl.h>
int main(int count, char **path) { return count < 2 || open(path[1], O_RDONLY) < 0; }'
    echo "$reader" | musl-gcc -x c -o "$dir/reads-musl" -
    echo "$reader" | gcc -x c -o "$dir/reads-glibc" -
    export SANDLOCK_FS_READABLE="@system:$dir"
    for shim in "$dir/libsandlock_shim.so" "$build/libsandlock_shim.so"; do
        for reads in "$dir/reads-musl" "$dir/reads-glibc"; do
            LD_PRELOAD=$shim "$reads" "$reads" || fail "$shim, $reads: granted"
            "$shim" "$reads" "$reads" || fail "$shim $reads: granted"
            if LD_PRELOAD=$shim "$reads" /etc/passwd || "$shim" "$reads" /etc/passwd; then
                fail "$shim, $reads: not granted"
            fi
        done
    done
    unset SANDLOCK_FS_READABLE
    echo "ok: musl"
fi

# 32-bit x86, which this machine runs: for itself, and with a 64-bit program started by either face.
runs32=$(SANDLOCK_TEST_MUST_WORK=$must_work tests/i386.sh i386)
if [ "$runs32" = yes ]; then
    dir=$build/cross-i386
    shim=$dir/libsandlock_shim.so
    make -s B="$dir" CC='gcc -m32' WERROR=-Werror
    gcc -m32 -D_GNU_SOURCE -O1 -o "$dir/probe" tests/live/probe.c -pthread
    here=$(cd "$dir" && pwd)
    export SANDLOCK_FS_READABLE="@system:$here"
    [ "$(LD_PRELOAD=$shim "$dir/probe" read "$dir/probe")" = OK ] || fail 'i386: preloaded, granted'
    [ "$(LD_PRELOAD=$shim "$dir/probe" read /etc/passwd)" = EACCES ] || fail 'i386: preloaded'
    [ "$("$shim" "$dir/probe" read /etc/passwd)" = EACCES ] || fail 'i386: as a program'
    [ "$("$shim" cat "$dir/config.h" | grep -c INTERPRETER)" = 1 ] || fail 'i386: cat, granted'
    if "$shim" cat /etc/passwd 2>/dev/null; then
        fail 'i386: cat'
    fi
    echo "ok: i386"
fi
