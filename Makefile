# GNU make. Everything built goes to $(O); `make SAN=1` builds to its own tree.
VERSION := 0.1.0
TOOLS   := $(basename $(notdir $(wildcard src/tools/*.c)))
MODULES := $(filter-out tools asn1,$(patsubst src/%/,%,$(wildcard src/*/)))
PKGS    := libcrypto jansson libxml-2.0 libwbxml2 sqlite3

O       := build/$(notdir $(firstword $(CC)))$(if $(SAN),-san)
BIN     := $(if $(SAN),$(O)/bin,bin)

CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	   -Wvla -Wformat=2 -Wwrite-strings -Wundef -Wimplicit-fallthrough \
	   $(if $(findstring clang,$(CC)),,-Wjump-misses-init)
HARDEN  := -fstack-protector-strong -fPIE -D_FORTIFY_SOURCE=2
SANFLAGS:= -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
DEFS    := -D_DEFAULT_SOURCE -D_GNU_SOURCE -DOPENSSL_API_COMPAT=30000 -DOPENSSL_NO_DEPRECATED
ALL_C    = -std=c11 $(DEFS) -DM2M_VERSION='"$(VERSION)"' -Isrc -isystem $(O)/asn1 $(WARN) \
	   $(if $(WERROR),-Werror) $(if $(SAN),$(SANFLAGS),$(HARDEN)) \
	   $(shell pkg-config --cflags $(PKGS)) -MMD -MP
ALL_L   := $(if $(SAN),$(SANFLAGS),-pie -Wl,-z,relro,-z,now) -Wl,--as-needed -pthread
LIBS     = $(shell pkg-config --libs $(PKGS))

lib_obj := $(foreach m,$(MODULES),$(patsubst %.c,$(O)/%.o,$(wildcard src/$m/*.c)))
obj     := $(lib_obj) $(TOOLS:%=$(O)/src/tools/%.o)

all: $(TOOLS:%=$(BIN)/%)

$(BIN)/%: $(O)/src/tools/%.o $(O)/libm2m.a $(O)/libasn1.a | $(BIN)/
	$(CC) $(ALL_L) $(LDFLAGS) -o $@ $^ $(LIBS)
$(O)/libm2m.a: $(lib_obj)
	rm -f $@ && $(AR) rcs $@ $^
$(O)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_C) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# asn1c's code, generated and never committed; its allocator is redefined to a wiping one, since K
# passes through it. One stamp stands for the many files that it writes.
$(O)/asn1/stamp: src/asn1/MCIMProtocol.asn1 Makefile
	@rm -rf $(@D) && mkdir -p $(@D)
	cd $(@D) && asn1c -fwide-types -fcompound-names -gen-PER -pdu=MCIMBLOB \
	  $(CURDIR)/$< >asn1c.log 2>&1 || { cat asn1c.log; exit 1; }
	@find $(@D) -type l -exec sh -c 'cp --remove-destination "$$(readlink -f "$$1")" "$$1"' _ {} ';'
	@rm -f $(@D)/converter-sample.c && touch $@
$(O)/libasn1.a: $(O)/asn1/stamp src/mcim/asn1_alloc.h
	cd $(@D)/asn1 && for c in *.c; do \
	  $(CC) -w -std=gnu11 -D_DEFAULT_SOURCE -I. -include $(CURDIR)/src/mcim/asn1_alloc.h \
	    $(if $(SAN),$(SANFLAGS),$(HARDEN)) $(CFLAGS) -c $$c || exit 1; done
	rm -f $@ && $(AR) rcs $@ $(@D)/asn1/*.o
$(O)/src/mcim/%.o: $(O)/asn1/stamp

.PRECIOUS: %/
%/:
	mkdir -p $@

-include $(obj:.o=.d)
