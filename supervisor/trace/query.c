/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/query.h"

#include <sqlite3.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "trace/schema.h"

#define RULES_MAX 65536

struct query {
	sqlite3 *db;
	struct event_context context;
	struct event_rule *rules;
	char *texts[3]; /* of the context */
	char *value;	/* of query_run() */
};

static int sqlite_error(const struct query *query, struct error *err)
{
	return error_say(err, -EPROTO, "trace: %s", sqlite3_errmsg(query->db));
}

static void statement_closep(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}

/* A copy of a column's text; NULL where it is NULL. */
static char *column_copy(sqlite3_stmt *row, int column)
{
	const char *text = (const char *)sqlite3_column_text(row, column);

	return text ? strdup(text) : NULL;
}

const char *query_run(struct query *query, const char *key)
{
	CLEANUP(statement_closep) sqlite3_stmt *row = NULL;

	free(query->value);
	query->value = NULL;
	if (sqlite3_prepare_v2(query->db, "SELECT value FROM run WHERE key = ?",
			       -1, &row, NULL) != SQLITE_OK)
		return NULL;
	sqlite3_bind_text(row, 1, key, -1, SQLITE_STATIC);
	if (sqlite3_step(row) == SQLITE_ROW)
		query->value = column_copy(row, 0);
	return query->value;
}

static int rules_read(struct query *query, struct error *err)
{
	CLEANUP(statement_closep) sqlite3_stmt *row = NULL;
	size_t count = 0;
	int r;

	if (sqlite3_prepare_v2(query->db,
			       "SELECT id, profile, line, reason FROM rule"
			       " ORDER BY id",
			       -1, &row, NULL) != SQLITE_OK)
		return sqlite_error(query, err);
	while ((r = sqlite3_step(row)) == SQLITE_ROW) {
		struct event_rule *grown;

		if ((size_t)sqlite3_column_int64(row, 0) != count ||
		    count == RULES_MAX)
			return error_say(err, -EPROTO,
					 "trace: rule %zu is not in its place",
					 count);
		grown = reallocarray(query->rules, count + 1, sizeof(*grown));
		if (!grown)
			return error_set(err, -ENOMEM, "trace");
		query->rules = grown;
		grown[count].profile = column_copy(row, 1);
		grown[count].line = sqlite3_column_int(row, 2);
		grown[count].reason = column_copy(row, 3);
		query->context.rule_count = ++count;
	}
	query->context.rules = query->rules;
	return r == SQLITE_DONE ? 0 : sqlite_error(query, err);
}

static int context_read(struct query *query, struct error *err)
{
	static const char *const keys[] = { "id", "task", "owner" };
	const char *offset;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *value = query_run(query, keys[i]);

		query->texts[i] = value ? strdup(value) : NULL;
	}
	query->context.run = query->texts[0];
	query->context.task = query->texts[1];
	query->context.owner = query->texts[2];
	offset = query_run(query, "realtime_offset_ns");
	if (!query->texts[0] || !offset)
		return error_say(err, -EPROTO, "trace: it has no head");
	query->context.realtime_offset_ns = strtoll(offset, NULL, 10);
	return rules_read(query, err);
}

/* A trace says its version where SQLite keeps a place for one. */
static int version_check(struct query *query, struct error *err)
{
	CLEANUP(statement_closep) sqlite3_stmt *row = NULL;

	if (sqlite3_prepare_v2(query->db, "PRAGMA user_version", -1, &row,
			       NULL) != SQLITE_OK ||
	    sqlite3_step(row) != SQLITE_ROW)
		return sqlite_error(query, err);
	if (sqlite3_column_int(row, 0) == 0)
		return error_say(err, -EPROTO, "it is no trace");
	if (sqlite3_column_int(row, 0) != atoi(SCHEMA_VERSION))
		return error_say(err, -EPROTO,
				 "trace: version %d, this program reads %s",
				 sqlite3_column_int(row, 0), SCHEMA_VERSION);
	return 0;
}

int query_open(const char *path, struct query **out_query, struct error *err)
{
	CLEANUP(query_closep) struct query *query = calloc(1, sizeof(*query));
	int r;

	if (!query)
		return error_set(err, -ENOMEM, "trace");
	if (access(path, F_OK) < 0)
		return error_set(err, -errno, "trace %s", path);
	if (sqlite3_open_v2(path, &query->db, SQLITE_OPEN_READONLY, NULL) ==
	    SQLITE_OK) {
		sqlite3_busy_timeout(query->db, 2000);
		r = version_check(query, err);
	} else {
		r = sqlite_error(query, err);
	}
	if (r == 0)
		r = context_read(query, err);
	if (r < 0)
		return error_wrap(err, "%s", path);
	*out_query = TAKE_PTR(query);
	return 0;
}

void query_close(struct query *query)
{
	if (!query)
		return;
	for (size_t i = 0; i < query->context.rule_count; i++) {
		free((char *)query->rules[i].profile);
		free((char *)query->rules[i].reason);
	}
	free(query->rules);
	for (size_t i = 0; i < ARRAY_SIZE(query->texts); i++)
		free(query->texts[i]);
	free(query->value);
	sqlite3_close(query->db);
	free(query);
}

const struct event_context *query_context(const struct query *query)
{
	return &query->context;
}

static struct event_text column_text(sqlite3_stmt *row, int column)
{
	struct event_text text = {
		.at = (const char *)sqlite3_column_text(row, column),
	};

	text.len = (size_t)sqlite3_column_bytes(row, column);
	return text;
}

/* A number of the row that must lie below END. */
static int column_number(sqlite3_stmt *row, int column, int end, int *out,
			 struct error *err)
{
	sqlite3_int64 value = sqlite3_column_int64(row, column);

	if (value < 0 || value >= end)
		return error_say(err, -EPROTO, "trace: event %lld: %s is %lld",
				 sqlite3_column_int64(row, 0),
				 sqlite3_column_name(row, column), value);
	*out = (int)value;
	return 0;
}

static int candidates_read(struct query *query, int64_t id, struct event *event,
			   struct error *err)
{
	CLEANUP(statement_closep) sqlite3_stmt *row = NULL;

	if (sqlite3_prepare_v2(query->db,
			       "SELECT rule FROM candidate WHERE event = ?"
			       " ORDER BY place",
			       -1, &row, NULL) != SQLITE_OK)
		return sqlite_error(query, err);
	sqlite3_bind_int64(row, 1, id);
	while (sqlite3_step(row) == SQLITE_ROW) {
		int rule = 0;

		if (event->candidate_count == ABI_EVENT_CANDIDATES)
			return error_say(err, -EPROTO,
					 "trace: event %lld has too many "
					 "candidates",
					 (long long)id);
		if (column_number(row, 0, (int)query->context.rule_count, &rule,
				  err) < 0)
			return err->code;
		event->candidates[event->candidate_count++] = (int16_t)rule;
	}
	return 0;
}

static const char select_events[] =
	"SELECT event.id, source, seq, time_ns, pid, ppid, exe.text, op,"
	" object.text, object2.text, verdict, rule, mechanism, flags, error"
	" FROM event"
	" LEFT JOIN word AS exe ON exe.id = event.exe"
	" LEFT JOIN word AS object ON object.id = event.object"
	" LEFT JOIN word AS object2 ON object2.id = event.object2"
	" WHERE event.id > ?1"
	" AND (?2 = 0 OR (?2 >> verdict) & 1)"
	" AND (?3 = 0 OR (?3 >> op) & 1)"
	" AND (?4 IS NULL OR object.text GLOB ?4 OR object2.text GLOB ?4)"
	" AND (?5 = 0 OR pid = ?5)"
	" AND (?6 = 0 OR time_ns >= ?6)"
	" ORDER BY event.id";

static int row_event(struct query *query, sqlite3_stmt *row,
		     struct event *event, struct error *err)
{
	int source = 0, op = 0, verdict = 0, by = 0, rule = -1, flags = 0;
	int r = column_number(row, 1, ABI_SOURCES, &source, err);

	if (r == 0)
		r = column_number(row, 7, ABI_OPS, &op, err);
	if (r == 0)
		r = column_number(row, 10, ABI_VERDICTS, &verdict, err);
	if (r == 0 && sqlite3_column_int64(row, 11) != -1)
		r = column_number(row, 11, (int)query->context.rule_count,
				  &rule, err);
	if (r == 0)
		r = column_number(row, 12, ABI_BYS, &by, err);
	if (r == 0)
		r = column_number(row, 13, 256, &flags, err);
	if (r < 0)
		return r;
	*event = (struct event){
		.source = (enum abi_source)source,
		.seq = (uint64_t)sqlite3_column_int64(row, 2),
		.time_ns = (uint64_t)sqlite3_column_int64(row, 3),
		.pid = (uint32_t)sqlite3_column_int64(row, 4),
		.ppid = (uint32_t)sqlite3_column_int64(row, 5),
		.exe = column_text(row, 6),
		.op = (enum abi_op)op,
		.object = column_text(row, 8),
		.object2 = column_text(row, 9),
		.verdict = (enum abi_verdict)verdict,
		.rule = rule,
		.by = (enum abi_by)by,
		.flags = (uint8_t)flags,
		.error = sqlite3_column_int(row, 14),
	};
	if (event->verdict == ABI_ALLOW)
		return 0;
	return candidates_read(query, sqlite3_column_int64(row, 0), event, err);
}

int query_events(struct query *query, const struct query_filter *filter,
		 event_fn *fn, void *ctx, int64_t *inout_last,
		 struct error *err)
{
	CLEANUP(statement_closep) sqlite3_stmt *row = NULL;
	int step, r = 0;

	if (sqlite3_prepare_v2(query->db, select_events, -1, &row, NULL) !=
	    SQLITE_OK)
		return sqlite_error(query, err);
	sqlite3_bind_int64(row, 1, filter->after_id);
	sqlite3_bind_int64(row, 2, (sqlite3_int64)filter->verdicts);
	sqlite3_bind_int64(row, 3, (sqlite3_int64)filter->ops);
	if (filter->path)
		sqlite3_bind_text(row, 4, filter->path, -1, SQLITE_STATIC);
	sqlite3_bind_int64(row, 5, filter->pid);
	if (filter->since_ns)
		sqlite3_bind_int64(row, 6,
				   filter->since_ns -
					   query->context.realtime_offset_ns);
	else
		sqlite3_bind_int64(row, 6, 0);
	while ((step = sqlite3_step(row)) == SQLITE_ROW) {
		struct event event;

		r = row_event(query, row, &event, err);
		if (r == 0)
			r = fn(ctx, &event);
		if (r < 0)
			return r;
		*inout_last = sqlite3_column_int64(row, 0);
	}
	return step == SQLITE_DONE ? 0 : sqlite_error(query, err);
}
