#!/bin/sh
# What --explain says: tests/explain.sh SHIM FOLDER SUITE, where FOLDER has the fixtures, and SUITE
# is fuzz (JSON is valid, whatever the environment is) or agree (it says what is enforced). As root
# it runs twice, as root and as uid 65534, at the same time; for the sake of the latter all of it is
# first copied to where every user can read it. EXPLAIN_SEED ("any": a new one), EXPLAIN_CASES (how
# many by chance) and EXPLAIN_ONLY (the number of one) choose the cases.
set -eu
must_work=${SANDLOCK_TEST_MUST_WORK-}
unset SANDLOCK_TEST_MUST_WORK # the tests know it, the shim does not
export LC_ALL=C
suite=$3

# lack WHAT: this machine lacks it.
lack() {
    echo "[  SKIPPED ] this machine lacks: $1"
    [ "$must_work" != 1 ] || exit 1
}
[ -x /usr/bin/python3 ] || { lack '/usr/bin/python3, which tests/explain are written in'; exit 0; }

stage=$(mktemp -d /tmp/sandlock-explain-XXXXXX)
trap 'rm -rf "$stage"' EXIT
running=
trap '[ -z "$running" ] || kill $running 2>/dev/null; exit 1' HUP INT TERM
cp "$1" "$stage/libsandlock_shim.so"
find "$2" -maxdepth 1 -type f ! -name '*.d' -exec cp {} "$stage/" \;
cp "$(dirname "$0")"/explain/*.py "$stage/"
chmod -R a+rX "$stage"
cd /
export TMPDIR="$stage/tmp" # of what the suite makes, so that it goes too
mkdir -m 1777 "$TMPDIR"

# x86_64 alone: elsewhere such a call is "absent".
if [ "$suite" = agree ] && ! "$stage/calls" i386:getpid >/dev/null 2>&1; then
    if [ "${MAY_LACK-}" = i386 ]; then
        echo '[  SKIPPED ] this machine may lack: system calls of 32-bit x86'
    else
        lack 'system calls of 32-bit x86'
    fi
fi

# A network of its own has ports that nobody else uses, and everybody may bind to and ping in.
network() {
    "$@"
}
if [ "$suite" = agree ] && [ "$(id -u)" = 0 ]; then
    if unshare --net /usr/bin/python3 -B "$stage/network.py" true; then
        network() {
            unshare --net /usr/bin/python3 -B "$stage/network.py" "$@"
        }
    else
        lack 'the permission for unshare --net: low ports and ping are not tried'
    fi
fi

# try COMMAND...: runs the suite by way of COMMAND.
try() {
    network "$@" /usr/bin/python3 -B "$stage/$suite.py" "$stage/libsandlock_shim.so" "$stage"
}
if [ "$(id -u)" = 0 ]; then
    failed=
    try env &
    running=$!
    try setpriv --reuid=65534 --regid=65534 --clear-groups &
    running="$running $!"
    for each in $running; do
        wait "$each" || failed=1
    done
    [ -z "$failed" ]
else
    try env
fi
