/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/scope.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "base/error.h"
#include "base/own.h"

#define SYSTEMD "org.freedesktop.systemd1"
#define MANAGER SYSTEMD ".Manager"
#define PLACE "/org/freedesktop/systemd1"
#define ANSWER_US 5000000u

/* The job that makes the scope, and how it ended. */
struct job {
	const char *path; /* NULL: not known yet */
	bool ended;
	bool done;
};

static void bus_endp(sd_bus **bus)
{
	sd_bus_flush_close_unref(*bus);
}

static void messagep(sd_bus_message **message)
{
	sd_bus_message_unref(*message);
}

static void slotp(sd_bus_slot **slot)
{
	sd_bus_slot_unref(*slot);
}

static void bus_errorp(sd_bus_error *error)
{
	sd_bus_error_free(error);
}

/* JobRemoved(u id, o job, s unit, s result) */
static int on_removed(sd_bus_message *message, void *ctx, sd_bus_error *error)
{
	const char *path = NULL, *unit = NULL, *result = NULL;
	struct job *job = ctx;
	uint32_t id;

	(void)error;
	if (sd_bus_message_read(message, "uoss", &id, &path, &unit, &result) <
	    0)
		return 0;
	if (!job->path || strcmp(job->path, path) != 0)
		return 0;
	job->ended = true;
	job->done = strcmp(result, "done") == 0;
	return 0;
}

static int bus_open(sd_bus **out_bus, struct error *err)
{
	int r;

	if (sd_booted() <= 0)
		return error_say(err, -ENOENT, "systemd does not run here");
	r = geteuid() == 0 ? sd_bus_open_system(out_bus)
			   : sd_bus_open_user(out_bus);
	if (r < 0)
		return error_set(err, r, "systemd's bus");
	sd_bus_set_method_call_timeout(*out_bus, ANSWER_US);
	return 0;
}

/* Returns 0 with the job's path, which lives as long as *out_reply. */
static int scope_ask(sd_bus *bus, const char *name, pid_t pid, struct job *job,
		     sd_bus_message **out_reply, struct error *err)
{
	CLEANUP(bus_errorp) sd_bus_error refused = SD_BUS_ERROR_NULL;
	char unit[256];
	int r;

	snprintf(unit, sizeof(unit), "agentjail-%s.scope", name);
	r = sd_bus_call_method(
		bus, SYSTEMD, PLACE, MANAGER, "StartTransientUnit", &refused,
		out_reply, "ssa(sv)a(sa(sv))", unit, "fail", 4, "Description",
		"s", "The jail of an agent", "Delegate", "b", true, "PIDs",
		"au", 1, (uint32_t)pid, "CollectMode", "s",
		"inactive-or-failed", 0);
	if (r < 0)
		return error_say(err, r, "systemd: %s",
				 refused.message ? refused.message
						 : "no answer");
	r = sd_bus_message_read(*out_reply, "o", &job->path);
	return r < 0 ? error_set(err, r, "systemd's answer") : 0;
}

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static int job_await(sd_bus *bus, const struct job *job, struct error *err)
{
	const uint64_t end = now_us() + ANSWER_US;
	int r = 0;

	while (!job->ended) {
		const uint64_t now = now_us();

		if (now >= end)
			return error_set(err, -ETIMEDOUT, "systemd's scope");
		r = sd_bus_process(bus, NULL);
		if (r == 0)
			r = sd_bus_wait(bus, end - now);
		if (r < 0 && r != -EINTR)
			return error_set(err, r, "systemd's bus");
	}
	if (!job->done)
		return error_say(err, -ECANCELED,
				 "systemd did not make the scope");
	return 0;
}

int scope_start(const char *name, pid_t pid, struct error *err)
{
	CLEANUP(bus_endp) sd_bus *bus = NULL;
	CLEANUP(messagep) sd_bus_message *reply = NULL;
	CLEANUP(slotp) sd_bus_slot *slot = NULL;
	struct job job = { 0 };
	int r = bus_open(&bus, err);

	if (r < 0)
		return r;
	/* Before it is asked: the job may end before the answer is read. */
	r = sd_bus_match_signal(bus, &slot, SYSTEMD, PLACE, MANAGER,
				"JobRemoved", on_removed, &job);
	if (r < 0)
		return error_set(err, r, "systemd's bus");
	r = scope_ask(bus, name, pid, &job, &reply, err);
	return r < 0 ? r : job_await(bus, &job, err);
}

int scope_probe(struct error *err)
{
	CLEANUP(bus_endp) sd_bus *bus = NULL;

	return bus_open(&bus, err);
}
