#!/bin/sh
# What the linked object and the layers of the sources have to look like: tests/hygiene.sh BUILD.
set -eu
build=$1
shim=$build/libsandlock_shim.so
failures=0

# expect WHAT WANTED GOT
expect() {
    if [ "$2" = "$3" ]; then
        echo "ok: $1"
    else
        printf 'FAILED: %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3"
        failures=$((failures + 1))
    fi
}

# expect_none WHAT LINES: there has to be none of them
expect_none() {
    expect "$1" '' "$2"
}

# names FILE...: the symbols that they take from elsewhere, without their versions
names() {
    nm "$@" | awk 'NF == 2 { sub(/@.*/, "", $2); print $2 }' | sort -u
}

# --- the linked object ---

dynamic=$(readelf -dW "$shim")
segments=$(readelf -lW "$shim")
expect_none 'exports nothing' "$(nm -D --defined-only "$shim")"
expect_none 'needs no other object' "$(echo "$dynamic" | grep NEEDED || true)"
expect 'soname' libsandlock_shim.so "$(echo "$dynamic" | sed -n 's/.*(SONAME).*\[\(.*\)]/\1/p')"
expect 'flags' 'NOW NODELETE INITFIRST NOOPEN' \
    "$(echo "$dynamic" | sed -n 's/.*(FLAGS_1) *Flags: *//p')"
expect_none 'no text relocations, no rpath' \
    "$(echo "$dynamic" | grep -E 'TEXTREL|RPATH|RUNPATH' || true)"
expect 'relro' 1 "$(echo "$segments" | grep -c GNU_RELRO)"
expect 'stack not executable' RW "$(echo "$segments" | awk '$1 == "GNU_STACK" { print $7 }')"
expect_none 'nothing both writable and executable' \
    "$(echo "$segments" | awk '$1 == "LOAD" && / RWE /')"
expect 'asks for a loader' 1 "$(echo "$segments" | grep -c 'Requesting program interpreter')"

# It could be somebody else's (shim/syscall.h).
expect_none 'takes nothing from libc, nor from anybody' "$(nm -D "$shim" 2>&1 | grep -v ': no symbols$' || true)"

if head -n 1 "$build/config.h" | grep -q ' -O2 -g '; then # as it is built unless told otherwise
    strip -o "$build/stripped.so" "$shim"
    size=$(stat -c %s "$build/stripped.so")
    expect "is small ($size bytes)" yes "$([ "$size" -lt 98304 ] && echo yes)"
fi

# --- the layers ---

defined=$(nm --defined-only "$build"/env/*.o "$build"/shim/*.o | awk 'NF == 3 { print $3 }' | sort -u)
functions=$(nm --defined-only "$build"/shim/string.o | awk '$2 == "T" { print $3 }')
pure="__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|$(echo "$functions" | paste -sd '|')"
env=$(nm --defined-only "$build"/env/*.o | awk 'NF == 3 { print $3 }' | paste -sd '|')

expect_none 'env/ calls nothing but itself and string.c' \
    "$(names -u "$build"/env/*.o | grep -vxE "$pure|$env" || true)"
expect_none 'nor does plan, which reads tables' \
    "$(names -u "$build"/shim/plan.o | grep -vxE "$pure|$env|(gate|protection)_rows|gates_of_sockets|net_rights" || true)"
for object in "$build"/shim/*.o; do
    case $object in */sys.o | */inspect.o | */loader.o) continue ;; esac
    expect_none "$(basename "$object") asks the system nothing itself" \
        "$(names -u "$object" | grep -vxF "$defined" |
            grep -vxE '__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|__ehdr_start|_start' || true)"
done

# includes FILE...: the headers of our own that they include
includes() {
    sed -n 's/^#include "\(.*\)".*/\1/p' "$@" | sort -u
}
expect_none 'env/ includes nothing of shim/' "$(includes env/*.[ch] | grep / || true)"
expect_none 'env/ includes no kernel header' \
    "$(grep -nE '#include <(linux|asm|sys)/' env/*.[ch] || true)"
expect 'plan includes the policy and the tables' \
    '../env/net.h ../env/policy.h abi.h groups.h plan.h' \
    "$(includes shim/plan.[ch] shim/abi.h | xargs)"
expect_none 'what explains and reports does not enforce: it includes neither landlock nor filter' \
    "$(includes shim/report.[ch] shim/explain*.[ch] shim/check.[ch] | grep -E 'landlock|filter' || true)"

# Objects of .data and .bss, but for the compiler's own: what could be written after start.
expect 'writable data' 'confinement filler has_confined' \
    "$(objdump -t "$build"/env/*.o "$build"/shim/*.o |
        awk '($4 == ".data" || $4 == ".bss") && $3 == "O" { print $6 }' | sed 's/\.[0-9]*$//; s/.*\.//' |
        sort -u | xargs)"
expect_none 'no file over 300 lines' \
    "$(wc -l env/*.[ch] shim/*.[ch] shim/gen/*.[ch] shim/trace/*.[ch] | awk '$1 > 300 && $2 != "total" { print $2 }')"

# The build says so too, for it is what decides on which systems it runs.
expect 'the newest symbol version that it needs' none \
    "$(readelf -VW "$shim" | grep -o 'Name: [A-Za-z_]*_[0-9.]*' | sort -uV | tail -n 1 | grep . || echo none)"
[ $failures = 0 ] || exit 1
