/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/programs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define BUCKETS 1024 /* pids are dense: their low bits spread them well */

/* Beyond it ends of processes must have been lost, and names would pile up. */
#define PROCESSES_MAX 65536

/* One name for all the processes that inherited it. */
struct program {
	unsigned int users;
	size_t len;
	char text[];
};

struct process {
	LIST_ENTRY(process) link;
	uint32_t pid;
	struct program *program;
};

LIST_HEAD(bucket, process);

struct programs {
	struct bucket buckets[BUCKETS];
	size_t count;
};

struct programs *programs_create(void)
{
	return calloc(1, sizeof(struct programs));
}

static void program_leave(struct program *program)
{
	if (--program->users == 0)
		free(program);
}

static void process_remove(struct programs *programs, struct process *process)
{
	LIST_REMOVE(process, link);
	programs->count--;
	program_leave(process->program);
	free(process);
}

void programs_free(struct programs *programs)
{
	if (!programs)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while (!LIST_EMPTY(&programs->buckets[i]))
			process_remove(programs,
				       LIST_FIRST(&programs->buckets[i]));
	free(programs);
}

static struct process *find(const struct programs *programs, uint32_t pid)
{
	struct process *at = LIST_FIRST(&programs->buckets[pid % BUCKETS]);

	while (at && at->pid != pid)
		at = LIST_NEXT(at, link);
	return at;
}

struct event_text programs_get(const struct programs *programs, uint32_t pid)
{
	const struct process *process = find(programs, pid);

	if (!process)
		return (struct event_text){ NULL, 0 };
	return (struct event_text){ process->program->text,
				    process->program->len };
}

void programs_forget(struct programs *programs, uint32_t pid)
{
	struct process *process = find(programs, pid);

	if (process)
		process_remove(programs, process);
}

/* PID, which is not there, runs PROGRAM; that has one user more then. */
static void process_add(struct programs *programs, uint32_t pid,
			struct program *program)
{
	struct process *process;

	if (programs->count == PROCESSES_MAX)
		return;
	process = malloc(sizeof(*process));
	if (!process)
		return;
	process->pid = pid;
	process->program = program;
	program->users++;
	LIST_INSERT_HEAD(&programs->buckets[pid % BUCKETS], process, link);
	programs->count++;
}

void programs_set(struct programs *programs, uint32_t pid,
		  struct event_text text)
{
	struct program *program = malloc(sizeof(*program) + text.len);

	programs_forget(programs, pid);
	if (!program)
		return;
	program->users = 1;
	program->len = text.len;
	memcpy(program->text, text.at, text.len);
	process_add(programs, pid, program);
	program_leave(program);
}

void programs_inherit(struct programs *programs, uint32_t pid, uint32_t from)
{
	const struct process *parent;

	/* A process of that number whose end was lost. */
	programs_forget(programs, pid);
	parent = find(programs, from);
	if (parent)
		process_add(programs, pid, parent->program);
}
