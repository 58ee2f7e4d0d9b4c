# The tests. Each program of tests/unit is linked with the sanitizers and, but for the fake system,
# with the very sources of the shim; each of tests/live runs against the real kernel.

T := $(B)/tests
SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
TEST_CFLAGS := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wstrict-prototypes $(WERROR) -MMD -MP

UNIT := $(patsubst tests/unit/%.c,$(T)/unit/%,$(wildcard tests/unit/test_*.c))
SERVED := $(addprefix $(T)/live/,test_servers test_postgres test_survive_net)
LIVE := $(filter-out $(SERVED),$(patsubst tests/live/%.c,$(T)/live/%,$(wildcard tests/live/test_*.c)))
ATTACKS := $(patsubst tests/attacks/%.c,$(T)/attacks/%,$(wildcard tests/attacks/test_*.c))
FAULTS := $(patsubst tests/faults/%.c,$(T)/faults/%,$(wildcard tests/faults/test_*.c))

.PRECIOUS: $(T)/san/%.o
.PHONY: tests live-programs live-names check-kernels check-unit check-hygiene check-install check-man check-seed check-live check-servers \
	check-recipes check-cross check-libraries check-explain check-explain-fuzz check-explain-agree \
	check-deb check-containers check-delivery check-trace check-trace-real bench-trace check-attacks check-faults

check: check-unit check-libraries check-hygiene check-install check-man check-seed check-fuzz check-live check-explain check-trace ## the tests; SANDLOCK_TEST_MUST_WORK=1: no skips

# --- unit: env/ and the shim over a fake system, under ASan and UBSan ------------------------------

SANITIZED := $(patsubst %.c,$(T)/san/%.o,$(filter-out shim/sys.c shim/loader.c shim/start.c shim/string.c,$(wildcard env/*.c shim/*.c)))

$(T)/san/%.o: %.c $(B)/config.h $(B)/filter_program.h $(B)/call_names.h
	@mkdir -p $(@D)
	$(CC) $(filter-out -fvisibility=hidden,$(OWN_CFLAGS)) $(SANITIZE) \
		-include $(B)/config.h -c -o $@ $<

# Of several sources at once the compiler notes the headers of the last alone.
$(T)/unit/%: tests/unit/%.c tests/unit/fake_sys.c $(SANITIZED) $(wildcard tests/unit/*.h)
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) $(SANITIZE) -o $@ $(filter %.c %.o,$^) -lcmocka

# Those of the filter have the kernel's part played, and what it is to answer said over again.
$(addprefix $(T)/unit/,test_denial test_filter test_mark test_model test_numbers): tests/unit/bpf.c \
		tests/unit/model.c
$(T)/unit/test_filter $(T)/unit/test_generate: TEST_CFLAGS += -I$(B)

# That of the generator is linked with it, and not with the shim, which has a call_find of its own.
$(T)/unit/test_generate: tests/unit/test_generate.c tests/unit/bpf.c shim/gen/calls.c \
		shim/gen/compile.c shim/gen/program.c shim/gen/ranges.c shim/gates.c $(B)/filter_program.h shim/calls_format.h \
		$(wildcard tests/unit/*.h shim/gen/*.h)
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) $(SANITIZE) -o $@ $(filter %.c,$^) -lcmocka -lseccomp

# Those that read files have the real system under them.
READERS := $(addprefix $(T)/san/shim/,cache.o elf.o inspect.o libraries.o linker.o search.o sys.o)
$(T)/unit/test_headers: tests/unit/test_headers.c $(READERS) $(wildcard tests/unit/*.h)
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) $(SANITIZE) -o $@ $(filter %.c %.o,$^) -lcmocka

check-unit: $(UNIT) ## tables and the order of start, under ASan and UBSan
	@set -e; for test in $(UNIT); do echo "== $$test"; $$test; done

# --- libraries: what a program needs, against what the loaders of this system say -------------------

$(T)/walk: tests/walk.c $(READERS)
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) $(SANITIZE) -o $@ $(filter %.c %.o,$^)

check-libraries: $(T)/walk ## what programs need, against what glibc's loader and musl's find
	@tests/libraries.sh $<

# --- hygiene: what the linked object and the layers look like --------------------------------------

check-hygiene: $(SHIM) ## exports, hardening, layers, purity
	@tests/hygiene.sh $(B)

check-install: all ## install into a DESTDIR, use, uninstall
	@tests/delivery/install.sh

# --- the texts: the man page, --help and README against the tables; the table of the seed ----------

# The tables that the man page lists, out of the very objects of the shim.
$(T)/tables: tests/tables.c $(filter $(B)/env/% $(B)/shim/abi.o $(B)/shim/gates.o,$(OBJECTS))
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.c %.o,$^)

check-man: $(SHIM) $(T)/tables ## the man page, --help and README against the tables
	@tests/manpage.sh $(B)

check-seed: ## that what the tables of the seed and of the attacks name exists
	@tests/seed.sh tests/seed.tsv
	@tests/seed.sh tests/attacks/attacks.tsv

# --- live: as root and as an ordinary user, on this kernel -----------------------------------------

$(T)/live/%: tests/live/%.c tests/live/live.c tests/live/degraded.c $(wildcard tests/live/*.h)
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -o $@ $(filter %.c,$^) -lcmocka

# Those of servers share how one is started, asked and ended.
$(SERVED): $(addprefix tests/live/,service.c service.h server.c server.h)

# With musl too (check-musl), which has no names of errors, and lacks those of new system calls: these
# are the kernel's.
MUSL := $(filter musl-gcc,$(notdir $(firstword $(CC))))
ifneq ($(MUSL),)
TEST_CFLAGS += -idirafter /usr/include -idirafter /usr/include/$(shell $(CC) -print-multiarch) \
	-include asm/unistd.h -include $(T)/error_names.h
endif

$(T)/error_names.h:
	@mkdir -p $(@D)
	@{ echo '#include <errno.h>'; echo 'static inline const char *strerrorname_np(int error)'; \
		echo '{'; echo '    switch (error) {'; echo '#include <errno.h>' | $(CC) -E -dM - | \
			sed -n 's/^#define \(E[A-Z0-9]*\) [0-9]*$$/    case \1: return "\1";/p'; \
		echo '    }'; echo '    return 0;'; echo '}'; } > $@.new
	@mv $@.new $@

# What the live tests run: the probe, and what is put together in some particular way.
FIXTURES := $(T)/live/probe $(T)/live/probe-static

$(T)/live/probe: tests/live/probe.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -o $@ $< -pthread

$(T)/live/probe-static: tests/live/probe.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -static -o $@ $< -pthread

# How the shim gets in: by DT_NEEDED (as its .pc file says, by patchelf, and the way that does not
# work), before what else runs before main, and under Go.
FIXTURES += $(addprefix $(T)/live/,needed needed-patched needed-dropped early early-needed \
	libearly.so libfirst.so vectors dlopen go-cgo go-static sockets inherit own libown.so libvm.so)
BESIDE := -Wl,-rpath,'$$ORIGIN'

$(T)/live/needed: tests/live/probe.c $(SHIM) shim/sandlock_shim.pc.in
	@mkdir -p $(@D)
	@$(call pc,$(B)) > $(T)/sandlock_shim.pc
	$(CC) $(TEST_CFLAGS) -O1 -g -Wl,--as-needed -o $@ $< -pthread $(BESIDE) \
		$$(pkg-config --libs $(T)/sandlock_shim.pc)

$(T)/live/needed-patched: $(T)/live/probe $(SHIM)
	patchelf --add-needed libsandlock_shim.so --output $@.new $<
	patchelf --set-rpath '$$ORIGIN' $@.new # patchelf 0.14 cannot do both at once
	mv $@.new $@

$(T)/live/needed-dropped: tests/live/probe.c $(SHIM)
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -o $@ $< -pthread $(BESIDE) -L$(B) -Wl,--as-needed -lsandlock_shim

$(T)/live/libearly.so: tests/live/fix_early.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -shared -fPIC -o $@ $< -pthread

# Names of libc's in other hands; a process that shares memory. GCC knows better what open takes.
$(T)/live/own: tests/live/fix_own.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -fno-builtin -DPROGRAM -rdynamic -o $@ $<

$(T)/live/libown.so: tests/live/fix_own.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -fno-builtin -shared -fPIC -o $@ $<

$(T)/live/libvm.so: tests/live/fix_vm.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -shared -fPIC -Wl,-z,initfirst -o $@ $<

$(T)/live/libfirst.so: tests/live/fix_early.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -shared -fPIC -Wl,-z,initfirst -o $@ $< -pthread

EARLY = $(CC) $(TEST_CFLAGS) -O1 -g -DPROGRAM -o $@ $< -L$(T)/live -L$(B) -Wl,--no-as-needed -learly

$(T)/live/early: tests/live/fix_early.c $(T)/live/libearly.so
	$(EARLY) $(BESIDE)

$(T)/live/early-needed: tests/live/fix_early.c $(T)/live/libearly.so $(SHIM)
	$(EARLY) -lsandlock_shim $(BESIDE)

$(addprefix $(T)/live/,vectors dlopen sockets inherit): $(T)/live/%: tests/live/fix_%.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -o $@ $<

GO = GOCACHE="$(abspath $(T)/go)" GO111MODULE=off GOFLAGS= go build -o $@ $^

$(T)/live/go-cgo: tests/live/fix_go.go tests/live/fix_cgo.go
	@mkdir -p $(@D)
	CGO_ENABLED=1 CC='$(CC)' $(GO)

$(T)/live/go-static: tests/live/fix_go.go
	@mkdir -p $(@D)
	CGO_ENABLED=0 $(GO)

# What a start costs, in instructions: who counts, and a program that has next to none of its own.
FIXTURES += $(T)/live/steps $(T)/live/nothing
$(T)/live/steps: tests/live/fix_steps.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -o $@ $<

$(T)/live/nothing: tests/live/fix_nothing.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -fPIE -pie -nostdlib -o $@ $<

# What ordinary programs do: by libc, and by Go.
FIXTURES += $(T)/live/libc $(T)/live/go-listen
$(T)/live/libc: tests/live/fix_libc.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -o $@ $< -pthread

$(T)/live/go-listen: tests/live/fix_listen.go
	@mkdir -p $(@D)
	CGO_ENABLED=0 $(GO)

# System calls one by one; on 64-bit x86 also as a 32-bit program makes them.
FIXTURES += $(T)/live/calls
$(T)/live/calls: tests/live/fix_calls.c tests/live/fix_calls.h
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -o $@ $< -pthread

ifneq ($(if $(MUSL),,$(filter x86_64-%,$(shell $(CC) -dumpmachine 2>/dev/null))),)
CC32 := $(CC) -m32
endif
ifdef CC32
FIXTURES += $(T)/live/calls32 $(T)/live/probe32
$(T)/live/calls32: tests/live/fix_calls.c tests/live/fix_calls.h
	@mkdir -p $(@D)
	$(CC32) $(TEST_CFLAGS) -O1 -g -static -o $@ $< -pthread

$(T)/live/probe32: tests/live/probe.c
	@mkdir -p $(@D)
	$(CC32) $(TEST_CFLAGS) -O1 -g -static -o $@ $< -pthread
endif

.PHONY: fixtures check-musl
fixtures: $(FIXTURES)
$(if $(MUSL),$(FIXTURES)): | $(T)/error_names.h

tests: $(UNIT) $(LIVE) $(SERVED) $(FIXTURES) $(ATTACKS) $(T)/attacks/attack $(T)/attacks/libaudit.so $(FAULTS) $(EXPLAIN) $(T)/trace/acts $(T)/tables $(T)/walk

check-live: $(SHIM) $(LIVE) $(FIXTURES) ## the real kernel: as root, as uid 65534, without the filter
	@LIVE_FILTER=twice tests/live.sh $(SHIM) $(T)/live $(LIVE)

# The same on other kernels, in virtual machines, and on aarch64: see tests/kernels.
live-programs: $(SHIM) $(LIVE) $(FIXTURES)

live-names:
	@echo $(LIVE)

check-kernels: live-programs ## the live tests on Debian's kernels, and on aarch64 (make setup-kernels)
	@tests/kernels/run.py $(B)/kernels $(SHIM) $(T)/live $(LIVE) \
		$(if $(if $(KERNELS),$(filter %/arm64,$(KERNELS)),all),-- $$(tests/kernels/arm64.sh $(B)))

# --- explain: what --explain says, by chance and against what is enforced ---------------------------

# Each is static too, and then needs nothing but the right to execute it.
EXPLAIN := $(addprefix $(T)/explain/,batch batch-static calls calls-static nothing)
EXPLAIN_CFLAGS = $(TEST_CFLAGS) -O1 -g $(if $(filter %-static,$@),-static)

$(T)/explain/batch $(T)/explain/batch-static: $(wildcard tests/explain/*.[ch])
	@mkdir -p $(@D)
	$(CC) $(EXPLAIN_CFLAGS) -o $@ $(filter %.c,$^)

$(T)/explain/calls $(T)/explain/calls-static: tests/live/fix_calls.c tests/live/fix_calls.h
	@mkdir -p $(@D)
	$(CC) $(EXPLAIN_CFLAGS) -o $@ $< -pthread

$(T)/explain/nothing: tests/live/fix_nothing.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -static -nostdlib -o $@ $<

check-explain: check-explain-fuzz check-explain-agree ## what --explain says, by chance; EXPLAIN_SEED EXPLAIN_CASES

check-explain-fuzz check-explain-agree: check-explain-%: $(SHIM) $(EXPLAIN)
	@tests/explain.sh $(SHIM) $(T)/explain $*

# --- trace: what sandlock-trace tells, against what the kernel does ------------------------------

$(T)/trace/acts: tests/trace/acts.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -static -o $@ $<

check-trace: all $(T)/trace/acts ## what sandlock-trace tells; TRACE_SEED TRACE_CASES
	@tests/trace.sh $(B)

check-trace-real: all $(T)/trace/acts ## and of real programs under the policies of README.md (make setup-servers)
	@tests/trace.sh $(B) real

bench-trace: all ## how much slower a traced run is
	@/usr/bin/python3 -B tests/trace/slow.py $(abspath $(TRACE)) $(abspath $(SHIM))

# --- attacks: ways out, each stopped, or a limit that README.md names -------------------------------

$(T)/attacks/test_%: tests/attacks/test_%.c tests/live/live.c tests/live/degraded.c $(wildcard tests/live/*.h) tests/attacks/attacks.h
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -o $@ $(filter %.c,$^) -lcmocka

$(T)/attacks/libaudit.so: tests/attacks/audit.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -fPIC -shared -o $@ $<

$(T)/attacks/attack: $(wildcard tests/attacks/attack*.[ch])
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -o $@ $(filter %.c,$^)

check-attacks: $(SHIM) $(ATTACKS) $(T)/attacks/attack $(T)/attacks/libaudit.so ## programs that try to leave: as root, as uid 65534, without the filter
	@tests/live.sh $(SHIM) $(T)/attacks $(ATTACKS)
	@LIVE_FILTER=off tests/live.sh $(SHIM) $(T)/attacks $(ATTACKS)

# --- faults: every call that the shim makes fails or lies; too little of everything -----------------

$(T)/faults/test_%: tests/faults/test_%.c tests/live/live.c tests/live/degraded.c $(wildcard tests/live/*.h)
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O1 -g -o $@ $(filter %.c,$^) -lcmocka

$(T)/faults/probe $(T)/faults/probe-static: $(T)/faults/%: $(T)/live/%
	@mkdir -p $(@D)
	cp $< $@

check-faults: $(SHIM) $(FAULTS) $(T)/faults/probe $(T)/faults/probe-static ## every call of the shim's fails or lies; too little of everything
	@tests/live.sh $(SHIM) $(T)/faults $(FAULTS)

check-servers: $(SHIM) $(SERVED) $(FIXTURES) ## nginx, redis, PostgreSQL, curl, node, java (make setup-servers)
	@tests/live.sh $(SHIM) $(T)/live $(SERVED)

check-recipes: $(SHIM) ## the recipes of README.md, as they stand there
	@tests/recipes.sh $(SHIM)

check-cross: $(SHIM) ## builds for aarch64, riscv64, musl and i386 (make setup-cross)
	@tests/cross.sh $(B)

check-musl: $(SHIM) $(LIVE) $(FIXTURES) ## the live tests on programs of musl, under its shim and glibc's
	@tests/musl.sh $(B) $(LIVE)

# --- delivery: as people get it ----------------------------------------------------------------------

check-delivery: check-install check-deb check-containers ## installation, packages, containers, services (make setup-delivery)

check-deb:
	@tests/delivery/deb.sh

# Their root trees are downloaded once, into $(B)/delivery; they need root.
check-containers: $(SHIM)
	@tests/delivery/oci.py $(SHIM) $(B)/delivery
	@tests/delivery/systemd.py $(SHIM) $(B)/delivery
	@tests/delivery/older.sh $(SHIM) $(B)/delivery

# --- lint -------------------------------------------------------------------------------------------

lint: ## warnings as errors with gcc and clang, formatting, shell scripts
	@tests/lint.sh

-include $(SANITIZED:.o=.d) $(T)/san/shim/sys.d $(wildcard $(T)/*.d $(T)/unit/*.d $(T)/live/*.d $(T)/trace/*.d)
