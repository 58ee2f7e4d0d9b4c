#!/busybox sh
# shellcheck shell=dash
# The first process of the virtual machine: what a booted system has, then the live tests.
/busybox mount -t proc proc /proc
/busybox mount -t sysfs sysfs /sys
/busybox mount -t devtmpfs devtmpfs /dev
/busybox mkdir -p /dev/pts /dev/shm
/busybox mount -t devpts -o ptmxmode=666 devpts /dev/pts
/busybox mount -t tmpfs -o mode=1777 tmpfs /dev/shm
/busybox mount -t tmpfs -o mode=1777 tmpfs /tmp
/busybox ip link set lo up
for link in fd stdin:fd/0 stdout:fd/1 stderr:fd/2; do
    /busybox ln -s "/proc/self/${link#*:}" "/dev/${link%:*}"
done
exec </dev/null
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/ LC_ALL=C
# shellcheck source=/dev/null
. /settings # SANDLOCK_TEST_..., LIVE_..., TESTS
ulimit -n 1024 -H -n 4096
echo "KERNEL: $(uname -r) $(uname -m)"
check=$(/tests/libsandlock_shim.so --check=json | tr -d '\n')
echo "CHECK: $check"
# shellcheck disable=SC2086 # they are words
/live.sh /tests/libsandlock_shim.so /tests $TESTS 2>&1
echo "ENDED: $?"
/busybox poweroff -f
