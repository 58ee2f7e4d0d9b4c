#!/bin/sh
# Tries the recipes of README.md: tests/recipes.sh SHIM. README=FILE takes them from another file.
# As root they are tried twice, as root and as uid 65534; both times in namespaces of mounts and of
# the network, so that the very paths and ports that are written there can be used.
set -eu
must_work=${SANDLOCK_TEST_MUST_WORK-}
unset SANDLOCK_TEST_MUST_WORK # the tests know it, the shim does not
export LC_ALL=C

# lack WHAT: the recipes cannot be tried.
lack() {
    echo "[  SKIPPED ] this machine lacks: $1"
    [ "$must_work" != 1 ] || exit 1
    exit 0
}
for program in /usr/bin/python3 /usr/bin/unshare /usr/bin/openssl /usr/bin/curl /usr/sbin/nginx; do
    [ -x "$program" ] || lack "$program"
done
/usr/bin/python3 -c 'import yaml' 2>/dev/null || lack python3-yaml
for folder in /srv /etc/ssl/certs /etc/nginx /var/log/nginx /var/lib/nginx; do
    [ -d "$folder" ] || lack "$folder"
done

stage=$(mktemp -d /tmp/sandlock-recipes-XXXXXX)
trap 'rm -rf "$stage"' EXIT
trap 'exit 1' HUP INT TERM
cp "$1" "$stage/libsandlock_shim.so"
cp "${README:-README.md}" "$stage/README.md"
cp "$(dirname "$0")"/recipes/*.py "$stage/"
chmod -R a+rX "$stage"
cd /

# try COMMAND...: tries them by way of COMMAND, which makes the namespaces.
try() {
    "$@" true 2>/dev/null || lack "the permission for: $*"
    "$@" /usr/bin/python3 -B "$stage/try.py"
}
if [ "$(id -u)" = 0 ]; then
    echo '== recipes as uid 0'
    try unshare --net --mount
    echo '== recipes as uid 65534'
    try setpriv --reuid=65534 --regid=65534 --clear-groups unshare --map-root-user --net --mount
else
    echo "== recipes as uid $(id -u)"
    try unshare --map-root-user --net --mount
fi
