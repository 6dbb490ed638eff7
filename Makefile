# SPDX-License-Identifier: Apache-2.0
# Everything generated goes to build/; the program is build/agentjail.

B := build
PREFIX ?= /usr/local
CC ?= gcc
CLANG ?= clang
BPFTOOL ?= /usr/sbin/bpftool
V ?= 0
VERSION := 0.1.0

ifeq ($(V),0)
Q := @
say = @printf '  %-8s %s\n' '$(1)' '$(2)';
else
say =
endif

PACKAGES := libseccomp libbpf libcap libnl-3.0 libnl-route-3.0 libfyaml \
	    sqlite3 json-c libcrypto libsystemd
DEPS := build-essential pkg-config clang bpftool libseccomp-dev libbpf-dev \
	libcap-dev libnl-3-dev libnl-route-3-dev libfyaml-dev libsqlite3-dev \
	libjson-c-dev libssl-dev libsystemd-dev uthash-dev
DEPS_TEST := check clang-format git mandoc strace procps python3 \
	     passwd util-linux gcc iproute2 shellcheck tmux vim
DEPS_GUEST := $(DEPS_TEST) busybox-static cpio e2fsprogs kmod qemu-system-x86
DEPS_LONG := $(DEPS_TEST) dpkg-dev libpython3-testsuite nodejs
DEPS_BENCH := bubblewrap firejail git nodejs python3 strace

WARN := -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wmissing-declarations \
	-Wvla -Wundef -Wformat=2 -Werror
HARDEN := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
CFLAGS ?= -O2 -g
PKG_CFLAGS = $(shell pkg-config --cflags $(PACKAGES))
PKG_LIBS = $(shell pkg-config --libs $(PACKAGES))
ALL_CFLAGS = -std=gnu11 $(WARN) -D_GNU_SOURCE -DAGENTJAIL_VERSION='"$(VERSION)"' \
	     -I. -Isupervisor -I$(B) -ffile-prefix-map=$(CURDIR)=. $(PKG_CFLAGS)
LINK = -pie -Wl,-z,relro,-z,now -Wl,--as-needed

SRC := $(sort $(wildcard supervisor/*/*.c))
HDR := $(sort $(wildcard supervisor/*/*.h) bpf/abi.h)
BPF_SRC := $(sort $(wildcard bpf/*.bpf.c))
BPF_HDR := $(sort $(wildcard bpf/*.h))
OBJ := $(SRC:%.c=$(B)/%.o)
SAN_OBJ := $(SRC:%.c=$(B)/san/%.o)
# The unit tests link all of the program but its main().
UNIT_SRC := $(sort $(wildcard tests/unit/*.c))
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(B)/unit/%)
ESCAPE_SRC := $(sort $(wildcard tests/escape/*.c))
ESCAPE_BIN := $(ESCAPE_SRC:tests/escape/%.c=$(B)/escape/%)
LIVE_SRC := $(sort $(wildcard tests/live/*.c))
LIVE_BIN := $(LIVE_SRC:tests/live/%.c=$(B)/live/%)
SAN := -fsanitize=address,undefined -fno-sanitize-recover=all \
       -fno-omit-frame-pointer
SKEL := $(if $(BPF_SRC),$(B)/bpf/agentjail.skel.h)

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all deps demo check check-analyzer check-build check-clang \
	check-guests check-long bench install uninstall clean format

all: $(B)/agentjail

# --- the eBPF half: each program an object, linked into one skeleton ---------

$(B)/bpf/%.bpf.o: bpf/%.bpf.c $(BPF_HDR) Makefile
	@mkdir -p $(@D)
	$(call say,BPF,$<)
	$(Q)$(CLANG) -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_x86 -Wall \
		-Werror -I. -I/usr/include/x86_64-linux-gnu \
		-ffile-prefix-map=$(CURDIR)=. -c $< -o $@

$(B)/bpf/agentjail.bpf.o: $(BPF_SRC:bpf/%.bpf.c=$(B)/bpf/%.bpf.o)
	$(call say,BPFLINK,$@)
	$(Q)$(BPFTOOL) gen object $@ $^

$(B)/bpf/agentjail.skel.h: $(B)/bpf/agentjail.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name agentjail_bpf > $@

# --- the program --------------------------------------------------------------

$(B)/%.o: %.c $(SKEL) Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS) $(HARDEN) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(B)/san/%.o: %.c $(SKEL) Makefile
	@mkdir -p $(@D)
	$(call say,CC-SAN,$<)
	$(Q)$(CC) -O1 -g $(SAN) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(B)/agentjail: $(OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(LINK) -o $@ $^ $(PKG_LIBS) -lpthread

# The same program under the sanitizers, for the live tests.
$(B)/san/agentjail: $(SAN_OBJ)
	$(call say,LD-SAN,$@)
	$(Q)$(CC) $(SAN) -o $@ $^ $(PKG_LIBS) -lpthread

# --- tests ----------------------------------------------------------------------

# All of the program but its main(), for tests to link what they need of.
$(B)/agentjail.a: $(filter-out $(B)/supervisor/cmd/main.o,$(OBJ))
$(B)/san/agentjail.a: $(filter-out $(B)/san/supervisor/cmd/main.o,$(SAN_OBJ))
$(B)/agentjail.a $(B)/san/agentjail.a:
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

# A test that is written and not registered is an unused function: an error.
TEST_CFLAGS = -O1 -g $(ALL_CFLAGS) -Itests/lib -Wno-unused-parameter \
	      -Wno-conversion -MMD -MP

$(B)/unit/%: tests/unit/%.c $(B)/san/agentjail.a Makefile
	@mkdir -p $(@D)
	$(call say,UNIT,$<)
	$(Q)$(CC) $(SAN) $(TEST_CFLAGS) $$(pkg-config --cflags check) -o $@ \
		$(filter %.c %.a,$^) $(PKG_LIBS) \
		$$(pkg-config --libs check) -lpthread

$(B)/live/%: tests/live/%.c $(B)/agentjail.a Makefile
	@mkdir -p $(@D)
	$(call say,LIVE,$<)
	$(Q)$(CC) $(HARDEN) $(TEST_CFLAGS) $(LINK) -o $@ \
		$(filter %.c %.a,$^) $(PKG_LIBS) -lpthread

# An attack stands alone: it shares nothing with what it attacks.
$(B)/escape/%: tests/escape/%.c Makefile
	@mkdir -p $(@D)
	$(call say,ESCAPE,$<)
	$(Q)$(CC) -O1 -g -std=gnu11 -Wall -Wextra -Werror -D_GNU_SOURCE \
		-Itests/lib -MMD -MP -o $@ $< -lpthread

$(B)/bench/loop: tests/bench/loop.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) -O2 -std=gnu11 -Wall -Wextra -Werror -D_GNU_SOURCE -o $@ $<

$(B)/lib/hold: tests/lib/hold.c tests/lib/left.c tests/lib/left.h Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) -O1 -g -std=gnu11 -Wall -Wextra -Werror -D_GNU_SOURCE \
		-o $@ $(filter %.c,$^)

check-build: $(B)/agentjail $(B)/san/agentjail $(UNIT_BIN) $(ESCAPE_BIN) \
	     $(LIVE_BIN) $(B)/lib/hold
	@:

# The second compiler, with the same warnings.
check-clang: $(SKEL)
	@printf '%s\0' $(SRC) | xargs -0 -n 8 -P $$(nproc) $(CLANG) \
		-fsyntax-only $(ALL_CFLAGS)

# What gcc finds by following paths. It cannot know that err->code is set where
# a call has failed, so what it says of pointers and counts after that is noise.
ANALYZER := -fanalyzer -fdiagnostics-path-format=none \
	    -Wno-analyzer-null-dereference \
	    -Wno-analyzer-null-argument -Wno-analyzer-shift-count-negative
check-analyzer: $(SKEL)
	@printf '%s\0' $(SRC) | xargs -0 -n 1 -P $$(nproc) \
		$(CC) $(CFLAGS) $(ANALYZER) $(ALL_CFLAGS) -o /dev/null -c

check:
	@[ -n "$(NO_DEPS)" ] || $(MAKE) --no-print-directory deps \
		DEPS_WANTED="$(DEPS) $(DEPS_TEST)"
	@$(MAKE) --no-print-directory -j$$(nproc) check-build
	@tests/lib/run

check-guests:
	@[ -n "$(NO_DEPS)" ] || $(MAKE) --no-print-directory deps \
		DEPS_WANTED="$(DEPS) $(DEPS_GUEST)"
	@$(MAKE) --no-print-directory -j$$(nproc) check-build
	@tests/guest/run

# What takes its time: packages that are built, other people's test suites.
check-long:
	@[ -n "$(NO_DEPS)" ] || $(MAKE) --no-print-directory deps \
		DEPS_WANTED="$(DEPS) $(DEPS_LONG)"
	@$(MAKE) --no-print-directory -j$$(nproc) check-build
	@tests/lib/sources $(B)/long hello zlib
	@CHECK_KINDS=long tests/lib/run

demo:
	@[ -n "$(NO_DEPS)" ] || $(MAKE) --no-print-directory deps DEPS_WANTED="$(DEPS) git gcc"
	@$(MAKE) --no-print-directory -j$$(nproc) all
	@tests/lib/demo

bench:
	@[ -n "$(NO_DEPS)" ] || $(MAKE) --no-print-directory deps DEPS_WANTED="$(DEPS) $(DEPS_BENCH)"
	@$(MAKE) --no-print-directory -j$$(nproc) all $(B)/bench/loop
	@tests/bench/run

# --- the rest ----------------------------------------------------------------------

DEPS_WANTED ?= $(DEPS)
deps:
	@missing=; for p in $(DEPS_WANTED); do \
		dpkg-query -W -f='$${Status}' $$p 2>/dev/null | \
			grep -q 'ok installed' || missing="$$missing $$p"; \
	done; \
	[ -z "$$missing" ] && exit 0; \
	[ "$$(id -u)" = 0 ] || { \
		echo "not installed:$$missing: run make deps as root" >&2; \
		exit 1; }; \
	echo "installing:$$missing"; \
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get update -qq && \
	apt-get install -y -qq --no-install-recommends $$missing >/dev/null

install: all
	install -D -m 0755 $(B)/agentjail $(DESTDIR)$(PREFIX)/bin/agentjail
	for f in profiles/*.yaml; do install -D -m 0644 $$f \
		$(DESTDIR)/usr/share/agentjail/$$f; done
	for f in man/*.[1-8]; do install -D -m 0644 $$f \
		$(DESTDIR)$(PREFIX)/share/man/man$${f##*.}/$${f##*/}; done

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/agentjail
	rm -rf $(DESTDIR)/usr/share/agentjail
	for f in man/*.[1-8]; do \
		rm -f $(DESTDIR)$(PREFIX)/share/man/man$${f##*.}/$${f##*/}; done

format:
	clang-format -i $(SRC) $(HDR) $(wildcard bpf/*.[ch] tests/*/*.c)

clean:
	rm -rf $(B)

-include $(OBJ:.o=.d) $(SAN_OBJ:.o=.d)
-include $(UNIT_BIN:=.d) $(LIVE_BIN:=.d) $(ESCAPE_BIN:=.d)
