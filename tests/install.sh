#!/bin/sh
# make install into a DESTDIR, use from there, make uninstall.
set -eu
unset SANDLOCK_TEST_MUST_WORK # the tests know it, the shim does not
root=$(mktemp -d /tmp/sandlock-install-XXXXXX)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"

# expect WHAT WANTED GOT
expect() {
    if [ "$2" = "$3" ]; then
        echo "ok: $1"
    else
        printf 'FAILED: %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3" >&2
        exit 1
    fi
}

make -s install DESTDIR="$root" PREFIX=/usr
export SANDLOCK_FS_READABLE=/usr:/lib:/lib64:/bin
run="$root/usr/bin/sandlock-shim"
preload="$root/usr/lib/libsandlock_shim.so"
expect 'the link runs a program' hello "$("$run" echo hello)"
expect 'which is confined' 'cat: /etc/passwd: Permission denied' \
    "$("$run" env LC_ALL=C cat /etc/passwd 2>&1 || true)"
expect 'the library preloads' 'cat: /etc/passwd: Permission denied' \
    "$(LD_PRELOAD=$preload LC_ALL=C cat /etc/passwd 2>&1 || true)"

flags=$(PKG_CONFIG_PATH="$root/usr/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root" \
    pkg-config --libs sandlock_shim)
# shellcheck disable=SC2086 # they are several words
echo 'int main(void) { return 0; }' |
    ${CC:-cc} -x c -o "$root/linked" - -Wl,--as-needed $flags
expect 'a link by pkg-config needs it' 1 \
    "$(readelf -dW "$root/linked" | grep -c 'NEEDED.*libsandlock_shim.so')"

make -s uninstall DESTDIR="$root" PREFIX=/usr
rm "$root/linked"
expect 'uninstall leaves nothing' '' "$(find "$root" ! -type d)"
