/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/store.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>

#include "base/error.h"
#include "base/own.h"
#include "terms/op.h"
#include "terms/verdict.h"
#include "trace/schema.h"
#include "trace/words.h"

enum statement {
	ADD_EVENT,
	ADD_CANDIDATE,
	ADD_RULE,
	ADD_RUN,
	ADD_LOSS,
	STATEMENTS
};

static const char *const statements[] = {
	[ADD_EVENT] = ("INSERT INTO event VALUES"
		       " (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
	[ADD_CANDIDATE] = "INSERT INTO candidate VALUES (?, ?, ?)",
	[ADD_RULE] = "INSERT INTO rule VALUES (?, ?, ?, ?, ?, ?, ?)",
	[ADD_RUN] = "INSERT OR REPLACE INTO run VALUES (?, ?)",
	[ADD_LOSS] = "INSERT INTO loss VALUES (?, ?, ?)",
};

struct store {
	sqlite3 *db;
	sqlite3_stmt *prepared[STATEMENTS];
	struct words *words;
	bool in_batch;
};

static int sqlite_error(const struct store *store, struct error *err)
{
	return error_say(err, -EIO, "trace: %s", sqlite3_errmsg(store->db));
}

static int execute(struct store *store, const char *sql, struct error *err)
{
	if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return sqlite_error(store, err);
	return 0;
}

/* Runs a statement that is bound, and makes it ready for the next time. */
static int step(struct store *store, enum statement which, struct error *err)
{
	int r = sqlite3_step(store->prepared[which]);

	sqlite3_reset(store->prepared[which]);
	if (r != SQLITE_DONE)
		return sqlite_error(store, err);
	return 0;
}

static int batch_begin(struct store *store, struct error *err)
{
	if (store->in_batch)
		return 0;
	store->in_batch = true;
	return execute(store, "BEGIN", err);
}

/* A column that refers to a word, or to nothing where there is none. */
static int bind_word(struct store *store, int column,
		     const struct event_text *text, struct error *err)
{
	sqlite3_stmt *s = store->prepared[ADD_EVENT];
	int64_t id = 0;
	int r;

	if (!text->len) {
		sqlite3_bind_null(s, column);
		return 0;
	}
	r = words_id(store->words, text->at, text->len, &id, err);
	if (r == 0)
		sqlite3_bind_int64(s, column, id);
	return r;
}

static int add_candidates(struct store *store, const struct event *event,
			  struct error *err)
{
	sqlite3_stmt *s = store->prepared[ADD_CANDIDATE];
	int64_t id = sqlite3_last_insert_rowid(store->db);
	int r = 0;

	for (size_t i = 0; i < event->candidate_count && r == 0; i++) {
		sqlite3_bind_int64(s, 1, id);
		sqlite3_bind_int(s, 2, (int)i);
		sqlite3_bind_int(s, 3, event->candidates[i]);
		r = step(store, ADD_CANDIDATE, err);
	}
	return r;
}

int store_add(struct store *store, const struct event *event, struct error *err)
{
	sqlite3_stmt *s = store->prepared[ADD_EVENT];
	int r = batch_begin(store, err);

	if (r == 0)
		r = bind_word(store, 6, &event->exe, err);
	if (r == 0)
		r = bind_word(store, 8, &event->object, err);
	if (r == 0)
		r = bind_word(store, 9, &event->object2, err);
	if (r < 0)
		return r;
	sqlite3_bind_int(s, 1, (int)event->source);
	sqlite3_bind_int64(s, 2, (int64_t)event->seq);
	sqlite3_bind_int64(s, 3, (int64_t)event->time_ns);
	sqlite3_bind_int64(s, 4, event->pid);
	sqlite3_bind_int64(s, 5, event->ppid);
	sqlite3_bind_int(s, 7, (int)event->op);
	sqlite3_bind_int(s, 10, (int)event->verdict);
	sqlite3_bind_int(s, 11, event->rule);
	sqlite3_bind_int(s, 12, (int)event->by);
	sqlite3_bind_int(s, 13, event->flags);
	sqlite3_bind_int(s, 14, event->error);
	r = step(store, ADD_EVENT, err);
	if (r == 0 && event->verdict != ABI_ALLOW)
		r = add_candidates(store, event, err);
	return r;
}

int store_add_loss(struct store *store, enum abi_source source,
		   const char *what, uint64_t count, struct error *err)
{
	sqlite3_stmt *s = store->prepared[ADD_LOSS];
	int r = batch_begin(store, err);

	if (r < 0)
		return r;
	sqlite3_bind_int(s, 1, (int)source);
	sqlite3_bind_text(s, 2, what, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(s, 3, (int64_t)count);
	return step(store, ADD_LOSS, err);
}

int store_commit(struct store *store, struct error *err)
{
	if (!store->in_batch)
		return 0;
	store->in_batch = false;
	return execute(store, "COMMIT", err);
}

static int add_run(struct store *store, const char *key, const char *value,
		   struct error *err)
{
	sqlite3_stmt *s = store->prepared[ADD_RUN];

	sqlite3_bind_text(s, 1, key, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(s, 2, value, -1, SQLITE_TRANSIENT);
	return step(store, ADD_RUN, err);
}

static int add_run_number(struct store *store, const char *key, int64_t value,
			  struct error *err)
{
	sqlite3_stmt *s = store->prepared[ADD_RUN];

	sqlite3_bind_text(s, 1, key, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(s, 2, value);
	return step(store, ADD_RUN, err);
}

int store_add_rules(struct store *store, const struct store_rule *rules,
		    size_t count, struct error *err)
{
	sqlite3_stmt *s = store->prepared[ADD_RULE];
	int r = batch_begin(store, err);

	for (size_t i = 0; i < count && r == 0; i++) {
		const struct store_rule *rule = &rules[i];

		sqlite3_bind_int64(s, 1, (int64_t)i);
		sqlite3_bind_text(s, 2, rule->profile, -1, SQLITE_TRANSIENT);
		sqlite3_bind_int(s, 3, rule->line);
		sqlite3_bind_int(s, 4, (int)rule->verdict);
		sqlite3_bind_text(s, 5, rule->object, -1, SQLITE_TRANSIENT);
		sqlite3_bind_text(s, 6, rule->reason, -1, SQLITE_TRANSIENT);
		sqlite3_bind_int(s, 7, rule->lock);
		r = step(store, ADD_RULE, err);
	}
	return r;
}

/* The words of the numbers: TABLE gets (i, NAME(i)) for all i below COUNT. */
static int add_names(struct store *store, const char *table, int count,
		     const char *(*name)(int), struct error *err)
{
	int r = 0;

	for (int i = 0; i < count && r == 0; i++) {
		char *sql;

		if (strcmp(name(i), "?") == 0)
			continue;
		sql = sqlite3_mprintf("INSERT INTO %s VALUES (%d, %Q)", table,
				      i, name(i));
		r = sql ? execute(store, sql, err)
			: error_set(err, -ENOMEM, "trace");
		sqlite3_free(sql);
	}
	return r;
}

static const char *name_of_op(int i)
{
	return op_name((enum abi_op)i);
}

static const char *name_of_verdict(int i)
{
	return verdict_name((enum abi_verdict)i);
}

static const char *name_of_source(int i)
{
	return event_source_name((enum abi_source)i);
}

static const char *name_of_by(int i)
{
	return event_by_name((enum abi_by)i);
}

static int add_all_names(struct store *store, struct error *err)
{
	int r = add_names(store, "op", ABI_OPS, name_of_op, err);

	if (r == 0)
		r = add_names(store, "verdict", ABI_VERDICTS, name_of_verdict,
			      err);
	if (r == 0)
		r = add_names(store, "source", ABI_SOURCES, name_of_source,
			      err);
	if (r == 0)
		r = add_names(store, "mechanism", ABI_BYS, name_of_by, err);
	return r;
}

static int add_head(struct store *store, const struct store_run *run,
		    struct error *err)
{
	const char *const texts[][2] = {
		{ "id", run->id },
		{ "task", run->task },
		{ "owner", run->owner },
		{ "profile", run->profile },
		{ "engine", run->engine },
		{ "command", run->command },
		{ "agentjail", AGENTJAIL_VERSION },
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(texts) && r == 0; i++)
		if (texts[i][1])
			r = add_run(store, texts[i][0], texts[i][1], err);
	if (r == 0)
		r = add_run_number(store, "realtime_offset_ns",
				   run->realtime_offset_ns, err);
	return r;
}

static int prepare(struct store *store, struct error *err)
{
	for (int i = 0; i < STATEMENTS; i++)
		if (sqlite3_prepare_v3(store->db, statements[i], -1,
				       SQLITE_PREPARE_PERSISTENT,
				       &store->prepared[i], NULL) != SQLITE_OK)
			return sqlite_error(store, err);
	return words_create(store->db, &store->words, err);
}

/*
 * Nothing waits for the disk while the run goes on: a killed supervisor loses
 * nothing that was committed, a machine that loses power may.
 */
static const char pragmas[] = "PRAGMA journal_mode = WAL;"
			      "PRAGMA synchronous = OFF;"
			      "PRAGMA temp_store = MEMORY;"
			      "PRAGMA cache_size = -1024;";

int store_create(const char *path, const struct store_run *run,
		 struct store **out_store, struct error *err)
{
	CLEANUP(store_closep) struct store *store = calloc(1, sizeof(*store));
	int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	int r;

	if (fd < 0)
		return error_set(err, -errno, "trace %s", path);
	close(fd);
	if (!store)
		return error_set(err, -ENOMEM, "trace %s", path);
	if (sqlite3_open_v2(path, &store->db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK)
		return sqlite_error(store, err);
	r = execute(store, pragmas, err);
	if (r == 0)
		r = execute(store, "BEGIN", err);
	if (r == 0)
		r = execute(store, schema_create, err);
	if (r == 0)
		r = prepare(store, err);
	if (r == 0)
		r = add_all_names(store, err);
	if (r == 0)
		r = add_head(store, run, err);
	if (r == 0)
		r = execute(store, "COMMIT", err);
	if (r < 0)
		return r;
	*out_store = TAKE_PTR(store);
	return 0;
}

int store_seal(struct store *store, int status, const char *status_text,
	       struct error *err)
{
	int r = batch_begin(store, err);

	if (r == 0)
		r = add_run_number(store, "status", status, err);
	if (r == 0)
		r = add_run(store, "end", status_text, err);
	if (r == 0)
		r = execute(store, schema_seal, err);
	if (r == 0)
		r = store_commit(store, err);
	return r;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(store->prepared[i]);
	words_free(store->words);
	sqlite3_close(store->db);
	free(store);
}
