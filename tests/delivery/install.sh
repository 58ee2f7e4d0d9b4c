#!/bin/sh
# make install into a DESTDIR; each way in tried from there, what is denied beside what is granted; make
# uninstall.
set -eu
must_work=${SANDLOCK_TEST_MUST_WORK-}
unset SANDLOCK_TEST_MUST_WORK # the tests know it, the shim does not
unset MAKEFLAGS MFLAGS PREFIX LIBDIR BINDIR MANDIR DESTDIR
export LC_ALL=C
root=$(mktemp -d /tmp/sandlock-install-XXXXXX)
trap 'rm -rf "$root"' EXIT
trap 'exit 1' HUP INT TERM
chmod 755 "$root"
cc=${CC:-cc}

# expect WHAT WANTED GOT
expect() {
    if [ "$2" = "$3" ]; then
        echo "ok: $1"
    else
        printf 'FAILED: %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3" >&2
        exit 1
    fi
}

# lacks WHAT PROGRAM...: whether one is not here; then what it is for is skipped
lacks() {
    what=$1
    shift
    for program; do
        command -v "$program" >/dev/null && continue
        echo "skipped: $what: this machine lacks $program"
        [ "$must_work" != 1 ] || exit 1
        return 0
    done
    return 1
}

# outcome COMMAND...: its status and the first line that it says
outcome() {
    status=0
    said=$("$@" 2>&1) || status=$?
    echo "$status: $(echo "$said" | head -n 1)"
}

mkdir "$root/in" "$root/out"
echo granted >"$root/in/file"
echo outside >"$root/out/file"
policy="SANDLOCK_FS_READABLE=@system:$root/in"
cat=$(command -v cat)

# confines WHAT COMMAND...: COMMAND, with one file behind it, prints that which is granted alone
confines() {
    what=$1
    shift
    expect "$what: granted" '0: granted' "$(outcome env "$policy" "$@" "$root/in/file")"
    expect "$what: denied" "1: $root/out/file: Permission denied" \
        "$(outcome env "$policy" "$@" "$root/out/file" | sed 's/: [^ ]*cat: /: /')"
}

# needs_policy WHAT COMMAND...: COMMAND, with one file behind it, does not start without a policy
needs_policy() {
    what=$1
    shift
    expect "$what: not without a policy" '125: sandlock: no policy is set' \
        "$(outcome "$@" "$root/in/file" | sed 's/,.*//')"
}

# --- A compiler that is not there yet when make starts, as on a fresh machine ---

printf 'late-compiler:\n\tln -s "%s" "%s"\n' "$(command -v "${cc%% *}")" "$root/cc" >"$root/late.mk"
expect 'a compiler that the same make installs' '0: ' \
    "$(outcome make -s -f Makefile -f "$root/late.mk" B="$root/late" CC="$root/cc" late-compiler all)"
expect 'and its build' libsandlock_shim "$("$root/late/libsandlock_shim.so" --version | sed 's/ .*//; q')"

# --- Where things are put ---

# laid_out ARGUMENTS FILE...: what make install with ARGUMENTS makes, in the order of find | sort
laid_out() {
    arguments=$1
    shift
    # shellcheck disable=SC2086 # they are several words
    set -- $arguments "$(printf '%s\n' "$@")"
    # shellcheck disable=SC2086
    (umask 077 && make -s install DESTDIR="$root/laid out" $arguments)
    shift $(($# - 1))
    expect "make install $arguments" "$1" "$(cd "$root/laid out" && find . -type f -o -type l | sort)"
    expect 'for everybody, whatever the umask' '' \
        "$(find "$root/laid out" ! -type l ! -perm 755 ! -perm 644)"
    expect 'where the link leads to' "$(cd "$root/laid out" && find "$PWD" -name '*.so')" \
        "$(readlink -e "$root/laid out/"*/bin/sandlock-shim "$root/laid out/"*/*/bin/sandlock-shim)"
    # shellcheck disable=SC2086
    make -s uninstall DESTDIR="$root/laid out" $arguments
    expect 'make uninstall leaves no file' '' "$(find "$root/laid out" ! -type d)"
    rm -r "$root/laid out"
}
laid_out '' ./usr/local/bin/sandlock-shim ./usr/local/bin/sandlock-trace \
    ./usr/local/lib/libsandlock_shim.so ./usr/local/lib/pkgconfig/sandlock_shim.pc \
    ./usr/local/share/man/man1/sandlock-shim.1 ./usr/local/share/man/man1/sandlock-trace.1 \
    ./usr/local/share/man/man7/libsandlock_shim.7
laid_out 'PREFIX=/opt/shim LIBDIR=/opt/shim/lib/any-linux-gnu' ./opt/shim/bin/sandlock-shim \
    ./opt/shim/bin/sandlock-trace \
    ./opt/shim/lib/any-linux-gnu/libsandlock_shim.so \
    ./opt/shim/lib/any-linux-gnu/pkgconfig/sandlock_shim.pc \
    ./opt/shim/share/man/man1/sandlock-shim.1 ./opt/shim/share/man/man1/sandlock-trace.1 \
    ./opt/shim/share/man/man7/libsandlock_shim.7
laid_out 'LIBDIR=/l BINDIR=/b/bin MANDIR=/m' ./b/bin/sandlock-shim ./b/bin/sandlock-trace \
    ./l/libsandlock_shim.so ./l/pkgconfig/sandlock_shim.pc ./m/man1/sandlock-shim.1 \
    ./m/man1/sandlock-trace.1 ./m/man7/libsandlock_shim.7

# --- The ways in, from an installation like a distribution's, made twice ---

# What ld.so puts in place of $LIB is the directory that this compiler looks into.
triplet=$($cc -print-multiarch 2>/dev/null || true)
libdir=/usr/lib/$triplet
[ -n "$triplet" ] || libdir=/usr/lib64
make -s install DESTDIR="$root" PREFIX=/usr LIBDIR="$libdir"
make -s install DESTDIR="$root" PREFIX=/usr LIBDIR="$libdir"
so=$root$libdir/libsandlock_shim.so
command=$root/usr/bin/sandlock-shim

confines 'the command' "$command" "$cat"
needs_policy 'the command' "$command" "$cat"
confines 'the command, in PATH' env PATH="$root/usr/bin:$PATH" sandlock-shim -- cat
confines 'the shared object as a program' "$so" "$cat"
confines 'preloaded' env LD_PRELOAD="$so" "$cat"
needs_policy 'preloaded' env LD_PRELOAD="$so" "$cat"
# shellcheck disable=SC2016 # it is for ld.so
confines 'preloaded by way of $LIB' env LD_PRELOAD="$root/usr/\$LIB/libsandlock_shim.so" "$cat"

# The tracer finds the shim beside it, whatever that links to.
denied="sandlock-trace: cat[]: open $root/out/file for reading: denied; grant with SANDLOCK_FS_READABLE=$root/out/file"
expect 'the tracer' "$denied" "$(env "$policy:@locale" "$root/usr/bin/sandlock-trace" "$cat" "$root/out/file" 2>&1 |
    sed -n '1s/\[[0-9]*\]/[]/p')"
expect 'the tracer: granted' '0: granted' "$(outcome env "$policy:@locale" "$root/usr/bin/sandlock-trace" "$cat" "$root/in/file")"
needs_policy 'the tracer' "$root/usr/bin/sandlock-trace" "$cat"

# A cat of our own, to be linked with the shim.
cat >"$root/cat.c" <<'END'
#include <errno.h>
#include <stdio.h>
#include <string.h>
int main(int count, char **path)
{
    char line[80];
    FILE *file = count == 2 ? fopen(path[1], "r") : NULL;
    if (file == NULL || fgets(line, sizeof line, file) == NULL) {
        fprintf(stderr, "cat: %s: %s\n", path[1], strerror(errno));
        return 1;
    }
    fputs(line, stdout);
    return 0;
}
END
$cc -o "$root/in/free" "$root/cat.c"
expect 'a program of its own reads what it likes' '0: outside' "$(outcome "$root/in/free" "$root/out/file")"

if ! lacks 'a link by pkg-config' pkg-config; then
    export PKG_CONFIG_PATH="$root$libdir/pkgconfig"
    flags=$(PKG_CONFIG_SYSROOT_DIR="$root" pkg-config --libs sandlock_shim)
    # shellcheck disable=SC2086 # they are several words
    $cc -o "$root/in/linked" "$root/cat.c" -Wl,--as-needed $flags
    expect 'a link by pkg-config needs the shim' '[libsandlock_shim.so] [libc.so.6]' \
        "$(readelf -dW "$root/in/linked" | sed -n 's/.*(NEEDED).*\(\[.*\]\)/\1/p' | xargs)"
    confines 'linked' env LD_LIBRARY_PATH="$root$libdir" "$root/in/linked"
    needs_policy 'linked' env LD_LIBRARY_PATH="$root$libdir" "$root/in/linked"
    expect 'linked, and not found: it does not start' 127 \
        "$(outcome env "$policy" "$root/in/linked" "$root/in/file" | sed 's/:.*//')"
    expect 'pkg-config: the version' "libsandlock_shim $(pkg-config --modversion sandlock_shim)" \
        "$("$command" --version | head -n 1)"
    expect 'pkg-config: prefix' /usr "$(pkg-config --variable=prefix sandlock_shim)"
    expect 'pkg-config: another prefix takes libdir along' "/elsewhere${libdir#/usr}" \
        "$(pkg-config --define-variable=prefix=/elsewhere --variable=libdir sandlock_shim)"
fi

if ! lacks 'patchelf --add-needed' patchelf; then
    patchelf --add-needed "$so" --output "$root/in/patched" "$root/in/free"
    confines 'patched' "$root/in/patched"
    needs_policy 'patched' "$root/in/patched"
fi

explained=$(env "$policy" "$command" --explain "$cat")
expect '--explain' "$cat would start" "$(echo "$explained" | sed -n '/^Program/{n;s/^ *//p;}')"
expect '--check' '0: Kernel' "$(outcome "$command" --check)"
expect '--verify, outside' 1 "$(outcome env "$policy" "$command" --verify | sed 's/:.*//')"
expect '--verify, inside' 0 \
    "$(outcome env "$policy:$root/usr" SANDLOCK_KEEP_ENV=1 "$command" "$command" --verify | sed 's/:.*//')"

# read_page COMMAND...: the page that it prints begins as the manual does
read_page() {
    expect "$*" 'LIBSANDLOCK_SHIM(7)' "$("$@" 2>/dev/null | grep -o -m 1 '^LIBSANDLOCK_SHIM(7)')"
}
man=$root/usr/share/man
if ! lacks 'the manual by mandoc' mandoc; then
    read_page mandoc "$man/man7/libsandlock_shim.7"
    read_page mandoc "$man/man1/sandlock-shim.1"
fi
if ! lacks 'the manual by man' man; then
    read_page man -M "$man" 7 libsandlock_shim
    read_page man -M "$man" sandlock-shim
fi

# --- Beside it a 32-bit one, where the 32-bit libraries of a compiler for both are ---

runs32=$(SANDLOCK_TEST_MUST_WORK=$must_work tests/i386.sh 'a 32-bit installation')
if [ "$triplet $runs32" = 'x86_64-linux-gnu yes' ]; then # no other has them
    $cc -m32 -o "$root/in/free32" "$root/cat.c"
    make -s install B="$root/build32" CC="$cc -m32" DESTDIR="$root" PREFIX=/usr LIBDIR=/usr/lib32 BINDIR=/usr/bin32
    for free in free free32; do
        # shellcheck disable=SC2016
        confines "\$LIB, $free" env LD_PRELOAD="$root/usr/\$LIB/libsandlock_shim.so" "$root/in/$free"
        confines "the 32-bit command, $free" "$root/usr/bin32/sandlock-shim" "$root/in/$free"
    done
fi

# --- As somebody else: an ordinary user builds, and what root installs is not in the way ---

if [ "$(id -u)" != 0 ] || lacks 'an ordinary user' setpriv; then
    exit 0
fi
mkdir "$root/tree" "$root/theirs"
cp -R Makefile env shim tests "$root/tree"
chown -R 65534:65534 "$root/tree" "$root/theirs"
theirs='--reuid=65534 --regid=65534 --clear-groups'
# user COMMAND...: as an ordinary user, in a tree of his own
user() {
    # shellcheck disable=SC2086 # they are several words
    (cd "$root/tree" && setpriv $theirs env -u HOME "$@")
}
user make -s install DESTDIR="$root/theirs"
# shellcheck disable=SC2086
confines 'the command, of a user, for a user' setpriv $theirs "$root/theirs/usr/local/bin/sandlock-shim" "$cat"
(cd "$root/tree" && make -s install DESTDIR="$root/theirs")
touch "$root/tree/env/hash.c"
expect 'a build of his behind an installation by root' '0: ' "$(outcome user make -s)"
