/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/programs.h"

#include <stdlib.h>
#include <string.h>

#include "base/own.h"

/* uthash ends the process where memory is short unless it is told not to. */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

/* Beyond it ends of processes must have been lost, and names would pile up. */
#define PROCESSES_MAX 65536

/* One name for all the processes that inherited it. */
struct program {
	unsigned int users;
	size_t len;
	char text[];
};

struct process {
	uint32_t pid;
	struct program *program;
	UT_hash_handle hh;
};

struct programs {
	struct process *processes;
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

void programs_free(struct programs *programs)
{
	struct process *process;
	struct process *next;

	if (!programs)
		return;
	HASH_ITER(hh, programs->processes, process, next)
	{
		HASH_DEL(programs->processes, process);
		program_leave(process->program);
		free(process);
	}
	free(programs);
}

static struct process *find(const struct programs *programs, uint32_t pid)
{
	struct process *process = NULL;

	HASH_FIND(hh, programs->processes, &pid, sizeof(pid), process);
	return process;
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

	if (!process)
		return;
	HASH_DEL(programs->processes, process);
	program_leave(process->program);
	free(process);
}

/* PID runs PROGRAM, which gets one user more if there is room. */
static void process_add(struct programs *programs, uint32_t pid,
			struct program *program)
{
	CLEANUP(freep) struct process *process = NULL;

	if (HASH_COUNT(programs->processes) >= PROCESSES_MAX)
		return;
	process = calloc(1, sizeof(*process));
	if (!process)
		return;
	process->pid = pid;
	process->program = program;
	HASH_ADD(hh, programs->processes, pid, sizeof(process->pid), process);
	if (!find(programs, pid))
		return;
	program->users++;
	process = NULL; /* the table's now */
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
