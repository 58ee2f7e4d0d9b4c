#!/bin/sh
# What a virtual machine is started with, from Debian: fetch.sh FOLDER ARCH SUITE [PACKAGE...]
# With packages: prints the tar of a tree of that suite's that holds them and what they need. Without:
# prints the file of that suite's newest kernel for the cloud. Both are kept in FOLDER, beside lists and
# a cache of their own: the machine's apt is asked for its mirrors, and else left alone.
set -eu
mkdir -p "$1"
folder=$(cd "$1" && pwd) arch=$2 suite=$3
shift 3

# lack REASON
lack() {
    echo "$suite ($arch): $1" >&2
    exit 1
}
# mirror LABEL: where the machine gets Debian from, or Debian-Security
mirror() {
    # shellcheck disable=SC2016 # it is apt that replaces it
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' "Label: $1" | head -n 1
}
# sources: the suite, and its security updates where it has any
sources() {
    key=/usr/share/keyrings/debian-archive-keyring.gpg
    echo "deb [signed-by=$key] $(mirror Debian) $suite main"
    security=$(mirror Debian-Security)
    case $suite in
    sid | experimental) ;;
    *) [ -z "$security" ] || echo "deb [signed-by=$key] $security $suite-security main" ;;
    esac
}
[ -n "$(mirror Debian)" ] || lack 'apt knows no mirror of Debian (apt-get update)'

if [ $# != 0 ]; then
    tree=$folder/tree-$suite-$arch.tar
    list=$(echo "$*" | tr ' ' ,)
    if [ "$(cat "$tree.list" 2>/dev/null)" != "$list" ]; then
        sources | mmdebstrap --variant=extract --architectures="$arch" --include="$list" \
            --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr "$suite" "$tree.new.tar" - > "$tree.log" 2>&1 ||
            lack "no tree: $(tail -n 1 "$tree.log")"
        mv "$tree.new.tar" "$tree"
        echo "$list" > "$tree.list"
    fi
    echo "$tree"
    exit
fi

apt=$folder/apt-$suite-$arch
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
sources > "$apt/sources.list"
: > "$apt/status"
# ask PROGRAM ARGUMENT...: one of apt's, with nothing of this machine's
ask() {
    program=$1
    shift
    "$program" -q -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$apt/lists" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" \
        -o APT::Architecture="$arch" -o APT::Architectures="$arch" -o APT::Sandbox::User= "$@"
}
# depends PACKAGE PATTERN: the package of that name that it depends on
depends() {
    ask apt-cache show --no-all-versions "$1" 2>/dev/null | sed -n 's/^Depends: //p' | tr -d ' ' |
        tr , '\n' | sed 's/(.*//' | grep -E "$2" | head -n 1
}

ask apt-get update > "$apt/log" 2>&1 || true # what was listed before is there still
image=$(depends "linux-image-cloud-$arch" '^linux-image-')
[ -n "$image" ] || lack 'cannot be reached, or lists no kernel'
kernel=$folder/$image
if [ ! -e "$kernel" ]; then
    for package in "$image" "$(depends "$image" '^linux-binary-')"; do
        [ -n "$package" ] || continue
        (cd "$apt" && ask apt-get download "$package" >> log 2>&1) || lack "$package cannot be downloaded"
        dpkg-deb --extract "$apt/$package"_*.deb "$apt/files"
    done
    found=$(find "$apt/files" -type f -name 'vmlinu*' | head -n 1)
    [ -n "$found" ] || lack "$image holds no kernel"
    mv "$found" "$kernel"
    rm -rf "$apt"/*.deb "$apt/files"
fi
echo "$kernel"
