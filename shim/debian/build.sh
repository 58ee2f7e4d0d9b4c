#!/bin/sh
# Makes the Debian packages of control beside this file: shim/debian/build.sh BUILD, which is called by
# "make deb" with CC, BUILD_CC, CFLAGS and LDFLAGS in the environment and leaves BUILD/*.deb. By
# dpkg-deb, as debhelper would bring little for one file; and the same tree makes the same bytes
# wherever, whenever and by whomever it is built.
set -eu
build=$1
debian=shim/debian

# Nothing of the surroundings is to show, nor what else was given to make: PREFIX, DESTDIR.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES GNUMAKEFLAGS
export LC_ALL=C TZ=UTC
umask 022

# fail MESSAGE
fail() {
    echo "$1" >&2
    exit 1
}
for tool in dpkg-deb dpkg-gencontrol dpkg-parsechangelog dpkg-shlibdeps gzip md5sum readelf strip; do
    command -v "$tool" >/dev/null || fail "make deb needs $tool: apt-get install dpkg-dev (make setup-delivery)"
done
for compiler in "$CC" "${BUILD_CC:-cc}"; do
    command -v "${compiler%% *}" >/dev/null ||
        fail "make deb needs a compiler, and there is no $compiler: apt-get install gcc libc6-dev (make setup)"
done
echo '#include <seccomp.h>' | ${BUILD_CC:-cc} -E -o /dev/null - 2>/dev/null ||
    fail 'make deb needs libseccomp: apt-get install libseccomp-dev (make setup)'

# log FIELD: of the newest entry of the changelog
log() {
    dpkg-parsechangelog -l $debian/changelog -S "$1"
}
version=$(log Version)
# The changelog's date, and not the last commit's, is there without git as well.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(log Timestamp)}
export SOURCE_DATE_EPOCH

# --- Compile -------------------------------------------------------------------------------------

# From nothing, so that no object of another compiler is left. What is in the package is stripped; the
# object with its symbols stays, for debuggers, and has the same build ID.
work=$build/deb
rm -rf "$work"
# compile GOAL...: the Makefile, told what to make here
compile() {
    make -s B="$work/objects" CC="$CC" BUILD_CC="${BUILD_CC:-cc}" LDFLAGS="${LDFLAGS:-}" \
        CFLAGS="$CFLAGS '-ffile-prefix-map=$PWD=.'" "$@"
}
compile -j"$(nproc)" all
shim=$work/objects/libsandlock_shim.so

# The architecture is that of the object, whose loader tells it apart from all others. ("gcc -m32
# -dumpmachine" says x86_64.)
loader=$(readelf -lW "$shim" | sed -n 's/.*interpreter: \(.*\)]/\1/p')
case $loader in
/lib64/ld-linux-x86-64.so.2) arch=amd64 triplet=x86_64-linux-gnu ;;
/lib/ld-linux.so.2) arch=i386 triplet=i386-linux-gnu ;;
/lib/ld-linux-aarch64.so.1) arch=arm64 triplet=aarch64-linux-gnu ;;
/lib/ld-linux-riscv64-lp64d.so.1) arch=riscv64 triplet=riscv64-linux-gnu ;;
*) fail "make deb: no architecture of Debian's has the loader $loader: is CC for another libc?" ;;
esac
[ "${DEB_HOST_ARCH:-$arch}" = $arch ] ||
    fail "make deb: CC ($CC) compiles for $arch, and DEB_HOST_ARCH is $DEB_HOST_ARCH"
export DEB_HOST_ARCH=$arch

# --- Lay out -------------------------------------------------------------------------------------

lib=$work/libsandlock-shim command=$work/sandlock-shim
compile install DESTDIR="$PWD/$lib" PREFIX=/usr LIBDIR=/usr/lib/$triplet BINDIR=/usr/bin \
    MANDIR=/usr/share/man
grep -qx "Version: ${version%-*}" "$lib/usr/lib/$triplet/pkgconfig/sandlock_shim.pc" ||
    fail "make deb: the changelog's version, $version, is not the Makefile's"
strip=$(command -v $triplet-strip || echo strip)
$strip --strip-unneeded --remove-section=.comment "$lib/usr/lib/$triplet/libsandlock_shim.so"

# The command and its manual are no files of one architecture's beside another's: a package of their own.
mkdir -p "$command/usr/share/man/man1" "$command/usr/share/doc"
mv "$lib/usr/bin" "$command/usr/"
rm -r "$lib/usr/share/man/man1" # whose pages are made where they belong
ln -s ../man7/libsandlock_shim.7.gz "$command/usr/share/man/man1/sandlock-shim.1.gz"
ln -s libsandlock-shim "$command/usr/share/doc/sandlock-shim"

doc=$lib/usr/share/doc/libsandlock-shim
install -d "$doc"
install -m 644 $debian/copyright $debian/changelog README.md "$doc"
gzip -9n "$doc/changelog" "$doc/README.md" "$lib/usr/share/man/man7/libsandlock_shim.7"
# The tracer is linked with libc and libseccomp, which nobody else is to have for its sake.
packages='libsandlock-shim sandlock-shim' needs=
if [ -e "$command/usr/bin/sandlock-trace" ]; then
    packages="$packages sandlock-trace" trace=$work/sandlock-trace
    install -d "$trace/usr/bin" "$trace/usr/share/man/man1" "$trace/usr/share/doc" "$trace/DEBIAN" "$work/debian"
    mv "$command/usr/bin/sandlock-trace" "$trace/usr/bin/"
    $strip --strip-unneeded --remove-section=.comment "$trace/usr/bin/sandlock-trace"
    gzip -9nc shim/trace/sandlock-trace.1 >"$trace/usr/share/man/man1/sandlock-trace.1.gz"
    ln -s libsandlock-shim "$trace/usr/share/doc/sandlock-trace"
    cp $debian/control "$work/debian/"
    needs=$(cd "$work" && dpkg-shlibdeps -O -Ssandlock-trace sandlock-trace/usr/bin/sandlock-trace)
fi
for package in $packages; do
    [ -e $debian/"$package".lintian-overrides ] || continue
    install -d "$work/$package/usr/share/lintian/overrides"
    install -m 644 $debian/"$package".lintian-overrides "$work/$package/usr/share/lintian/overrides/$package"
done

# --- Pack ----------------------------------------------------------------------------------------

mkdir -p "$lib/DEBIAN" "$command/DEBIAN"
install -m 644 $debian/libsandlock-shim.symbols "$lib/DEBIAN/symbols"
install -m 644 $debian/libsandlock-shim.triggers "$lib/DEBIAN/triggers"
for package in $packages; do
    stage=$work/$package
    dpkg-gencontrol -c$debian/control -l$debian/changelog -f"$work/files" -T/dev/null \
        -V"${needs:-shlibs:Depends=}" -p"$package" -P"$stage" -O"$stage/DEBIAN/control"
    (cd "$stage" && find usr -type f -exec md5sum {} + | sort -k 2 >DEBIAN/md5sums)
    [ -s "$stage/DEBIAN/md5sums" ] || rm "$stage/DEBIAN/md5sums"
    find "$stage" -type d -exec chmod 00755 {} + # and no set-group-ID that BUILD may have
    find "$stage" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group -Zxz --build "$stage" "$build/${package}_${version}_$arch.deb" >/dev/null
    echo "$build/${package}_${version}_$arch.deb"
done
