#!/bin/sh
# How much of env/ and shim/ the tests run, line by line: tests/coverage.sh BUILD. The unit tests are
# built with sources that count, and so is the tracer; the live ones get a shim that does
# (coverage/counters.c).
# What they do not run is in coverage/uncovered.txt, each line with the reason.
set -eu
unset SANDLOCK_TEST_MUST_WORK # what is skipped is seen by the lines that are not run
build=$1/coverage plain=$1 jobs=$(nproc)
shim=$build/covered/libsandlock_shim.so
folder=$(mktemp -d /tmp/sandlock-coverage-XXXXXX)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
truncate -s 1M "$folder/counters"
chmod 666 "$folder/counters" # some of the tests run as an ordinary user

# quiet NAME COMMAND...: what it prints is shown where it fails
quiet() {
    name=$1 start=$(date +%s)
    shift
    "$@" >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
    echo "ok: $name: $(($(date +%s) - start)) s"
}

units() {
    for test in "$build"/tests/unit/test_*; do
        [ ! -x "$test" ] || "$test" || return 1
    done
}

# Of what a start costs nothing can be said of a shim that counts.
live() {
    # shellcheck disable=SC2046 # no blanks in there
    tests/live.sh "$shim" "$plain/tests/live" \
        $(make -s B="$plain" list-live | tr ' ' '\n' | grep -v '/test_cost$')
}

explain() {
    EXPLAIN_CASES=200 tests/explain.sh "$shim" "$plain/tests/explain" fuzz
    EXPLAIN_CASES=40 tests/explain.sh "$shim" "$plain/tests/explain" agree
}

# The tracer counts next to its objects, which everybody may write to where these are.
tracer() (
    umask 000
    make -s -j"$jobs" B="$folder/trace" CFLAGS='-O0 -g --coverage -std=gnu11' "$folder/trace/sandlock-trace" \
        "$folder/trace/tests/trace/acts"
    cp "$plain/libsandlock_shim.so" "$folder/trace/"
    chmod -R a+rwX "$folder/trace"
    TRACE_CASES=100 tests/trace.sh "$folder/trace"
)

quiet build make -s -j"$jobs" B="$build" SANITIZE='-O0 -g --coverage' COUNTERS="$folder/counters" \
    "$shim" counting
find "$build" -name '*.gcda' -delete
quiet 'unit tests' units
quiet 'live tests' live
quiet libraries tests/libraries.sh "$build/tests/walk"
quiet explain explain
quiet tracer tracer
"$shim" --dump-counters
gcovr -r . "$build" "$folder/trace" --filter 'env/' --filter 'shim/[^/]*$' --filter 'shim/trace/' \
    --json "$build/lines.json"
tests/coverage/judge.py "$build/lines.json" tests/coverage/uncovered.txt
