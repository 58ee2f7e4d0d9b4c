#!/bin/sh
# Makes a Debian of two architectures, and installs, uses and removes the packages there:
# tests/delivery/deb_installed.sh PACKAGES ROOT RUNS32. By root; whether 32-bit programs run, yes or no,
# is what tests/i386.sh says.
set -eu
packages=$1
root=$2
both='64 32'
[ "$3" = yes ] || both=64
export LC_ALL=C

# expect WHAT WANTED GOT
expect() {
    if [ "$2" = "$3" ]; then
        echo "ok: $1"
    else
        printf 'FAILED: %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3" >&2
        exit 1
    fi
}

# From where this machine's own packages come.
codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
# shellcheck disable=SC2016 # it is apt's
mirror=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $codename" 'Label: Debian' \
    'Component: main' | head -n 1)
mmdebstrap --quiet --mode=root --variant=essential --architectures=amd64,i386 --include=libc6:i386,libseccomp2 \
    "$codename" "$root" "deb $mirror $codename main"

# inside COMMAND...: in there
inside() {
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin LC_ALL=C "$@"
}
# every_file: all that is there, but for what dpkg and ldconfig remember of their own work
every_file() {
    (cd "$root" && find . -xdev | sort) | grep -vxe ./var/log/dpkg.log -e ./var/cache/ldconfig/aux-cache
}
every_file >"$root.before"

version=$(dpkg-deb -f "$packages"/libsandlock-shim_*_amd64.deb Version)
mkdir "$root/packages" "$root/granted" "$root/denied"
cp "$packages"/*.deb "$root/packages/"
echo granted >"$root/granted/file"
echo outside >"$root/denied/file"
cat >"$root.c" <<'END'
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(int count, char **path)
{
    char text[80];
    int fd = count == 2 ? open(path[1], O_RDONLY) : -1;
    ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof text);
    if (size < 0)
        perror(path[1]);
    return size < 0 || write(1, text, (size_t)size) != size;
}
END
gcc -o "$root/granted/read64" "$root.c"
gcc -m32 -o "$root/granted/read32" "$root.c"

# --- Installation ---

expect 'the command is not set up without the shared object' \
    "sandlock-shim depends on libsandlock-shim (= $version); however:" \
    "$(inside dpkg -i "/packages/sandlock-shim_${version}_amd64.deb" 2>&1 | sed -n 's/^ \(.*:\)$/\1/p' | head -n 1)"
inside dpkg -i "/packages/libsandlock-shim_${version}_amd64.deb" \
    "/packages/libsandlock-shim_${version}_i386.deb" "/packages/sandlock-shim_${version}_amd64.deb" >/dev/null
inside dpkg --configure -a
# shellcheck disable=SC2016 # these are dpkg-query's
expect 'installed side by side' 'libsandlock-shim:amd64 libsandlock-shim:i386 sandlock-shim:amd64' \
    "$(inside dpkg-query -W -f '${Package}:${Architecture} ${Status}\n' '*sandlock*' |
        sed -n 's/ install ok installed//p' | xargs)"
expect 'each file is as it was packed' '' \
    "$(inside dpkg -V libsandlock-shim:amd64 libsandlock-shim:i386 sandlock-shim 2>&1)"
expect 'nothing is amiss for dpkg' '' "$(inside dpkg --audit)"
expect 'the loader knows both' 2 "$(inside ldconfig -p | grep -c libsandlock_shim.so)"
expect 'the manual is there by both names' 2 \
    "$(inside find /usr/share/man/man7/libsandlock_shim.7.gz /usr/share/man/man1/sandlock-shim.1.gz \
        -exec zgrep -l 'Dt LIBSANDLOCK_SHIM 7' {} + | wc -l)"

# --- Use: as root, and as somebody else ---

policy=SANDLOCK_FS_READABLE=@system:/granted
# outcome COMMAND...: its status and the first line that it says
outcome() {
    status=0
    said=$(chroot "--userspec=$id:$id" "$root" env -i PATH=/usr/bin LC_ALL=C "$@" 2>&1) || status=$?
    echo "$status: $(echo "$said" | head -n 1)"
}
# confines WHAT COMMAND...: COMMAND, with one file behind it, prints that which is granted alone
confines() {
    what=$1
    shift
    expect "$what, uid $id: granted" '0: granted' "$(outcome $policy "$@" /granted/file)"
    expect "$what, uid $id: denied" '1: /denied/file: Permission denied' "$(outcome $policy "$@" /denied/file)"
}
# shellcheck disable=SC2016 # it is for ld.so
either='LD_PRELOAD=/usr/$LIB/libsandlock_shim.so'
flags=$(PKG_CONFIG_LIBDIR="$root/usr/lib/x86_64-linux-gnu/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root" \
    pkg-config --libs sandlock_shim)
# shellcheck disable=SC2086 # they are several words
gcc -o "$root/granted/linked64" "$root.c" -Wl,--as-needed $flags
flags=$(PKG_CONFIG_LIBDIR="$root/usr/lib/i386-linux-gnu/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root" \
    pkg-config --libs sandlock_shim)
# shellcheck disable=SC2086
gcc -m32 -o "$root/granted/linked32" "$root.c" -Wl,--as-needed $flags
for id in 0 65534; do
    for bits in $both; do
        expect "$bits bits, uid $id: free" '0: outside' "$(outcome "/granted/read$bits" /denied/file)"
        confines "$bits bits, preloaded by way of \$LIB" "$either" "/granted/read$bits"
        confines "$bits bits, linked" "/granted/linked$bits"
        confines "$bits bits, the command" sandlock-shim "/granted/read$bits"
    done
    [ "$both" = 64 ] ||
        confines "the 32-bit one as a program" /usr/lib/i386-linux-gnu/libsandlock_shim.so /granted/read64
done

# The tracer takes no more than that and libseccomp.
inside dpkg -i "/packages/sandlock-trace_${version}_amd64.deb" >/dev/null
expect 'the tracer starts' "0: sandlock-trace ${version%-*}" "$(id=65534 && outcome sandlock-trace --version)"
expect 'its page is there' 1 "$(inside zgrep -c 'Dt SANDLOCK-TRACE 1' /usr/share/man/man1/sandlock-trace.1.gz)"

# --- Removal ---

inside dpkg -r libsandlock-shim:i386 >/dev/null
[ "$both" = 64 ] || expect 'without that of i386, 32-bit programs do not find theirs' "0: ERROR: ld.so: object" \
    "$(outcome $policy "$either" /granted/read32 /granted/file | sed 's/ '"'.*//")"
confines 'and 64-bit ones do' "$either" /granted/read64
inside dpkg -r sandlock-trace sandlock-shim libsandlock-shim >/dev/null
inside dpkg -P sandlock-trace sandlock-shim libsandlock-shim libsandlock-shim:i386 >/dev/null 2>&1
expect 'dpkg knows none of them' '' "$(inside dpkg-query -W '*sandlock*' 2>/dev/null)"
expect 'nor does the loader' '' "$(inside ldconfig -p | grep sandlock || true)"
rm -r "$root/packages" "$root/granted" "$root/denied"
every_file >"$root.after"
expect 'nothing is left' '' "$(diff "$root.before" "$root.after")"
