/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/network.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "profile/arena.h"
#include "profile/limits.h"
#include "profile/variables.h"

#define UNIX "unix:"

static const struct {
	const char *word;
	enum network_kind kind;
} classes[] = {
	{ "loopback", NETWORK_LOOPBACK }, { "own", NETWORK_OWN },
	{ "resolver", NETWORK_RESOLVER }, { "private", NETWORK_PRIVATE },
	{ "public", NETWORK_PUBLIC },	  { "any", NETWORK_ANY },
};

/* What is being filled; texts that go on are in the arena. */
struct draft {
	struct arena *arena;
	const struct place *at;
	const char *text;
	const char *shown; /* of the part of it that is being put */
	size_t count;
	struct network_object *items;
};

static int draft_error(const struct draft *draft, const char *what,
		       struct error *err)
{
	return place_error(err, draft->at, "\"%s\": %s", draft->text, what);
}

static int draft_put(struct draft *draft, const struct network_object *object,
		     struct error *err)
{
	draft->items = arena_grow(draft->arena, draft->items, draft->count,
				  sizeof(*draft->items));
	if (!draft->items)
		return place_no_memory(err);
	draft->items[draft->count] = *object;
	draft->items[draft->count].text = draft->shown;
	draft->count++;
	return 0;
}

bool network_address_parse(const char *text, size_t len, uint8_t out_addr[16])
{
	char copy[INET6_ADDRSTRLEN];
	uint8_t four[4];

	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
		if (!memchr(text, ':', len))
			return false;
	}
	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (inet_pton(AF_INET, copy, four) == 1) {
		memset(out_addr, 0, 10);
		memset(out_addr + 10, 0xff, 2);
		memcpy(out_addr + 12, four, 4);
		return true;
	}
	return inet_pton(AF_INET6, copy, out_addr) == 1;
}

/* A number of at most MAX that is all of the LEN bytes at TEXT, or -1. */
static int number(const char *text, size_t len, int max)
{
	int value = 0;

	if (!len || len > 5)
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (!isdigit((unsigned char)text[i]))
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value <= max ? value : -1;
}

/* The bits behind a prefix must be zero: 10.0.0.1/8 is a slip of the pen. */
static bool prefix_is_clean(const struct network_object *object)
{
	for (int bit = object->prefix; bit < 128; bit++)
		if (object->address[bit / 8] & (0x80 >> bit % 8))
			return false;
	return true;
}

/* "ADDRESS" or "ADDRESS/PREFIX". False: the text is no address at all. */
static bool take_address(const struct draft *draft, const char *host,
			 size_t len, struct network_object *object, int *out_r,
			 struct error *err)
{
	const char *slash = memchr(host, '/', len);
	const size_t bare = slash ? (size_t)(slash - host) : len;
	int prefix = 128, offset;

	if (!network_address_parse(host, bare, object->address))
		return false;
	offset = memchr(host, ':', bare) ? 0 : 96;
	if (slash) {
		prefix = number(slash + 1, len - bare - 1, 128 - offset);
		if (prefix >= 0)
			prefix += offset;
	}
	object->kind = NETWORK_ADDRESS;
	object->prefix = prefix;
	*out_r = 0;
	if (prefix < 0)
		*out_r = draft_error(
			draft, "not a prefix length, expected 0 to 32 or 128",
			err);
	else if (!prefix_is_clean(object))
		*out_r = draft_error(draft,
				     "bits are set behind the prefix, expected "
				     "the first address of the range",
				     err);
	return true;
}

static bool is_name(const char *host, size_t len)
{
	size_t label = 0;
	bool has_letter = false;

	if (!len || len > 253)
		return false;
	for (size_t i = 0; i < len; i++) {
		const unsigned char c = (unsigned char)host[i];

		if (c == '.') {
			if (!label)
				return false;
			label = 0;
			continue;
		}
		if ((!isalnum(c) && c != '-' && c != '_') || ++label > 63)
			return false;
		has_letter = has_letter || isalpha(c);
	}
	return label && has_letter;
}

static int take_name(const struct draft *draft, const char *host, size_t len,
		     struct network_object *object, struct error *err)
{
	const bool below = len > 2 && memcmp(host, "*.", 2) == 0;
	char *name;

	host += below ? 2 : 0;
	len -= below ? 2 : 0;
	if (!is_name(host, len))
		return draft_error(draft,
				   "not a host, expected an address, a prefix, "
				   "a name, *.DOMAIN, loopback, own, resolver, "
				   "private, public, any, or unix:",
				   err);
	object->kind = below ? NETWORK_DOMAIN : NETWORK_NAME;
	name = arena_copy(draft->arena, host, len);
	if (!name)
		return place_no_memory(err);
	for (char *c = name; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	object->name = name;
	return 0;
}

static int take_host(const struct draft *draft, const char *host, size_t len,
		     struct network_object *object, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		if (strlen(classes[i].word) == len &&
		    memcmp(classes[i].word, host, len) == 0) {
			object->kind = classes[i].kind;
			return 0;
		}
	}
	if (take_address(draft, host, len, object, &r, err))
		return r;
	return take_name(draft, host, len, object, err);
}

/* One of a list of ports: "*", a number, or two with a dash. */
static bool take_port(const char *text, size_t len,
		      struct network_object *object)
{
	const char *dash = memchr(text, '-', len);
	int low, high;

	if (len == 1 && text[0] == '*') {
		object->port_low = 0;
		object->port_high = UINT16_MAX;
		return true;
	}
	if (dash) {
		low = number(text, (size_t)(dash - text), UINT16_MAX);
		high = number(dash + 1, len - (size_t)(dash - text) - 1,
			      UINT16_MAX);
	} else {
		low = high = number(text, len, UINT16_MAX);
	}
	if (low < 1 || high < low)
		return false;
	object->port_low = (uint16_t)low;
	object->port_high = (uint16_t)high;
	return true;
}

/* One object for each of the ports behind the first HOST_LEN bytes. */
static int take_ports(struct draft *draft, size_t host_len, const char *ports,
		      size_t len, struct network_object *object,
		      struct error *err)
{
	while (true) {
		const char *comma = memchr(ports, ',', len);
		const size_t n = comma ? (size_t)(comma - ports) : len;

		if (!take_port(ports, n, object))
			return draft_error(draft,
					   "not a port, expected a number from "
					   "1 to 65535, a range, a list of "
					   "them, or *",
					   err);
		draft->shown = arena_format(
			draft->arena, "%.*s:%.*s%s", (int)host_len, draft->text,
			(int)n, ports, object->is_udp ? "/udp" : "");
		if (!draft->shown)
			return place_no_memory(err);
		if (draft_put(draft, object, err) < 0)
			return err->code;
		if (!comma)
			return 0;
		ports += n + 1;
		len -= n + 1;
	}
}

/* "/udp" or "/tcp" at the end; a prefix has a number there. */
static size_t take_protocol(const char *text, size_t len,
			    struct network_object *object)
{
	if (len > 4 && (memcmp(text + len - 4, "/udp", 4) == 0 ||
			memcmp(text + len - 4, "/tcp", 4) == 0)) {
		object->is_udp = text[len - 3] == 'u';
		return len - 4;
	}
	return len;
}

static int take_inet(struct draft *draft, struct error *err)
{
	struct network_object object = { 0 };
	const size_t len =
		take_protocol(draft->text, strlen(draft->text), &object);
	const char *colon = memrchr(draft->text, ':', len);
	size_t host_len;

	if (!colon || memchr(colon, ']', len - (size_t)(colon - draft->text)))
		return draft_error(draft, "no port, expected HOST:PORT", err);
	host_len = (size_t)(colon - draft->text);
	if (memchr(draft->text, ':', host_len) && draft->text[0] != '[')
		return draft_error(draft,
				   "an IPv6 address without brackets, expected "
				   "\"[ADDRESS]:PORT\": quote it",
				   err);
	if (take_host(draft, draft->text, host_len, &object, err) < 0)
		return err->code;
	return take_ports(draft, host_len, colon + 1, len - host_len - 1,
			  &object, err);
}

static int take_unix(struct draft *draft, const struct variables *variables,
		     const char *text, struct error *err)
{
	struct network_object object = {
		.kind = NETWORK_UNIX_PATH,
		.port_high = UINT16_MAX,
	};
	struct path_objects paths = { 0 };

	if (path_parse(draft->arena, variables, draft->at, text, &paths, err) <
	    0)
		return err->code;
	for (size_t i = 0; i < paths.count; i++) {
		object.path = paths.items[i];
		if (object.path.kind == PATH_WRITTEN)
			return draft_error(draft,
					   "written: of a socket, expected a "
					   "path",
					   err);
		draft->shown =
			arena_format(draft->arena, UNIX "%s", object.path.text);
		if (!draft->shown)
			return place_no_memory(err);
		if (draft_put(draft, &object, err) < 0)
			return err->code;
	}
	return 0;
}

static int take_text(struct draft *draft, const char *text, struct error *err)
{
	struct network_object object = {
		.kind = NETWORK_UNIX_NAME,
		.port_high = UINT16_MAX,
	};

	draft->shown = path_readable(draft->arena, "", text);
	draft->text = draft->shown;
	if (!draft->text)
		return place_no_memory(err);
	if (strncmp(text, UNIX "@", strlen(UNIX "@")) != 0)
		return take_inet(draft, err);
	object.name = text + strlen(UNIX "@");
	if (!*object.name)
		return draft_error(draft, "no name, expected unix:@NAME", err);
	return draft_put(draft, &object, err);
}

int network_parse(struct arena *arena, const struct variables *variables,
		  const struct place *at, const char *text,
		  struct network_objects *out_objects, struct error *err)
{
	struct draft draft = { .arena = arena, .at = at, .text = text };
	const bool is_unix = strncmp(text, UNIX, strlen(UNIX)) == 0;
	struct texts texts = { 0 };

	if (is_unix && text[strlen(UNIX)] != '@') {
		if (take_unix(&draft, variables, text + strlen(UNIX), err) < 0)
			return err->code;
	} else if (variables_expand(variables, arena, at, text, is_unix, &texts,
				    err) < 0) {
		return err->code;
	}
	for (size_t i = 0; i < texts.count; i++)
		if (take_text(&draft, texts.items[i], err) < 0)
			return err->code;
	out_objects->count = draft.count;
	out_objects->items = draft.items;
	return 0;
}
