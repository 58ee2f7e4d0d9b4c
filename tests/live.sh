#!/bin/sh
# Runs live tests: tests/live.sh SHIM FOLDER TEST... As root they run twice, as root and as uid 65534;
# for the sake of the latter all of the folder is first copied to where every user can read it.
# LIVE_FILTER=off runs them with SANDLOCK_SECCOMP=off, where Landlock stands alone (see live.h);
# LIVE_FILTER=twice adds that to what is run with the filter, as the ordinary user.
# LIVE_ROOT names those that run as root, where that is not all of them.
set -eu
shim=$1 folder=$2
shift 2
tests=$(for test in "$@"; do basename "$test"; done)
stage=$(mktemp -d /tmp/sandlock-live-XXXXXX)
trap 'rm -rf "$stage"' EXIT
find "$folder" -maxdepth 1 -type f ! -name '*.d' -exec cp {} "$stage/" \;
cp "$shim" "$stage/" # last, so that it is this one
chmod -R a+rX "$stage"
cd /

failed=
# run_all UID COMMAND...: runs every test by way of COMMAND.
run_all() {
    uid=$1
    shift
    for test in $tests; do
        echo "== $test as uid $uid$how"
        "$@" "$stage/$test" || failed="$failed $test($uid$how)"
    done
}
# run_unprivileged: the same as an ordinary user.
run_unprivileged() {
    if [ "$(id -u)" = 0 ]; then
        run_all 65534 setpriv --reuid=65534 --regid=65534 --clear-groups
    else
        run_all "$(id -u)" env
    fi
}
passes=${LIVE_FILTER-} how=
[ "$passes" != twice ] || unset LIVE_FILTER
if [ "$(id -u)" = 0 ]; then
    all=$tests tests=${LIVE_ROOT-$tests}
    run_all 0 env
    tests=$all
fi
run_unprivileged
if [ "$passes" = twice ]; then
    how=', no filter'
    export LIVE_FILTER=off
    # but for those of the filter itself
    tests=$(echo "$tests" | grep -vE '^test_(abi|actions|check|cost|explain|gates.*|mark|trial|warnings)$')
    run_unprivileged
fi
[ -z "$failed" ] || { echo "failed:$failed" >&2; exit 1; }
