# SPDX-License-Identifier: Apache-2.0
# GNU make. Everything built goes to $(O); `make SAN=1` builds to its own tree.
VERSION := 0.1.0
TOOLS   := $(basename $(notdir $(wildcard src/tools/*.c)))
MODULES := $(filter-out tools asn1 $(if $(GOLDEN),,golden),$(patsubst src/%/,%,$(wildcard src/*/)))
PKGS    := libcrypto jansson libxml-2.0 libwbxml2 sqlite3

O       := build/$(notdir $(firstword $(CC)))$(if $(SAN),-san)$(if $(GOLDEN),-golden)
BIN     := $(if $(SAN)$(GOLDEN),$(O)/bin,bin)

CFLAGS  ?= -O2 -g
Q       := $(if $(V),,@)# V=1 shows the commands
PREFIX  ?= /usr/local
WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	   -Wvla -Wformat=2 -Wwrite-strings -Wundef -Wimplicit-fallthrough \
	   $(if $(findstring clang,$(CC)),,-Wjump-misses-init)
HARDEN  := -fstack-protector-strong -fPIE -D_FORTIFY_SOURCE=2
# clang does not say __SANITIZE_ADDRESS__ by itself, as gcc does
SANFLAGS:= -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
	   $(if $(findstring clang,$(CC)),-D__SANITIZE_ADDRESS__) $(if $(FUZZING),-fsanitize=fuzzer-no-link)
DEFS    := $(if $(GOLDEN),-DM2M_GOLDEN) -D_DEFAULT_SOURCE -D_GNU_SOURCE -DOPENSSL_API_COMPAT=30000 -DOPENSSL_NO_DEPRECATED
ALL_C    = -std=c11 $(DEFS) -DM2M_VERSION='"$(VERSION)"' -Isrc -isystem $(O)/asn1 $(WARN) \
	   $(if $(WERROR),-Werror) $(if $(SAN),$(SANFLAGS),$(HARDEN)) \
	   $(shell pkg-config --cflags $(PKGS) libpq) -MMD -MP
ALL_L   := $(if $(SAN),$(SANFLAGS),-pie -Wl,-z,relro,-z,now) -Wl,--as-needed -pthread
LIBS     = $(shell pkg-config --libs $(PKGS))

lib_obj := $(foreach m,$(MODULES),$(patsubst %.c,$(O)/%.o,$(wildcard src/$m/*.c)))
obj     := $(lib_obj) $(TOOLS:%=$(O)/src/tools/%.o)

# A process for one look-up is most of all the dynamic linker's time: these go into the tool where they
# are there as archives. STATIC= leaves them outside.
STATIC  ?= libsqlite3.a libjansson.a
archived = $(foreach a,$(if $(SAN),,$(STATIC)),$(if $(filter /%,$(shell $(CC) -print-file-name=$a)),-l:$a))

all: $(TOOLS:%=$(BIN)/%)
$(BIN)/ro-drf-lookup: LIBS := $(archived) -lm $(LIBS)

$(BIN)/%: $(O)/src/tools/%.o $(O)/libm2m.a $(O)/libasn1.a | $(BIN)/
	@echo '  LD  $@'
	$(Q)$(CC) $(ALL_L) $(LDFLAGS) -o $@ $^ $(LIBS)
$(O)/libm2m.a: $(lib_obj)
	$(Q)rm -f $@ && $(AR) rcs $@ $^
$(O)/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo '  CC  $<'
	$(Q)$(CC) $(ALL_C) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# asn1c's code, generated and never committed; its allocator is redefined to a wiping one, since K
# passes through it. One stamp stands for the many files that it writes.
$(O)/asn1/stamp: src/asn1/MCIMProtocol.asn1 Makefile
	@rm -rf $(@D) && mkdir -p $(@D)
	$(Q)cd $(@D) && asn1c -fwide-types -fcompound-names -gen-PER -pdu=MCIMBLOB \
	  "$(CURDIR)/$<" >asn1c.log 2>&1 || { cat asn1c.log; exit 1; }
	@find $(@D) -type l -exec sh -c 'cp --remove-destination "$$(readlink -f "$$1")" "$$1"' _ {} ';'
	@# X.691 11.9.3.8: a string of n * 16384 octets ends with a length of 0, which asn1c 0.9.28 leaves out
	@sed -i '/maySave = uper_put_length(po, sizeinunits);/,/assert(!(maySave/s/.*assert(.*/&\
			if(!sizeinunits \&\& maySave >= 16384 \&\& uper_put_length(po, 0)) ASN__ENCODE_FAILED;/' $(@D)/OCTET_STRING.c
	@mv $(@D)/converter-sample.c $(@D)/../asn1-converter.c && touch $@
$(O)/libasn1.a: $(O)/asn1/stamp src/mcim/asn1_alloc.h
	@echo '  CC  asn1'
	$(Q)cd $(@D)/asn1 && for c in *.c; do \
	  $(CC) -w -std=gnu11 -fwrapv -D_DEFAULT_SOURCE -DASN1_GENERATED -I. -include "$(CURDIR)/src/mcim/asn1_alloc.h" \
	    $(if $(SAN),$(SANFLAGS),$(HARDEN)) $(CFLAGS) -c $$c || exit 1; done
	$(Q)rm -f $@ && $(AR) rcs $@ $(@D)/asn1/*.o
$(filter $(O)/src/mcim/%,$(lib_obj)): $(O)/asn1/stamp

# ---- what a newcomer types -----------------------------------------------------------------------
# demo and check install what is missing from Debian's packages, after printing what.
demo: deps-build
	+$(MAKE) all
	rm -rf build/demo
	bin/m2m-walk annex-b-initial --dir build/demo $(WALK)
	bin/m2m-walk annex-b-change --dir build/demo $(WALK)
	@echo
	bin/m2m-chart -i build/demo/trace.jsonl
check: deps-test
	+$(MAKE) check-only
check-only: all $(O)/unit.stamp $(if $(SAN),$(O)/fuzz.stamp,$(O)/freewatch.so golden-build)
	UNIT_DIR="$(CURDIR)/$(O)/unit" M2M_BIN="$(CURDIR)/$(BIN)" FREEWATCH_SO="$(if $(SAN),,$(CURDIR)/$(O)/freewatch.so)" \
	  FUZZ_DIR="$(if $(SAN),$(CURDIR)/$(O)/fuzz)" GOLDEN_BIN="$(if $(SAN),,$(CURDIR)/$(O)-golden/bin)" \
	  t/run $(TESTS)
check-san: deps-test
	+$(MAKE) SAN=1 check-only
# Whole procedures, octet for octet, by a build that is for nothing else; UPDATE_GOLDEN=1 rewrites.
golden: deps-test
	+$(MAKE) GOLDEN=1 golden-only
golden-build:
	+$(MAKE) GOLDEN=1 all
golden-only: all
	M2M_BIN="$(CURDIR)/$(BIN)" t/golden
# Tests that need heavy packages, and the long ones: all kinds of attacks on every message.
check-peers: deps-peers
	+$(MAKE) check-only TESTS=t/peers
# All kinds of attacks on every message of every procedure; check tries one of each. Takes an hour.
check-attacks: deps-test
	+ATTACKS=1 BATS_TEST_TIMEOUT=7200 $(MAKE) check-only TESTS=t/attacks.bats
bench: deps-bench
	+$(MAKE) all
	t/bench
deps: deps-build deps-test
deps-build deps-test deps-lint deps-peers deps-bench deps-fuzz:
	@t/deps $(@:deps-%=%)

# ---- tests ---------------------------------------------------------------------------------------
UNITS := $(patsubst t/unit/%.c,$(O)/unit/%,$(wildcard t/unit/*.c))
$(O)/unit.stamp: $(UNITS)
	@touch $@
$(O)/unit/%: t/unit/%.c $(O)/libm2m.a $(O)/libasn1.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_C) $(CPPFLAGS) $(CFLAGS) $(ALL_L) $(LDFLAGS) -o $@ $(filter %.c %.a,$^) $(LIBS)
$(O)/freewatch.so: $(O)/powerlog.so $(O)/race.so $(O)/powercut $(O)/asn1-converter
$(O)/%.so: t/preload/%.c
	@mkdir -p $(@D)
	$(CC) -O1 -g -Wall -Wextra -shared -fPIC -o $@ $<
# asn1c's own program, a peer
$(O)/asn1-converter: $(O)/libasn1.a $(O)/libm2m.a
	$(Q)$(CC) -w -std=gnu11 -D_DEFAULT_SOURCE -DPDU=MCIMBLOB -I$(O)/asn1 $(if $(SAN),$(SANFLAGS)) $(CFLAGS) \
	  -o $@ $(O)/asn1-converter.c $^ $(LIBS)
$(O)/powercut: t/preload/powercut.c
	@mkdir -p $(@D)
	$(CC) -O1 -g -Wall -Wextra -o $@ $<

# ---- fuzz ----------------------------------------------------------------------------------------
# `make fuzz FUZZ_SECONDS=600 FUZZ="token wbxml"`: libFuzzer (clang), those targets or all, one after
# the other. New inputs go to build/fuzz, what crashes, hangs or grows to build/fuzz/found. In
# check-san the same targets have a main that runs their corpora in testdata/fuzz once.
FUZZERS      := $(patsubst t/fuzz/%.c,%,$(wildcard t/fuzz/*.c))
FUZZ_SECONDS ?= 60
fuzz: deps-fuzz
	+nice $(MAKE) CC=clang SAN=1 FUZZING=1 O=build/clang-fuzz fuzz-only
fuzz-only: $(O)/fuzz.stamp
	set -e; for t in $(or $(FUZZ),$(FUZZERS)); do t/fuzz/run $(O)/fuzz/$$t $(FUZZ_SECONDS); done
$(O)/fuzz.stamp: $(FUZZERS:%=$(O)/fuzz/%)
	@touch $@
$(O)/fuzz/%: t/fuzz/%.c t/fuzz/lib/fuzz.c $(if $(FUZZING),,t/fuzz/lib/replay.c) $(O)/libm2m.a $(O)/libasn1.a
	@mkdir -p $(@D)
	@echo '  LD  $@'
	$(Q)$(CC) $(ALL_C) -DFUZZ_KEYS='"$(CURDIR)/testdata/fuzz/keys"' $(CPPFLAGS) $(CFLAGS) $(ALL_L) $(LDFLAGS) \
	  $(if $(FUZZING),-fsanitize=fuzzer) -o $@ $(filter %.c %.a,$^) $(LIBS)

# ---- lint ----------------------------------------------------------------------------------------
SCRIPTS := bin/m2m-walk bin/m2m-personalize $(wildcard bin/procedures/*.sh bin/procedures/lib/*.sh) t/run t/deps t/bench t/attack t/golden t/procedures-page t/fuzz/run t/fuzz/corpora .ci/run \
	   $(wildcard t/lint/* t/*.bats t/*/*.bats) t/lib.bash
C_FILES := $(wildcard src/*/*.c)
TIDY    := $(C_FILES:%=$(O)/tidy/%.ok)
lint: deps-lint
	+$(MAKE) lint-only
lint-only: check-layers check-headers check-tidy check-cppcheck $(SCRIPTS:%=$(O)/shell/%.ok)
	mandoc -Tlint -W warning man/*.[157]
	clang-format --dry-run -Werror src/*/*.[ch] t/unit/*.c t/preload/*.c t/fuzz/*.c t/fuzz/lib/*.[ch]
check-cppcheck:
	cppcheck -q -j2 --std=c11 --enable=warning,portability,performance --inline-suppr \
	  --suppress=missingIncludeSystem --suppress=memleak --suppress=resourceLeak --suppress=ctuuninitvar --suppress=legacyUninitvar --error-exitcode=1 $(DEFS) -Isrc src
$(O)/shell/%.ok: % $(wildcard t/*.bash bin/procedures/lib/*.sh)
	@mkdir -p $(@D)
	shellcheck -x $<
	@touch $@
check-tidy: $(TIDY)
$(O)/tidy/%.c.ok: %.c .clang-tidy $(O)/asn1/stamp
	@mkdir -p $(@D)
	clang-tidy --quiet $< -- -std=c11 $(DEFS) -DM2M_VERSION='"0"' -Isrc -isystem $(O)/asn1 \
	  $(shell pkg-config --cflags $(PKGS) libpq) 2>$@.err || { cat $@.err; exit 1; }
	@touch $@
check-layers:
	t/lint/layers
	t/lint/bats
	t/lint/heads
check-headers: $(patsubst %,$(O)/alone/%.ok,$(wildcard src/*/*.h))
$(O)/alone/%.h.ok: %.h $(wildcard src/*/*.h)
	@mkdir -p $(@D)
	@echo "#include \"$(<:src/%=%)\"" | $(CC) -std=c11 $(DEFS) -Isrc $(shell pkg-config --cflags $(PKGS) libpq) \
	  -Wall -Werror -fsyntax-only -xc -
	@touch $@
format:
	clang-format -i src/*/*.[ch] t/unit/*.c t/preload/*.c t/fuzz/*.c t/fuzz/lib/*.[ch]

# ---- install -------------------------------------------------------------------------------------
dest    := $(DESTDIR)$(PREFIX)
share   := $(dest)/share
SCRIPTED := m2m-walk m2m-personalize
install: all
	@$(if $(GOLDEN),echo "a golden build is never installed" >&2; exit 1,:)
	install -d "$(dest)/bin" "$(share)/m2m/procedures/lib" "$(share)/man/man1" "$(share)/man/man5" "$(share)/man/man7" \
	  "$(share)/bash-completion/completions"
	install -m 755 $(TOOLS:%=$(BIN)/%) $(SCRIPTED:%=bin/%) "$(dest)/bin"
	install -m 755 bin/procedures/*.sh "$(share)/m2m/procedures"
	install -m 755 bin/procedures/lib/*.sh "$(share)/m2m/procedures/lib"
	install -m 644 man/*.1 "$(share)/man/man1"
	install -m 644 man/*.5 "$(share)/man/man5"
	install -m 644 man/*.7 "$(share)/man/man7"
	bin/procedures/lib/completion $(TOOLS) $(SCRIPTED) >$(O)/completion
	install -m 644 $(O)/completion "$(share)/bash-completion/completions/m2m"
	for t in $(TOOLS) $(SCRIPTED); do ln -sf m2m "$(share)/bash-completion/completions/$$t"; done
compile_commands.json:
	@command -v bear >/dev/null || { echo "$@ wants bear, of Debian's package of that name" >&2; exit 1; }
	bear -- $(MAKE) -B all
clean:
	rm -rf build compile_commands.json $(TOOLS:%=bin/%)
.PHONY: all demo fuzz fuzz-only golden golden-build golden-only check check-only check-san check-peers check-attacks bench deps deps-build deps-test deps-lint deps-peers deps-bench deps-fuzz \
	lint lint-only check-tidy check-layers check-headers check-cppcheck format install clean
.PRECIOUS: %/
.SECONDARY:
%/:
	mkdir -p $@

-include $(obj:.o=.d)
