#!/bin/sh
# What the start of a program needs, as the walk over the headers has it (WALK), against what the
# loaders say themselves: tests/libraries.sh WALK. Names and paths must not hold white space.
set -eu
tests=$(realpath "$(dirname "$0")")
walk=$(realpath "$1")
must_work=${SANDLOCK_TEST_MUST_WORK:-}
unset SANDLOCK_TEST_MUST_WORK LD_LIBRARY_PATH LD_PRELOAD
tmp=$(mktemp -d /tmp/sandlock-libraries-XXXXXX)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
failures=0

# real: lines of "PROGRAM PATH" with each path that of the file itself, sorted
real() {
    cat >lines
    awk '{ print $2 }' lines | xargs -r realpath -m >paths
    awk '{ print $1 }' lines | paste -d ' ' - paths | LC_ALL=C sort -u
}

# walked [NAME=VALUE...] PROGRAM...: what the walk finds, and "/missing/NAME"
walked() {
    "$walk" "$@" | awk '$2 ~ /[iel]/ { print $1, $4 == "-" ? "/missing/" $3 : $4 }
        $2 == "!" { print $1, "/failed" }' | real
}

# said PROGRAM: what a loader has printed of PROGRAM (glibc's, and musl's)
said() {
    sed -nE "/linux-(vdso|gate)/d; s|^\t([^ ]+) => not found\$|$1 /missing/\1|p; t
        s|^Error loading shared library ([^:]*):.*|$1 /missing/\1|p; t
        s|^ERROR: ld.so: object '([^']*)' from LD_PRELOAD.*|$1 /missing/\1|p; t
        s|^\t[^ ]+ => ([^ ]+) \(0x.*|$1 \1|p; t
        s|^\t([^ ]+) \(0x.*|$1 \1|p"
}

# same WHAT FILE FILE
same() {
    if [ -s "$2" ] && diff "$2" "$3" >difference; then
        echo "ok: $1"
    else
        echo "FAILED: $1 (<: the walk, >: the loader)"
        cat difference
        failures=$((failures + 1))
    fi
}

# like WHAT [NAME=VALUE...] PROGRAM: the walk finds what the program's own loader does
like() {
    what=$1
    shift
    for program; do :; done
    walked "$@" >got
    env LD_TRACE_LOADED_OBJECTS=1 "$@" 2>&1 | said "$program" | real >wanted
    same "$what" got wanted
}

# needs WHAT WANTED [NAME=VALUE...] PROGRAM: the walk finds exactly these
needs() {
    what=$1 wanted=$2
    shift 2
    "$walk" "$@" | cut -d ' ' -f 2- >got
    printf '%s\n' "$wanted" >wanted
    same "$what" got wanted
}

# without WHAT PACKAGE: what cannot be tried here
without() {
    echo "skipped: $1 needs $2"
    [ -z "$must_work" ] || failures=$((failures + 1))
}

# build NAME FLAG...: a program, with the compiler and to the path of $cc and $out
cc=cc
build() {
    name=$1
    shift
    echo 'int main(void) { return 0; }' >main.c
    $cc -o "$name" main.c -Wl,--no-as-needed "$@"
}

# library PATH FLAG...: a library with its file's name as its soname
library() {
    path=$1
    shift
    mkdir -p "$(dirname "$path")"
    $cc -shared -fPIC -o "$path" -Wl,-soname,"$(basename "$path")" -Wl,--no-as-needed -x c /dev/null "$@"
}

multiarch=$(cc -print-multiarch) # as Debian's loaders have it for $LIB

# --- the programs and libraries of this system ---

find /usr/bin /usr/sbin -maxdepth 1 ! -name '* *' -exec realpath {} + | sort -u |
    xargs readelf -lW 2>/dev/null | awk '/^File: / { program = $2 } /^Elf file type/ { all++ }
        sub(/.*program interpreter: /, "") { sub(/]/, ""); print program, $0 }
        END { print all >"all" }' >dynamic
while read -r program loader; do
    "$loader" --list "$program" 2>&1 | said "$program"
done <dynamic | real >wanted
# shellcheck disable=SC2046 # a word for each
walked $(cut -d ' ' -f 1 dynamic) >got
same "$(wc -l <dynamic) programs (of $(cat all); the others name no loader)" got wanted

: >got
: >wanted
for library in $(find "/lib/$multiarch/" /usr/lib/ -maxdepth 1 -name '*.so.*' -type f | sort | head -n 60); do
    walked "LD_PRELOAD=$library" /bin/true | sed "s|^|$library |" >>got
    LD_PRELOAD=$library LD_TRACE_LOADED_OBJECTS=1 /bin/true 2>&1 | said /bin/true | real |
        sed "s|^|$library |" >>wanted
done
same "$(cut -d ' ' -f 1 got | sort -u | wc -l) libraries, preloaded" got wanted

# --- the order of the search ---

# A program needs middle, and that needs leaf.
tree() {
    rm -rf lib other far
    library lib/libleaf.so
    library lib/libmiddle.so -Llib -lleaf "$@"
    library other/libmiddle.so -Llib -lleaf
    library far/libleaf.so
}
OLD=-Wl,--disable-new-dtags NEW=-Wl,--enable-new-dtags
for own in "$OLD" "$NEW"; do
    for below in "$OLD" "$NEW"; do
        tree "$below" "-Wl,-rpath,\$ORIGIN/../far"
        build program "$own" "-Wl,-rpath,\$ORIGIN/lib:/no\${ORIGIN}" -Llib -lmiddle -Wl,-rpath-link,lib
        # shellcheck disable=SC2016 # the loader expands them
        for path in '' other: '$ORIGIN/far' "no;other;$tmp/lib" 'other/:/no/${LIB}/$LIBx'; do
            like "$own $below, LD_LIBRARY_PATH=$path" "LD_LIBRARY_PATH=$path" ./program
        done
    done
    tree
    build program "$own" "-Wl,-rpath,\$ORIGIN/lib" -Llib -lmiddle -Wl,-rpath-link,lib
    like "$own, none below" ./program
    rm lib/libleaf.so
    like "$own, none below, missing" ./program
done

tree "-Wl,-rpath,\$ORIGIN"
build program -Llib -lmiddle -Wl,-rpath-link,lib
like 'missing' ./program
like 'in the working directory' LD_LIBRARY_PATH=/no: ./program
cp lib/*.so .
like 'and there' LD_LIBRARY_PATH=/no: ./program
rm ./*.so
# shellcheck disable=SC2016
for word in "$tmp/lib/libmiddle.so" "libmiddle.so:$tmp/no.so" "libleaf.so lib/libmiddle.so" '$ORIGIN/lib/libmiddle.so'; do
    like "LD_PRELOAD=$word" LD_LIBRARY_PATH=lib "LD_PRELOAD=$word" ./program
done
loader=$(readelf -lW program | sed -n 's/.*interpreter: \(.*\)]/\1/p')
libc=$(LD_TRACE_LOADED_OBJECTS=1 ./program | sed -n 's/.*libc.so.6 => \([^ ]*\) .*/\1/p')
needs 'the shim is not preloaded' "p ./program ./program
i $loader $loader
l libmiddle.so lib/libmiddle.so
l libc.so.6 $libc
l libleaf.so lib/libleaf.so" LD_LIBRARY_PATH=lib LD_PRELOAD=/no/libsandlock_shim.so ./program

# One that only the cache leads to, where there is such a one.
cached=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p | awk '/x86-64|AArch64/ && $NF !~ "^/(usr/)?lib(64|/[^/]*-gnu)?/[^/]*$" { print $1; exit }')
if [ -n "$cached" ]; then
    like "$cached, cached" "LD_PRELOAD=$cached" ./program
    "$walk" "LD_PRELOAD=$cached" ./program | grep ' c ' >got || :
    echo './program c /etc/ld.so.cache /etc/ld.so.cache' >wanted
    same 'the cache is needed' got wanted
fi

mkdir "lib/$multiarch"
cp lib/*.so "lib/$multiarch/"
build program "-Wl,-rpath,\$ORIGIN/\$LIB" -Llib -lmiddle -Wl,-rpath-link,lib
like 'LIB' ./program
mkdir links
ln -s ../program links/program
like 'a link to the program' links/program
patchelf --add-needed "\$ORIGIN/lib/libleaf.so" program
like 'a path that is needed' links/program
$cc -shared -o lib/libplain.so -x c /dev/null
build program lib/libplain.so
like 'a path of the working directory' ./program

# --- scripts ---

mkdir bin
printf '#! ./one argument\n' >two
printf '#!/usr/bin/env -S A=b python -x\n' >one
printf '#!/no/such\n' >bin/python
printf 'exit 1\n' >plain
chmod +x one two bin/python plain
needs 'scripts and env' "$("$walk" /usr/bin/env | sed "1s|.*|p ./two ./two\\ni ./one ./one\\ni /usr/bin/env /usr/bin/env|; s|^/usr/bin/env ||")
p python $tmp/bin/python
i /no/such -" "PATH=/no:$tmp/bin" ./two
needs 'no program for env' "$("$walk" /usr/bin/env | sed "1s|.*|p ./one ./one\\ni /usr/bin/env /usr/bin/env|; s|^/usr/bin/env ||")
p python -" PATH=/no ./one
needs 'the shell' "$("$walk" /bin/sh | sed "1s|.*|p ./plain ./plain\\ni /bin/sh /bin/sh|; s|^/bin/sh ||")" ./plain
needs 'nothing' 'p ./none -' ./none
needs 'a directory' "p ./bin ./bin
! -13 whole" ./bin
python=$(command -v python3)
printf '#!/usr/bin/env python3\n' >one
"$walk" ./one | cut -d ' ' -f 3- >got
{ echo ./one ./one; "$walk" /usr/bin/env "$python" | cut -d ' ' -f 3- | sed "s|^$python |python3 |"; } >wanted
same 'env python3' got wanted

# --- other programs ---

build static -static
needs 'a static program' 'p static static' static
build static -static-pie
needs 'a static one that can lie anywhere' 'p static static' static

# what the libraries of another class are passed over for
runs32=$(SANDLOCK_TEST_MUST_WORK=$must_work "$tests/i386.sh" '32-bit x86')
if [ "$runs32" = yes ]; then
    cc='gcc -m32'
    tree
    build program "-Wl,-rpath,\$ORIGIN/lib" -Llib -lmiddle -Wl,-rpath-link,lib -lm
    like '32-bit: missing below' ./program
    like '32-bit' LD_LIBRARY_PATH=/lib:lib ./program
    mv lib narrow
    cc=cc
    tree
    like 'of two classes the other first' LD_LIBRARY_PATH=lib:narrow ./program
    build program -Llib -lmiddle -Wl,-rpath-link,lib -lm
    like 'and the other way round' LD_LIBRARY_PATH=narrow:lib ./program
fi

cc=musl-gcc
if ! command -v musl-gcc >/dev/null; then
    without musl 'musl-tools (make setup)'
else
    # like_musl WHAT [NAME=VALUE...]: as like, for ./program, which musl's loader lists when asked to
    like_musl() {
        what=$1
        shift
        walked "$@" ./program >got
        env "$@" "$loader" --list ./program 2>&1 | said ./program | real >wanted
        same "musl: $what" got wanted
    }
    for own in "$OLD" "$NEW"; do
        tree "$own" "-Wl,-rpath,\$ORIGIN/../far"
        build program "$own" "-Wl,-rpath,\${ORIGIN}/lib" -Llib -lmiddle -Wl,-rpath-link,lib
        loader=$(readelf -lW program | sed -n 's/.*interpreter: \(.*\)]/\1/p')
        like_musl "$own"
        like_musl 'LD_LIBRARY_PATH' "LD_LIBRARY_PATH=:no::$tmp/other"
        tree
        like_musl "$own, none below"
        rm lib/libleaf.so
        like_musl "$own, none below, missing"
    done
    like_musl 'LD_PRELOAD' "LD_PRELOAD=$tmp/far/libleaf.so"
    needs 'musl: nothing but libc' "p ./program ./program
i $loader $loader
e libcap.so.no -
l libmiddle.so lib/libmiddle.so
l libleaf.so far/libleaf.so" LD_LIBRARY_PATH=lib:far LD_PRELOAD=libc.so:libpthread.so.0:libm.so.6:libcap.so.no ./program
fi

[ $failures = 0 ] || exit 1
