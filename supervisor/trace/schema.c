/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/schema.h"

/*
 * Numbers are those of bpf/abi.h; the small tables beside `event` say their
 * words, so that the file explains itself. A word may have several ids: the
 * writer remembers the latest ones only. Indexes come with the seal, since
 * they would cost a run most of its writing speed.
 */
const char schema_create[] =
	"CREATE TABLE run (key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
	"CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL);"
	"CREATE TABLE op (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
	"CREATE TABLE verdict (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
	"CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
	"CREATE TABLE mechanism (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
	"CREATE TABLE rule (id INTEGER PRIMARY KEY, profile TEXT, line INTEGER,"
	" verdict INTEGER, object TEXT, reason TEXT, lock INTEGER);"
	"CREATE TABLE event (id INTEGER PRIMARY KEY, source INTEGER NOT NULL,"
	" seq INTEGER NOT NULL, time_ns INTEGER NOT NULL, pid INTEGER,"
	" ppid INTEGER, exe INTEGER, op INTEGER NOT NULL, object INTEGER,"
	" object2 INTEGER, verdict INTEGER NOT NULL, rule INTEGER,"
	" mechanism INTEGER, flags INTEGER, error INTEGER);"
	"CREATE TABLE candidate (event INTEGER NOT NULL, place INTEGER,"
	" rule INTEGER NOT NULL);"
	"CREATE TABLE loss (source INTEGER NOT NULL, what TEXT NOT NULL,"
	" count INTEGER NOT NULL);"
	"CREATE VIEW events AS SELECT event.id AS id, source.name AS source,"
	" event.seq AS seq,"
	" strftime('%Y-%m-%dT%H:%M:%fZ', (event.time_ns + offset.value)"
	" / 1000000000.0, 'unixepoch') AS time, event.pid AS pid,"
	" event.ppid AS ppid, exe.text AS exe, op.name AS op,"
	" object.text AS object, object2.text AS object2,"
	" verdict.name AS verdict, rule.profile AS profile,"
	" rule.line AS line, rule.reason AS reason,"
	" mechanism.name AS by, event.error AS error, event.flags AS flags"
	" FROM event JOIN run AS offset ON offset.key = 'realtime_offset_ns'"
	" JOIN source ON source.id = event.source"
	" JOIN op ON op.id = event.op"
	" JOIN verdict ON verdict.id = event.verdict"
	" JOIN mechanism ON mechanism.id = event.mechanism"
	" LEFT JOIN word AS exe ON exe.id = event.exe"
	" LEFT JOIN word AS object ON object.id = event.object"
	" LEFT JOIN word AS object2 ON object2.id = event.object2"
	" LEFT JOIN rule ON rule.id = event.rule;"
	"PRAGMA user_version = " SCHEMA_VERSION ";";

const char schema_seal[] =
	"CREATE INDEX event_by_source ON event (source, seq);"
	"CREATE INDEX event_by_verdict ON event (verdict) WHERE verdict > 0;"
	"CREATE INDEX candidate_by_event ON candidate (event);"
	"CREATE INDEX word_by_text ON word (text);";
