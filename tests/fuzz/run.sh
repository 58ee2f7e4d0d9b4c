#!/bin/sh
# Runs a fuzz target on input that it makes up: run.sh TARGET CORPUS SECONDS. What it keeps of that goes
# into TARGET.corpus, and an input that is wrong into TARGET.wrong-*.
set -eu
target=$1 corpus=$2 seconds=$3
mkdir -p "$target.corpus"
set -- -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 -max_len=1024 -print_final_stats=1 \
    -artifact_prefix="$target.wrong-" "$target.corpus" "$corpus"
[ ! -e "$corpus.words" ] || set -- -dict="$corpus.words" "$@"
if ! "$target" "$@" >"$target.log" 2>&1; then
    grep -v '^#[0-9]' "$target.log"
    exit 1
fi
awk -v kind="$(basename "$target")" -v seconds="$seconds" '
    $3 == "cov:" { edges = $4 }
    $1 == "stat::number_of_executed_units:" { runs = $2 }
    END { printf "ok: %s: %d runs, %d edges, %d s\n", kind, runs, edges, seconds }' "$target.log"
