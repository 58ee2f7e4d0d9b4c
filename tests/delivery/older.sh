#!/bin/sh
# The shim in an older Debian, whose libc is older than the one it was built beside:
# tests/delivery/older.sh SHIM CACHE. Its tree is downloaded once; it takes root.
set -eu
shim=$1
tree=$2/older
suite=bullseye # glibc 2.31, which is from before libpthread became a part of libc

# skip LACK
skip() {
    echo "skipped: an older Debian: this machine lacks $1"
    [ "${SANDLOCK_TEST_MUST_WORK-}" != 1 ]
    exit
}
[ "$(id -u)" = 0 ] || skip root
command -v mmdebstrap >/dev/null || skip 'mmdebstrap (make setup-delivery)'
if [ ! -d "$tree" ]; then
    mkdir -p "$2"
    rm -rf --one-file-system "$tree.new"
    # shellcheck disable=SC2016 # it is apt's
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' 'Component: main' | head -n 1)
    mmdebstrap --quiet --mode=root --variant=minbase $suite "$tree.new" "deb $mirror $suite main" >"$2/older.log" 2>&1 || {
        tail -n 20 "$2/older.log"
        skip "a Debian tree of $suite (mmdebstrap: is http://deb.debian.org reachable?)"
    }
    mv "$tree.new" "$tree"
fi
cp "$shim" "$tree/usr/local/lib/libsandlock_shim.so"
mkdir -p "$tree/srv/in" "$tree/srv/out"
echo granted >"$tree/srv/in/file"
echo outside >"$tree/srv/out/file"
chmod -R a+rX "$tree/srv"

# expect WANTED UID COMMAND...: its status and what it says, in there
expect() {
    wanted=$1 uid=$2
    shift 2
    status=0
    said=$(chroot "--userspec=$uid:$uid" "$tree" env -i LC_ALL=C PATH=/usr/bin:/bin "$@" 2>&1) || status=$?
    if [ "$status: $said" = "$wanted" ]; then
        echo "ok: $suite, uid $uid: $*"
    else
        printf 'FAILED: %s\n  wanted: %s\n  got:    %s\n' "$suite, uid $uid: $*" "$wanted" "$status: $said"
        exit 1
    fi
}
so=/usr/local/lib/libsandlock_shim.so
policy=SANDLOCK_FS_READABLE=@system:/srv/in
for uid in 0 65534; do
    expect '0: outside' "$uid" cat /srv/out/file
    for face in LD_PRELOAD=$so $so; do
        expect '0: granted' "$uid" $policy "$face" cat /srv/in/file
        expect '1: cat: /srv/out/file: Permission denied' "$uid" $policy "$face" cat /srv/out/file
    done
done
