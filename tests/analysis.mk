# What is tried and looked at beyond what the tests say: input that is made up, static analysis, and how
# much of the sources the tests run.

FUZZ := environment config ports paths strip document elf

.PHONY: fuzz fuzz-corpus check-fuzz $(FUZZ:%=fuzz-%)

# --- fuzzing: libFuzzer under ASan and UBSan; what it kept so far is run by make check too ------------

FUZZ_SECONDS ?= 60
FUZZ_CC ?= clang
FUZZ_CFLAGS := -O2 -g -fsanitize=address,undefined -fno-sanitize-recover=all
F := $(B)/fuzz
REPLAY := $(FUZZ:%=$(T)/replay-%)

$(F)/%.o: %.c $(B)/config.h $(B)/filter_program.h $(B)/call_names.h
	@mkdir -p $(@D)
	$(FUZZ_CC) $(filter-out -fvisibility=hidden,$(OWN_CFLAGS)) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link \
		-include $(B)/config.h -c -o $@ $<

# Libraries, of which each target takes what it needs, and may play the system itself.
$(T)/libshim.a: $(SANITIZED) $(T)/san/shim/sys.o
$(F)/libshim.a: $(patsubst $(T)/san/%,$(F)/%,$(SANITIZED)) $(F)/shim/sys.o
$(T)/libshim.a $(F)/libshim.a:
	@rm -f $@
	$(AR) rcs $@ $^

$(FUZZ:%=$(F)/%): $(F)/%: tests/fuzz/fuzz_%.c $(F)/libshim.a
	$(FUZZ_CC) $(TEST_CFLAGS) $(FUZZ_CFLAGS) -fsanitize=fuzzer -o $@ $^

$(REPLAY): $(T)/replay-%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c tests/fuzz/fuzz.h $(T)/libshim.a
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) $(SANITIZE) -o $@ $(filter %.c %.a,$^)

fuzz: $(FUZZ:%=fuzz-%) ## made-up input, FUZZ_SECONDS=60 of each kind (make setup-analysis)

$(FUZZ:%=fuzz-%): fuzz-%: $(F)/%
	@tests/fuzz/run.sh $< tests/fuzz/corpus/$* $(FUZZ_SECONDS)

# Keeps of what they found what runs code that the corpora do not run yet.
fuzz-corpus: $(FUZZ:%=$(F)/%)
	@set -e; for target in $^; do tests/fuzz/keep.sh $$target tests/fuzz/corpus/$${target##*/}; done

check-fuzz: $(REPLAY) ## the input that fuzzing kept
	@set -e; for kind in $(FUZZ); do $(T)/replay-$$kind tests/fuzz/corpus/$$kind; done

tests: $(REPLAY)

-include $(wildcard $(F)/*.d $(F)/*/*.d)

# --- coverage: which lines of env/ and shim/ the tests run --------------------------------------------

.PHONY: check-coverage counting list-live
COVERED := $(patsubst %.c,$(B)/covered/%.o,$(sort $(wildcard env/*.c shim/*.c)))
COUNT := -O0 -g -fprofile-arcs -ftest-coverage -fprofile-update=atomic

# In sections of their own the counters are told from other data, see tests/coverage/counters.ld.
$(B)/covered/%.o: %.c $(B)/config.h $(B)/filter_program.h $(B)/call_names.h
	@mkdir -p $(@D)
	$(CC) $(OWN_CFLAGS) $(COUNT) -fPIC -fdata-sections -fprofile-info-section=gcov_info \
		-include $(B)/config.h -c -o $@ $<

# COUNTERS: the file that it counts in.
$(B)/covered/libsandlock_shim.so: $(COVERED) tests/coverage/counters.c tests/coverage/counters.ld FORCE
	$(CC) $(OWN_CFLAGS) -O1 -g -fPIC -DCOUNTERS='"$(COUNTERS)"' -c -o $(@D)/counters.o \
		tests/coverage/counters.c
	$(CC) $(OWN_LDFLAGS) -Wl,--wrap=program_main -Wl,-T,tests/coverage/counters.ld -o $@ \
		$(COVERED) $(@D)/counters.o -lgcov -lgcc

# The unit tests, where SANITIZE says that they count.
counting: $(UNIT) $(T)/walk

list-live:
	@echo $(LIVE)

check-coverage: $(SHIM) $(LIVE) $(FIXTURES) $(EXPLAIN) ## lines that the tests run, of env/ and shim/ (make setup-analysis)
	@tests/coverage.sh $(B)

# --- static analysis: what is switched off is in .clang-tidy and tests/cppcheck.txt, with the reasons --

CHECKED := $(sort $(wildcard env/*.c shim/*.c shim/gen/*.c shim/trace/*.c))
CHECKED_CFLAGS := -std=c11 -D_GNU_SOURCE -I$(B) -include $(B)/config.h

.PHONY: check-static check-cppcheck $(CHECKED:%=static/gcc/%) $(CHECKED:%=static/tidy/%)

check-static: check-cppcheck $(CHECKED:%=static/gcc/%) $(CHECKED:%=static/tidy/%) ## gcc -fanalyzer, cppcheck, clang-tidy (make setup-analysis)
	@echo 'ok: gcc -fanalyzer, cppcheck, clang-tidy: $(words $(CHECKED)) sources'

# What a set of tsearch(3) holds is not lost.
static/gcc/shim/trace/sockets.c: KNOWN := -Wno-analyzer-malloc-leak

$(CHECKED:%=static/gcc/%): static/gcc/%: $(SHIM)
	@gcc $(CHECKED_CFLAGS) -O2 -fanalyzer -Werror $(KNOWN) -c -o /dev/null $*

check-cppcheck: $(SHIM)
	@cppcheck --quiet --enable=all --inconclusive --std=c11 -D_GNU_SOURCE -D__x86_64__ -I$(B) \
		--include=$(B)/config.h --suppress=missingInclude --suppress=missingIncludeSystem \
		--suppress=unmatchedSuppression --suppressions-list=tests/cppcheck.txt --error-exitcode=1 $(CHECKED)

# clang's analyzer does not see what the kernel writes, nor that a need that is inherited from has
# directories, nor what a loop over all halves of a target has set, nor that errno is not 0.
$(addprefix static/tidy/shim/,sys.c inspect.c loader.c linker.c gen/compile.c trace/file.c): TIDY := \
	--checks=-clang-analyzer-core.*
# libc's names for what the functions of <string.h> take are no better.
static/tidy/shim/string.c: TIDY := --checks=-readability-inconsistent-declaration-parameter-name

$(CHECKED:%=static/tidy/%): static/tidy/%: $(SHIM)
	@clang-tidy --quiet $(TIDY) $* -- $(CHECKED_CFLAGS) 2>$(B)/tidy-$(notdir $*).log || \
		{ cat $(B)/tidy-$(notdir $*).log; exit 1; }
