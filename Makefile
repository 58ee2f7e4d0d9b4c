# libsandlock_shim. "make help" lists the targets; README.md says the rest.

VERSION := 0.1.0

CFLAGS ?= -O2 -g -D_FORTIFY_SOURCE=2
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
BINDIR ?= $(PREFIX)/bin

B := build
SHIM := $(B)/libsandlock_shim.so

.PHONY: all help setup demo check lint install uninstall clean

all: $(SHIM) ## build the shim (build/libsandlock_shim.so)

help: ## print this
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12
	@echo 'Honoured: DESTDIR PREFIX LIBDIR BINDIR CC CFLAGS LDFLAGS'

# --- The shared object ---------------------------------------------------------------------------

OWN_CFLAGS := -std=c11 -D_GNU_SOURCE -fPIC -fvisibility=hidden -fstack-protector-strong \
	-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes $(WERROR) -MMD -MP
OWN_LDFLAGS := -shared -Wl,-soname,libsandlock_shim.so -Wl,--version-script=shim/version.map \
	-Wl,-e,_start -Wl,-z,initfirst,-z,nodlopen,-z,nodelete \
	-Wl,-z,relro,-z,now,-z,noexecstack,-z,defs,-z,text -Wl,--build-id

OBJECTS := $(patsubst %.c,$(B)/%.o,$(wildcard env/*.c shim/*.c))

$(SHIM): $(OBJECTS) shim/version.map
	$(CC) $(CFLAGS) $(LDFLAGS) $(OWN_LDFLAGS) -o $@ \
		"$$($(CC) $(CFLAGS) -print-file-name=Scrt1.o)" $(OBJECTS)

$(B)/%.o: %.c $(B)/config.h
	@mkdir -p $(@D)
	$(CC) $(OWN_CFLAGS) $(CFLAGS) -include $(B)/config.h -c -o $@ $<

# What only the build knows: the version, and the loader that this compiler's programs ask for.
$(B)/config.h: Makefile
	@mkdir -p $(@D)
	@echo 'int main(void) { return 0; }' | $(CC) $(CFLAGS) $(LDFLAGS) -x c -o $(B)/probe -
	@{ echo '#define SHIM_VERSION "$(VERSION)"'; readelf -lW $(B)/probe | \
		sed -n 's/.*interpreter: \(.*\)]/#define SHIM_INTERPRETER "\1"/p'; } > $@.new
	@grep -q INTERPRETER $@.new || { echo 'no program interpreter: is CC static?' >&2; exit 1; }
	@mv $@.new $@

-include $(OBJECTS:.o=.d)

# --- Installation --------------------------------------------------------------------------------

# $(call pc,LIBDIR): the pkg-config file for a library that lies there.
pc = sed 's|@LIBDIR@|$1|; s|@VERSION@|$(VERSION)|' shim/sandlock_shim.pc.in

install: all ## install under DESTDIR and PREFIX
	install -d $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(BINDIR)
	install -m 755 $(SHIM) $(DESTDIR)$(LIBDIR)/libsandlock_shim.so
	$(call pc,$(LIBDIR)) > $(DESTDIR)$(LIBDIR)/pkgconfig/sandlock_shim.pc
	ln -sfr $(DESTDIR)$(LIBDIR)/libsandlock_shim.so $(DESTDIR)$(BINDIR)/sandlock-shim

uninstall: ## remove what install installs
	rm -f $(DESTDIR)$(LIBDIR)/libsandlock_shim.so $(DESTDIR)$(BINDIR)/sandlock-shim \
		$(DESTDIR)$(LIBDIR)/pkgconfig/sandlock_shim.pc

clean: ## remove what was built
	rm -rf $(B)

# --- For developers and the curious --------------------------------------------------------------

PACKAGES := gcc libc6-dev binutils clang clang-format shellcheck pkgconf patchelf \
	libcmocka-dev libasan8 libubsan1 golang-go git python3 util-linux make

setup: ## install Debian's packages for demo, check and lint (as root, or by sudo)
	$(if $(filter 0,$(shell id -u)),,sudo) apt-get install -y --no-install-recommends $(PACKAGES)

demo: all ## a real program, unconfined and confined, side by side
	@tests/demo.sh $(SHIM)

include tests/tests.mk
