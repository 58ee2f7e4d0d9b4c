# libsandlock_shim. "make help" lists the targets; README.md says the rest.

VERSION := 0.1.0

CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man

B := build
SHIM := $(B)/libsandlock_shim.so
# The tracer is linked with libseccomp; it is left out where CC has none, for another architecture.
# (Told to count, the compiler would leave its notes of this program here.)
TRACE := $(B)/sandlock-trace
HAS_TRACE := $(shell echo 'int seccomp_api_get(void); int main(void) { return seccomp_api_get(); }' | \
	$(CC) $(filter-out --coverage,$(CFLAGS)) $(LDFLAGS) -x c -o /dev/null - -lseccomp 2>/dev/null && echo yes)

.PHONY: all help setup setup-bench setup-servers setup-cross setup-delivery setup-analysis setup-kernels demo check lint install uninstall deb clean

all: $(SHIM) $(HAS_TRACE:yes=$(TRACE)) ## build the shim (build/libsandlock_shim.so) and the tracer

help: ## print this
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16
	@echo 'Honoured: DESTDIR PREFIX LIBDIR BINDIR MANDIR CC CFLAGS LDFLAGS'

# --- The shared object ---------------------------------------------------------------------------

OWN_CFLAGS := -std=c11 -D_GNU_SOURCE -fvisibility=hidden -fstack-protector-strong \
	-fno-asynchronous-unwind-tables -I$(B) \
	-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes $(WERROR) -MMD -MP
# A checked memcpy would be libc's: see shim/syscall.h. What distributions define by way of -Wp, comes
# after all -D and -U, so it is undefined that way too.
LAST_CFLAGS := -fPIC -U_FORTIFY_SOURCE -Wp,-U_FORTIFY_SOURCE
OWN_LDFLAGS := -shared -nostdlib -Wl,-soname,libsandlock_shim.so -Wl,--version-script=shim/version.map \
	-Wl,-T,shim/start.ld -Wl,-e,_start -Wl,-z,initfirst,-z,nodlopen,-z,nodelete \
	-Wl,-z,relro,-z,now,-z,noexecstack,-z,defs,-z,text -Wl,-z,noseparate-code -Wl,--build-id

OBJECTS := $(patsubst %.c,$(B)/%.o,$(sort $(wildcard env/*.c shim/*.c)))

$(SHIM): $(OBJECTS) shim/version.map shim/start.ld
	$(CC) $(CFLAGS) $(LDFLAGS) $(OWN_LDFLAGS) -o $@ \
		$(OBJECTS) -lgcc
	$(if $(findstring s,$(firstword -$(MAKEFLAGS))),,@$(newest_version))

# The newest version of a symbol of libc's that it needs: none, so that it runs beside every libc.
newest_version = printf 'newest symbol version that %s needs: ' $@; \
	readelf -VW $@ | grep -o 'Name: [A-Za-z_]*_[0-9.]*' | cut -c 7- | sort -uV | tail -n 1 | grep . || echo none

# Small is fast, for each page has to be read: but for the loops over what every start has, and the table of calls.
LOOPS := env/hash env/path env/strip env/vars shim/calls shim/filter shim/loader shim/string
$(filter-out $(LOOPS:%=$(B)/%.o),$(OBJECTS)): LAST_CFLAGS += $(if $(filter -O2 -O3,$(CFLAGS)),-Os)

# The filter and the table of system calls, made on the build machine (BUILD_CC), where libseccomp knows them,
# for the architecture that CC makes programs for.
BUILD_CC ?= cc
TARGET_x86_64 := x86
TARGET_i686 := x86
TARGET_aarch64 := arm
TARGET_riscv64 := riscv64
# Not before it is needed: "make setup all" installs the compiler first.
TARGET = $(TARGET_$(firstword $(subst -, ,$(shell $(CC) -dumpmachine))))

$(B)/generate: $(wildcard shim/gen/*.c shim/gen/*.h) shim/gates.c shim/gates.h shim/calls_format.h
	@mkdir -p $(@D)
	$(BUILD_CC) -std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra $(WERROR) -o $@ $(filter %.c,$^) -lseccomp

# They are another architecture's after another CC, which is what config.h changes for.
$(B)/filter_program.h: $(B)/generate $(B)/config.h
	$< $(TARGET) program > $@.new
	@mv $@.new $@

$(B)/call_names.h: $(B)/generate $(B)/config.h
	$< $(TARGET) names > $@.new
	@mv $@.new $@

$(B)/shim/filter.o: $(B)/filter_program.h
$(B)/shim/calls.o: $(B)/call_names.h

$(B)/%.o: %.c $(B)/config.h
	@mkdir -p $(@D)
	$(CC) $(OWN_CFLAGS) $(CFLAGS) $(LAST_CFLAGS) -include $(B)/config.h -c -o $@ $<

# What only the build knows: the version, and the loader that this compiler's programs ask for. It
# is made each time, and changes, and all else with it, only when the flags or the compiler do.
$(B)/config.h: FORCE
	@mkdir -p $(@D)
	@echo 'int main(void) { return 0; }' | $(CC) $(CFLAGS) $(LDFLAGS) -x c -o $(B)/probe -
	@{ echo '/* $(CC) $(CFLAGS) $(LDFLAGS) */'; echo '#define SHIM_VERSION "$(VERSION)"'; readelf -lW $(B)/probe | \
		sed -n 's/.*interpreter: \(.*\)]/#define SHIM_INTERPRETER "\1"/p'; } > $@.new
	@grep -q INTERPRETER $@.new || { echo 'no program interpreter: is CC static?' >&2; exit 1; }
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@ # left there by root, it would be in the user's way

.PHONY: FORCE

-include $(OBJECTS:.o=.d)

# --- The tracer ----------------------------------------------------------------------------------

# A program of its own, linked with libc and libseccomp; of the shim it has what reads a policy.
TRACE_OBJECTS := $(patsubst %.c,$(B)/%.o,$(sort $(wildcard shim/trace/*.c))) $(patsubst %,$(B)/shim/%.o, \
	abi calls config elf errors filter gates groups landlock paths plan sys text) \
	$(filter $(B)/env/%,$(OBJECTS))

$(TRACE): $(TRACE_OBJECTS)
	$(CC) $(CFLAGS) $(LDFLAGS) -pie -Wl,-z,relro,-z,now -o $@ $^ -lseccomp

# It is a program like any other, and checked like one where the compiler can.
$(filter $(B)/shim/trace/%,$(TRACE_OBJECTS)): LAST_CFLAGS := -fPIE -U_FORTIFY_SOURCE \
	$(if $(filter -O2 -O3,$(CFLAGS)),-D_FORTIFY_SOURCE=2)

$(B)/shim/trace/program.o: $(B)/filter_program.h

-include $(TRACE_OBJECTS:.o=.d)

# --- Installation --------------------------------------------------------------------------------

# $(call pc,LIBDIR): the pkg-config file for a library that lies there, which whoever moves the whole
# prefix can say once.
pc = sed 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$1|; s|@VERSION@|$(VERSION)|; s|^libdir=$(PREFIX)/|libdir=$${prefix}/|' \
	shim/sandlock_shim.pc.in

install: all ## install under DESTDIR and PREFIX
	install -d "$(DESTDIR)$(LIBDIR)/pkgconfig" "$(DESTDIR)$(BINDIR)" "$(DESTDIR)$(MANDIR)/man1" \
		"$(DESTDIR)$(MANDIR)/man7"
	install -m 755 $(SHIM) "$(DESTDIR)$(LIBDIR)/libsandlock_shim.so"
	install -m 644 shim/libsandlock_shim.7 "$(DESTDIR)$(MANDIR)/man7/libsandlock_shim.7"
	$(call pc,$(LIBDIR)) > $(B)/sandlock_shim.pc
	install -m 644 $(B)/sandlock_shim.pc "$(DESTDIR)$(LIBDIR)/pkgconfig/sandlock_shim.pc"
	@rm $(B)/sandlock_shim.pc
ifeq ($(HAS_TRACE),yes)
	install -m 755 $(TRACE) "$(DESTDIR)$(BINDIR)/sandlock-trace"
	install -m 644 shim/trace/sandlock-trace.1 "$(DESTDIR)$(MANDIR)/man1/sandlock-trace.1"
endif
	ln -sfr "$(DESTDIR)$(LIBDIR)/libsandlock_shim.so" "$(DESTDIR)$(BINDIR)/sandlock-shim"
	ln -sf ../man7/libsandlock_shim.7 "$(DESTDIR)$(MANDIR)/man1/sandlock-shim.1"

# Directories stay, as with everybody's uninstall: whether it was we who made one nobody knows.
uninstall: ## remove the files that install installs
	rm -f "$(DESTDIR)$(LIBDIR)/libsandlock_shim.so" "$(DESTDIR)$(BINDIR)/sandlock-shim" \
		"$(DESTDIR)$(LIBDIR)/pkgconfig/sandlock_shim.pc" \
		"$(DESTDIR)$(MANDIR)/man7/libsandlock_shim.7" "$(DESTDIR)$(MANDIR)/man1/sandlock-shim.1" \
		"$(DESTDIR)$(BINDIR)/sandlock-trace" "$(DESTDIR)$(MANDIR)/man1/sandlock-trace.1"

deb: ## Debian packages, build/*.deb (CC='gcc -m32': of i386)
	@CC='$(CC)' BUILD_CC='$(BUILD_CC)' CFLAGS='$(CFLAGS)' LDFLAGS='$(LDFLAGS)' shim/debian/build.sh $(B)

clean: ## remove what was built
	rm -rf $(B)

# --- For developers and the curious --------------------------------------------------------------

PACKAGES := gcc libc6-dev libseccomp-dev binutils clang clang-format libclang-rt-dev shellcheck mandoc \
	pkgconf patchelf libcmocka-dev libasan8 libubsan1 golang-go git python3 util-linux strace musl-tools \
	make man-db \
	$(if $(filter x86_64,$(shell uname -m)),gcc-multilib)
# What the real servers and the recipes are tried with, besides.
SERVERS := git nginx-light redis-server redis-tools postgresql curl nodejs python3-yaml openssl \
	ca-certificates systemd iproute2 default-jdk-headless

# What the shim is built with for other architectures. (Debian's gcc for them cannot stand beside the
# one for 32-bit x86; clang can.)
CROSS = clang gcc-multilib qemu-user $(foreach arch,arm64 riscv64,libc6-dev-$(arch)-cross \
	libgcc-$(shell gcc -dumpversion)-dev-$(arch)-cross) binutils-aarch64-linux-gnu \
	binutils-riscv64-linux-gnu

# What virtual machines with Debian's kernels are made of, and what they are run by.
MACHINES = qemu-system-x86 qemu-system-arm mmdebstrap debian-archive-keyring cpio python3 util-linux clang \
	golang-go patchelf libcmocka-dev binutils-aarch64-linux-gnu binutils-arm-linux-gnueabihf \
	$(foreach arch,arm64 armhf,libc6-dev-$(arch)-cross libgcc-$(shell gcc -dumpversion)-dev-$(arch)-cross)

# What the Debian packages are made with, looked at and tried in; and what runs containers.
DELIVERY := dpkg-dev lintian mmdebstrap runc golang-github-containers-common busybox-static python3 \
	util-linux binutils

# What looks at the sources, and makes input up.
ANALYSIS := clang libclang-rt-dev clang-tidy cppcheck gcovr

# What the benchmark compares with, and loads servers with.
RIVALS := strace bubblewrap firejail nginx-light redis-server redis-tools wrk python3

APT := $(if $(filter 0,$(shell id -u)),,sudo) apt-get install -y --no-install-recommends

setup: ## install Debian's packages for demo, check and lint (as root, or by sudo)
	$(APT) $(PACKAGES)

setup-servers: ## and those for check-servers and check-recipes
	$(APT) $(SERVERS)

setup-cross: ## and those for check-cross
	$(APT) $(CROSS)

setup-delivery: ## and those for deb and check-delivery
	$(APT) $(DELIVERY)

setup-analysis: ## and those for fuzz, check-static and check-coverage
	$(APT) $(ANALYSIS)

setup-bench: ## and those for bench
	$(APT) $(RIVALS)

setup-kernels: ## and those for check-kernels
	$(APT) $(MACHINES)

demo: all ## a real program, unconfined and confined, side by side
	@tests/demo.sh $(SHIM)

include tests/tests.mk tests/analysis.mk tests/bench.mk
