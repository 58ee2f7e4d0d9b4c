#!/bin/sh
# Builds the shim and the live tests for aarch64, and 32-bit ARM programs: tests/kernels/arm64.sh BUILD.
# Prints SHIM FOLDER TEST..., as run.py takes them. Clang is the compiler, as Debian's gcc for it cannot
# stand beside the one for 32-bit x86; libcmocka is that of the tree that the tests run in.
set -eu
build=$1
arm=$build/arm64 cross=$build/arm64/cross
mkdir -p "$cross"
cross=$(cd "$cross" && pwd)
tree=$(tests/kernels/machine.py "$build/kernels" arm64)
tar -x -C "$cross" --strip-components=4 --wildcards -f "$tree" './usr/lib/aarch64-linux-gnu/libcmocka*'
ln -sf libcmocka.so.0 "$cross/libcmocka.so"
cp /usr/include/cmocka.h "$cross/"
unset MAKEFLAGS MFLAGS
GOARCH=arm64 make -s -j"$(nproc)" B="$arm" live-programs \
    CC="clang --target=aarch64-linux-gnu -I$cross -L$cross -Wno-unused-command-line-argument" \
    CC32='clang --target=arm-linux-gnueabihf' >&2
echo "$arm/libsandlock_shim.so $arm/tests/live $(make -s B="$arm" live-names)"
