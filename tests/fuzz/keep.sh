#!/bin/sh
# Adds to a corpus the least of what a fuzz target has found that runs the code which the corpus does
# not run yet: keep.sh TARGET CORPUS.
set -eu
target=$1 corpus=$2
"$target" -set_cover_merge=1 -use_counters=0 -max_len=512 "$corpus" "$target.corpus" >"$target.log" 2>&1 ||
    { tail "$target.log"; exit 1; }
echo "$corpus: $(find "$corpus" -type f | wc -l) files"
