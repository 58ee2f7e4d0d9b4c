#!/bin/sh
# make deb: the same bytes from wherever and by whomever, no complaint of lintian's; and the packages
# of two architectures installed side by side in a Debian of their own, used, and removed.
set -eu
must_work=${SANDLOCK_TEST_MUST_WORK-}
unset SANDLOCK_TEST_MUST_WORK # the tests know it, the shim does not
unset MAKEFLAGS MFLAGS SOURCE_DATE_EPOCH DEB_HOST_ARCH
export LC_ALL=C
here=$(dirname "$0")
root=$(mktemp -d /tmp/sandlock-deb-XXXXXX)
trap 'rm -rf --one-file-system "$root"' EXIT
trap 'exit 1' HUP INT TERM
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

# skip WHAT: what it is that cannot be tried here, and why; it has to be the last
skip() {
    echo "skipped: $1"
    [ "$must_work" != 1 ] || exit 1
    exit 0
}
for program in dpkg-deb dpkg-gencontrol lintian; do
    command -v "$program" >/dev/null || skip "packages: this machine lacks $program (make setup-delivery)"
done

# --- Two builds, the same bytes ---

# tree DIRECTORY: the sources there, newer than they are here
tree() {
    mkdir -p "$1"
    cp -R Makefile README.md env shim tests "$1"
}
# sums DIRECTORY: of the packages there
sums() {
    (cd "$1/build" && sha256sum ./*.deb)
}
# Here it is root in most cases, then somebody without a home.
user=
[ "$(id -u)" != 0 ] || user='setpriv --reuid=65534 --regid=65534 --clear-groups'
tree "$root/here"
tree "$root/else where/deeper"
ln -s 'else where' "$root/link"
mkdir "$root/else where/deeper/build"
chmod 2770 "$root/else where/deeper/build"
[ -z "$user" ] || chown -R 65534:65534 "$root/else where"
# again ARGUMENT...: make deb, elsewhere
again() {
    # shellcheck disable=SC2086 # it is several words, or none
    (umask 077 && cd "$root/link/deeper" &&
        $user env -u HOME -u LC_ALL LANG=C.UTF-8 TZ=Pacific/Chatham PREFIX=/opt make -s deb DESTDIR=/x "$@" >/dev/null)
}
machine=$(dpkg --print-architecture)
both=no
if [ "$machine" = amd64 ] && echo 'int main(void) { return 0; }' | gcc -m32 -x c -o "$root/probe" - 2>/dev/null; then
    both=yes
    make -s -C "$root/here" deb CC='gcc -m32' >/dev/null
    again CC='gcc -m32' DEB_HOST_ARCH=i386
fi
make -s -C "$root/here" deb >/dev/null
again -j3
sums "$root/here"
expect 'the same bytes elsewhere, for another user, with another umask, language and time zone' \
    "$(sums "$root/here")" "$(sums "$root/else where/deeper")"
mv "$root/here/build" "$root/packages"
packages=$root/packages

expect 'no path of the machine that it was built on' '' \
    "$(strings "$packages/deb/objects/libsandlock_shim.so" | grep -F "$root" || true)"
SOURCE_DATE_EPOCH=4102444800 make -s -C "$root/here" deb >/dev/null # which no clock is behind
expect 'SOURCE_DATE_EPOCH is honoured' '2100-01-01 00:00' \
    "$(TZ=UTC dpkg-deb -c "$root/here/build/libsandlock-shim"_*.deb | awk '{ print $4, $5 }' | sort -u)"

# --- Who links with it, depends on it ---

lib=$packages/deb/libsandlock-shim
mkdir -p "$root/user/debian"
printf '%s\n' 'Source: user' '' 'Package: user' 'Architecture: any' >"$root/user/debian/control"
# shellcheck disable=SC2046 # they are several words
echo 'int user(void) { return 0; }' | ${CC:-cc} -shared -nostdlib -x c -o "$root/user/user.so" - \
    $(PKG_CONFIG_LIBDIR=$(echo "$lib"/usr/lib/*/pkgconfig) PKG_CONFIG_SYSROOT_DIR="$lib" pkg-config --libs sandlock_shim)
expect 'a package that is linked with the shim depends on its package' shlibs:Depends=libsandlock-shim \
    "$(cd "$root/user" && dpkg-shlibdeps -O -S"$lib" -l"$(echo "$lib"/usr/lib/*-linux-gnu)" user.so 2>/dev/null)"

# --- What is refused, and by which name ---

# refused WHAT MESSAGE COMMAND...: make deb ends with the message, and makes nothing
refused() {
    what=$1 message=$2
    shift 2
    rm -rf "$root/here/build"
    expect "$what" "$message" "$("$@" -s -C "$root/here" deb 2>&1 >/dev/null | head -n 1)"
    expect 'and no package' '' "$(find "$root/here" -name '*.deb')"
}
mkdir "$root/bin" # all but one
ln -s /usr/bin/* "$root/bin/"
rm "$root/bin/dpkg-gencontrol"
refused 'a tool that is missing is named' \
    'make deb needs dpkg-gencontrol: apt-get install dpkg-dev (make setup-delivery)' \
    env PATH="$root/bin" make
refused 'an architecture that is not the compiler'"'s" \
    "make deb: CC (cc) compiles for $machine, and DEB_HOST_ARCH is s390x" \
    env DEB_HOST_ARCH=s390x make
sed -i '1s/(.*)/(9.9)/' "$root/here/shim/debian/changelog"
refused 'a changelog of another version' \
    "make deb: the changelog's version, 9.9, is not the Makefile's" make

# --- What lintian says: of what is overridden the reason stands in shim/debian/ ---

# shellcheck disable=SC2086 # it is several words, or none
said=$(cd "$packages" && $user env HOME=/nonexistent lintian -I -E --pedantic --show-overrides ./*.deb 2>&1 |
    grep -v '^running with root privileges') || true
expect 'lintian says nothing else' '' "$(echo "$said" | grep -v '^[NO]: ' || true)"
expect 'than what is overridden' 'executable-in-usr-lib package-contains-no-arch-dependent-files'\
' shared-library-lacks-prerequisites shared-library-lacks-version' \
    "$(echo "$said" | sed -n 's/^O: [^:]*: \([^ ]*\).*/\1/p' | sort -u | xargs)"

# --- In a Debian of two architectures ---

[ "$machine" = amd64 ] || exit 0
[ $both = yes ] || skip 'installing packages: this machine lacks gcc-multilib (make setup)'
[ "$(id -u)" = 0 ] || skip 'installing packages: only root can chroot'
command -v mmdebstrap >/dev/null || skip 'installing packages: this machine lacks mmdebstrap (make setup-delivery)'
runs32=$(SANDLOCK_TEST_MUST_WORK=$must_work tests/i386.sh 'using the i386 package')
"$here/deb_installed.sh" "$packages" "$root/debian" "$runs32"
