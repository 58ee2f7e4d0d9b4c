#!/bin/sh
# Shows what the shim does: tests/demo.sh SHIM. A script for python3 writes one file and reads
# another: unconfined, preloaded with the shim, and started by it. Fails when any of the three comes
# to something else than it should. Every command is run exactly as it is shown.
set -eu
export LC_ALL=C
unset SANDLOCK_TEST_MUST_WORK # the tests know it, the shim does not
shim=$(realpath "$1")
python=/usr/bin/python3
[ -x "$python" ] || { echo "demo: needs $python (make setup)" >&2; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
cd "$dir"
ln -s "$shim" libsandlock_shim.so
mkdir work private
echo hunter2 >private/key
cat >job.py <<'end'
def report():
    open("work/report", "w").write("all is well\n")
    return "written"

def key():
    return "it says " + open("private/key").read().strip()

for path, attempt in ("work/report", report), ("private/key", key):
    try:
        print(path + ":", attempt())
    except OSError as error:
        print(path + ":", error.strerror)
end
bare='work/report: written
private/key: it says hunter2'
confined='work/report: written
private/key: Permission denied'

wrong=
# show EXPECTED COMMAND: runs a line of shell that should print EXPECTED and write the report.
show() {
    rm -f work/report
    echo "  \$ $2"
    said=$(eval "$2" 2>&1) || said="$said (exit status $?)"
    [ -z "$said" ] || echo "$said" | sed 's/^/  /'
    if [ "$said" != "$1" ] || [ "$(cat work/report 2>&1)" != 'all is well' ]; then
        wrong=1
        echo '  ^ this is not as it should be'
    fi
    echo
}

echo "job.py writes its report, and reads a key that it has no business with. It runs as $(id -un),"
echo 'who may read that key, and so may every program that is not confined:'
show "$bare" "$python job.py"

policy='export SANDLOCK_FS_READABLE=@system:./job.py SANDLOCK_FS_WRITABLE=./work'
echo 'Let it have the system and itself to read, work/ to write in, and nothing else:'
echo "  \$ $policy"
eval "$policy"
echo
echo 'It confines itself when the shim is preloaded into it,'
show "$confined" "LD_PRELOAD=./libsandlock_shim.so $python job.py"
echo 'or is confined from the start when the shim, which is a program too, starts it:'
show "$confined" "./libsandlock_shim.so $python job.py"

[ -z "$wrong" ] || { echo 'demo: something is not as it should be, see above' >&2; exit 1; }
echo 'Both times it did its job, and the kernel kept the key from it: no privilege, no daemon.'
