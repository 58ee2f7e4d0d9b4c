#!/bin/sh
# The lists of the man page, and what --help and README.md have of them, are those of the tables:
# tests/manpage.sh BUILD. BUILD/tests/tables prints the tables (tests/tables.c).
set -eu
export LC_ALL=C
must_work=${SANDLOCK_TEST_MUST_WORK:-}
unset SANDLOCK_TEST_MUST_WORK # the tests know it, the shim does not
build=$1
page=shim/libsandlock_shim.7
if ! command -v mandoc >/dev/null; then
    echo 'skipped: needs mandoc (make setup)' >&2
    [ -z "$must_work" ] && exit
    exit 1
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
tab=$(printf '\t')
failures=0

# expect_same WHAT WANTED GOT: the two files of these names in $dir are the same, and not empty
expect_same() {
    if [ -s "$dir/$2" ] && diff "$dir/$2" "$dir/$3" >"$dir/diff"; then
        echo "ok: $1"
    else
        echo "FAILED: $1 (< the tables, > what is compared with them)"
        cat "$dir/diff"
        failures=$((failures + 1))
    fi
}

"$build/tests/tables" >"$dir/tables"
"$build/libsandlock_shim.so" --help >"$dir/help"

# rows KIND: the rows of one table
rows() {
    sed -n "s/^$1$tab//p" "$dir/tables"
}
rows variable | awk -F '\t' '{ print $1 "\t" tolower($2) }' >"$dir/variables"
rows variable | cut -f 1 >"$dir/names"
rows variable | awk -F '\t' '
    $3 != "" && first == "" { first = $1 }
    $3 != "" { last = knobs == 0 ? $1 : "not in one piece" }
    $3 == "" { knobs++ }
    END { print first "\t" last >policies; print knobs >others }
' policies="$dir/policies" others="$dir/knobs"
rows choice | sort >"$dir/choices"
rows preset >"$dir/presets"
rows protection >"$dir/protections"
rows protection | cut -f 1,2 >"$dir/abis"
rows field >"$dir/fields"
rows status >"$dir/statuses"
# A gate: its group, what it closes, the error, "nested". One has no group, but a name for readers.
rows gate | awk -F '\t' '{
    closes = $2 ($2 != "" && $3 != "" ? "; " : "") $3
    print ($1 != "" ? "@" $1 : "(i386)") "\t" closes "\t" $4 "\t" $5
}' >"$dir/gates"
# A group: what its gates close, "nested".
awk -F '\t' '
    $1 != group {
        if (NR > 1)
            print group "\t" nested "\t" closes
        group = $1; nested = $4; closes = ""
    }
    { closes = closes (closes != "" ? "; " : "") $2 }
    END { print group "\t" nested "\t" closes }
' "$dir/gates" >"$dir/groups"

# --- the page: as it is read, so that it does not matter how it is marked up ---

if mandoc -T lint -W warning "$page"; then
    echo 'ok: the page has no mistake in its markup'
else
    echo 'FAILED: mandoc has warnings'
    failures=$((failures + 1))
fi

# The page on lines that are long enough for everything, without bold and underlined.
mandoc -T ascii -O width=1000 "$page" | sed "s/.$(printf '\b')//g" >"$dir/page"

# items SECTION: each "TAG<tab>TEXT" of the lists there, of TEXT the first paragraph. A text begins
# in column 14, on the line of its tag when that is short enough.
items() {
    awk -v section="$1" '
        function indent() { match($0, /^ */); return RLENGTH }
        /^[A-Z]/ { inside = $0 == section }
        !inside { next }
        tag != "" && indent() == 13 { print tag "\t" substr($0, 14) }
        tag != "" && indent() != 13 && substr(tag, 1, 8) ~ /^[^ ]+ +$/ && substr(tag, 9, 1) != " " {
            name = tag
            sub(/ .*/, "", name)
            print name "\t" substr(tag, 9)
        }
        { tag = indent() == 5 ? substr($0, 6) : "" }' "$dir/page"
}

items ENVIRONMENT | awk -F '\t' '{
    at = index($1, "=")
    print substr($1, 1, at - 1) "\t" tolower(substr($1, at + 1))
}' >"$dir/page.variables"
expect_same 'page: variables and how their values read' variables page.variables

# choices: of lines of NAME<tab>TEXT, each word that the variable can say, which is all in TEXT
choices() {
    awk -F '\t' '
        FILENAME != "-" { known[$1]; next }
        $1 in known {
            n = split($2, word, /[^a-z]+/)
            for (i = 1; i <= n; i++)
                if (word[i] != "" && word[i] != "or")
                    print $1 "\t" word[i]
        }' "$dir/choices" - | sort
}

# The words are the first sentence.
items ENVIRONMENT | sed "s/=[^$tab]*$tab/$tab/; s/\..*//" | choices >"$dir/page.choices"
expect_same 'page: the words of variables that take one' choices page.choices

sed -n "s/.* each variable from \([A-Z_]*\) to \([A-Z_]*\) makes one.*/\1$tab\2/p" "$dir/page" \
    >"$dir/page.policies"
expect_same 'page: which variables make a policy' policies page.policies

# A preset in the text of another stands for its paths.
items PRESETS | awk -F '\t' '
    { name = $1; sub(/ .*/, "", name); paths = "" }
    $2 != "No path." {
        n = split($2, path, ", ")
        for (i = 1; i <= n; i++) {
            if (path[i] ~ /^@/)
                path[i] = known[path[i]]
            paths = paths (i > 1 ? " " : "") path[i]
        }
    }
    { known[name] = paths; print name "\t" ($1 ~ / \(writable\)$/ ? "w" : "") "\t" paths }
' >"$dir/page.presets"
expect_same 'page: presets and their paths' presets page.presets

items PROTECTIONS | awk -F '\t' '{
    split($1, word, /[ ,()]+/)
    print word[1] "\t" word[3] "\t" ($1 ~ /, required\)$/ ? "required" : "")
}' >"$dir/page.protections"
expect_same 'page: protections and their ABI' protections page.protections

items GATES | awk -F '\t' '{
    name = errno = $1
    sub(/ .*/, "", name)
    sub(/^.*\(/, "", errno)
    sub(/[,)].*/, "", errno)
    print name "\t" $2 "\t" errno "\t" ($1 ~ /, nested\)$/ ? "nested" : "")
}' >"$dir/page.gates"
expect_same 'page: gates and what they close' gates page.gates

items 'EXIT STATUS' | cut -f 1 >"$dir/page.statuses"
expect_same 'page: exit statuses' statuses page.statuses

items COMPATIBILITY | awk -F '\t' '{
    n = split($1, name, ", ")
    for (i = 1; i <= n; i++)
        print name[i] "\t" $2
}' >"$dir/page.fields"
expect_same 'page: fields that are not offered, and why' fields page.fields

# Messages, in the pieces between what stands for something else: each is in the shim. Those of the
# rendered page run into their text, so this is what it is made of.
tr -cs '[:print:]' '\n' <"$build/libsandlock_shim.so" >"$dir/strings"
sed -n '/^\.Sh DIAGNOSTICS/,/^\.Sh COMPATIBILITY/s/^\.It //p' "$page" |
    sed 's/\\(dq[^\\]*\\(dq: //; s/\\e/\\/g' |
    awk '{
        gsub(/SANDLOCK_\.\.\.|PROGRAM|\.\.\.|: /, "\n")
        n = split($0, piece, / *\n */)
        for (i = 1; i <= n; i++)
            if (piece[i] != "")
                print piece[i]
    }' >"$dir/page.messages"
awk 'FILENAME != "-" { known = known $0 "\n"; next } index(known, $0)' "$dir/strings" - \
    <"$dir/page.messages" >"$dir/messages"
expect_same 'page: messages of the shim' messages page.messages

# --- help ---

sed -n 's/^  \(SANDLOCK_[A-Z_]*\)=.*/\1/p' "$dir/help" >"$dir/help.names"
expect_same 'help: variables' names help.names

awk '
    /^Presets/ { inside = 1; next }
    !inside { next }
    /^$/ { exit }
    { first = 1 }
    $1 ~ /^@/ {
        if (line != "")
            print line
        first = $2 == "w" ? 3 : 2
        line = $1 "\t" (first == 3 ? "w" : "") "\t"
        gap = ""
    }
    !/\(no path\)/ { for (i = first; i <= NF; i++) { line = line gap $i; gap = " " } }
    END { print line }
' "$dir/help" >"$dir/help.presets"
expect_same 'help: presets and their paths' presets help.presets

awk '/^Protections/ { inside = 1; next } /^$/ { inside = 0 } inside { print $1 "\t" $2 }' \
    "$dir/help" >"$dir/help.abis"
expect_same 'help: protections and their ABI' abis help.abis

sed -n 's/^  \(SANDLOCK_[A-Z_]*\)=.*: /\1\t/p' "$dir/help" | choices >"$dir/help.choices"
expect_same 'help: the words of variables that take one' choices help.choices

awk '
    /^Groups/ { inside = 1; next }
    !inside { next }
    /:$/ { next } # the end of the heading
    /^$/ { exit }
    { first = 1 }
    $1 ~ /^(@|\(i386\)$)/ {
        if (line != "")
            print line
        first = $2 == "n" ? 3 : 2
        line = $1 "\t" (first == 3 ? "nested" : "") "\t"
        gap = ""
    }
    { for (i = first; i <= NF; i++) { line = line gap $i; gap = " " } }
    END { print line }
' "$dir/help" >"$dir/help.groups"
expect_same 'help: groups and what they close' groups help.groups

sed -n '/^Exit status/,$p' "$dir/help" | tr -cs 0-9 '\n' | sed '/^$/d' >"$dir/help.statuses"
expect_same 'help: exit statuses' statuses help.statuses

# --- README ---

# shellcheck disable=SC2016 # these are no commands
sed -n 's/^| `\(SANDLOCK_[A-Z_]*\)` |.*/\1/p' README.md >"$dir/readme.names"
expect_same 'README: variables' names readme.names

awk -F ' *[|] *' '/^[|] `SANDLOCK_/ { gsub(/`/, ""); print $2 "\t" $3 }' README.md | choices \
    >"$dir/readme.choices"
expect_same 'README: the words of variables that take one' choices readme.choices

awk '
    BEGIN { n = split("one two three four five six seven eight nine", word, " ") }
    /^The last [a-z]+ make no policy by themselves/ {
        for (i = 1; i <= n; i++)
            if ($3 == word[i])
                print i
    }' README.md >"$dir/readme.knobs"
expect_same 'README: how many variables make no policy' knobs readme.knobs

# Calls stand in one pair of backticks, and a rule behind them; the last column is for readers.
rows gate | awk -F '\t' '{
    closes = ($2 != "" ? "`" $2 "`" : "") ($2 != "" && $3 != "" ? "; " : "") $3
    print "| " ($1 != "" ? "`@" $1 "`" : "(i386)") " | " closes " | " $4 " | " $5
}' >"$dir/gates.readme"
awk -F ' [|]' '
    /^#/ { inside = $0 == "## The filter" }
    inside && /^[|] (`@|\(i386)/ { print $1 " |" $2 " |" $3 " |" ($4 != "" ? $4 : " ") }
' README.md >"$dir/readme.gates"
expect_same 'README: gates and what they close' gates.readme readme.gates

sed -n 's/^| \([0-9][0-9]*\) |.*/\1/p' README.md >"$dir/readme.statuses"
expect_same 'README: exit statuses' statuses readme.statuses

[ $failures = 0 ]
