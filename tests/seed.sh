#!/bin/sh
# What a table names exists: tests/seed.sh TABLE. Each row of tests/seed.tsv has a place in the seed
# (a line of sandlock-core 0.8.2, landlock.rs), what is there, its counterparts (FILE:NAME), the tests
# that show them, and a remark; "-" stands for none. Where there is no counterpart or no test, the
# remark is the reason. Those of tests/attacks/attacks.tsv are attacks: the remark is what comes of one.
set -eu
unset SANDLOCK_TEST_MUST_WORK

awk -F '\t' '
    function wrong(what) { print "FAILED: " FILENAME ":" FNR ": " what; failures++ }

    # Reads the names that a file defines (functions, macros, tables), and the tests that it runs.
    function file_read(file,    line, name, status, n, part, i) {
        if (file in seen)
            return
        seen[file] = 1
        while ((status = (getline line < file)) > 0) {
            name = line
            if (line ~ /^#define [A-Za-z_]/) {
                sub(/^#define /, "", name)
            } else if (line ~ /^[A-Za-z_].*\(/ && line !~ /;$/) {
                sub(/\(.*/, "", name)
                sub(/.*[ *]/, "", name)
            } else if (line ~ /^[A-Za-z_].*\] = \{$/) {
                sub(/\[.*/, "", name)
                sub(/.*[ *]/, "", name)
            } else if (line ~ /^ +(TEST|cmocka_unit_test)/) {
                n = split(line, part, /[^A-Za-z0-9_]+/)
                for (i = 1; i <= n; i++)
                    runs[file, part[i]] = 1
                continue
            } else {
                continue
            }
            sub(/[^A-Za-z0-9_].*/, "", name)
            defines[file, name] = 1
        }
        if (status < 0)
            wrong(file " is not there")
        close(file)
    }

    # Looks up each "FILE:NAME" of a column.
    function check(column, tests,    i, n, words, part) {
        if (column == "-")
            return
        n = split(column, words, " ")
        for (i = 1; i <= n; i++) {
            if (split(words[i], part, ":") != 2) {
                wrong(words[i] " is not FILE:NAME")
                continue
            }
            file_read(part[1])
            if (!((part[1], part[2]) in defines))
                wrong(part[1] " defines no " part[2])
            else if (tests && !((part[1], part[2]) in runs))
                wrong(part[1] " does not run " part[2])
            names++
        }
    }

    FNR == 1 { next } # the names of the columns
    NF != 5 { wrong("not five columns"); next }
    {
        for (i = 1; i <= 5; i++)
            if ($i == "")
                wrong("column " i " is empty")
        if (($3 == "-" || $4 == "-") && $5 == "-")
            wrong("no reason why there is none")
        if ($1 < last)
            wrong("not in order")
        last = $1 + 0
        check($3, 0)
        check($4, 1)
        rows++
    }
    END {
        if (rows == 0)
            wrong("no rows")
        if (failures > 0)
            exit 1
        print "ok: " rows " rows of " FILENAME ", " names " names"
    }' "$1"
