#!/bin/sh
# How sandlock-trace behaves, and what it reports against what the kernel does: tests/trace.sh BUILD.
# As root it runs twice: as root, half of it with mounts of its own, and as uid 65534. TRACE_SEED
# ("any": a new one), TRACE_CASES (how many) and TRACE_ONLY (the number of one) choose the cases.
# tests/trace.sh BUILD real: what it reports of real programs, of which TRACE_ONLY chooses one by name.
set -eu
must_work=${SANDLOCK_TEST_MUST_WORK-}
unset SANDLOCK_TEST_MUST_WORK # the tests know it, the shim does not
export LC_ALL=C
build=$1 suite=${2-behaviour}

# lack WHAT: this machine lacks it.
lack() {
    echo "[  SKIPPED ] this machine lacks: $1"
    [ "$must_work" != 1 ] || exit 1
}
[ -x /usr/bin/python3 ] || { lack '/usr/bin/python3, which tests/trace is written in'; exit 0; }
[ -x "$build/sandlock-trace" ] || { lack 'libseccomp for CC, which sandlock-trace is linked with'; exit 0; }

stage=$(mktemp -d /tmp/sandlock-trace-XXXXXX)
trap 'rm -rf "$stage"' EXIT
running=
trap '[ -z "$running" ] || kill $running 2>/dev/null; exit 1' HUP INT TERM
cp "$build/sandlock-trace" "$build/libsandlock_shim.so" "$build/tests/trace/acts" "$stage/"
cp "$(dirname "$0")"/trace/*.py "$(dirname "$0")/../README.md" "$stage/"
chmod -R a+rX "$stage"
cd /
export TMPDIR="$stage/tmp" # of what the suite makes, so that it goes too
mkdir -m 1777 "$TMPDIR"

# try COMMAND...: runs the suite by way of COMMAND.
try() {
    failures=0
    if [ "$suite" = real ]; then
        TRACE_MUST_WORK=$must_work "$@" /usr/bin/python3 -B "$stage/real.py" "$stage/sandlock-trace" \
            "$stage/libsandlock_shim.so" "$stage/README.md"
        return
    fi
    "$@" /usr/bin/python3 -B "$stage/behave.py" "$stage/sandlock-trace" "$stage/libsandlock_shim.so" ||
        failures=1
    "$@" /usr/bin/python3 -B "$stage/agree.py" "$stage/sandlock-trace" "$stage/acts" || failures=1
    [ $failures = 0 ]
}
if [ "$(id -u)" = 0 ]; then
    failed=
    try setpriv --reuid=65534 --regid=65534 --clear-groups &
    running=$!
    if [ "$suite" = real ]; then
        try env || failed=1
    elif unshare --mount true; then
        TRACE_MOUNTS=own try unshare --mount || failed=1
    else
        lack 'the permission for unshare --mount: mounts are not tried'
        try env || failed=1
    fi
    wait "$running" || failed=1
    [ -z "$failed" ]
else
    try env
fi
