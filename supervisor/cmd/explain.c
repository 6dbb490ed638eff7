/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/explain.h"

#include <assert.h>
#include <string.h>

#include "base/own.h"
#include "cmd/profile_args.h"
#include "terms/op.h"
#include "terms/verdict.h"

/* The words that stand for a mask, the widest first. */
static const char *const words[] = { "modify", "read",	 "write", "append",
				     "create", "delete", "meta" };

static void append(char *buf, size_t size, const char *word)
{
	const size_t len = strlen(buf);

	snprintf(buf + len, size - len, " %s", word);
}

const char *explain_words(const struct policy_rule *rule, char *buf,
			  size_t size)
{
	uint32_t left = rule->ops;

	snprintf(buf, size, "%s", verdict_name(rule->verdict));
	if (rule->cls == PROFILE_FILES && (left & OPS_READ)) {
		append(buf, size, "read");
		left &= ~OPS_READ;
	}
	for (size_t i = 0; rule->cls == PROFILE_FILES && i < ARRAY_SIZE(words);
	     i++) {
		const uint32_t mask = op_file_mask(words[i]);

		if ((left & mask) != mask)
			continue;
		append(buf, size, words[i]);
		left &= ~mask;
	}
	if (rule->names_append && (rule->ops & OPS_WRITE) == OPS_WRITE)
		append(buf, size, "append");
	if (left & OP_BIT(ABI_OP_CONNECT))
		append(buf, size, "connect");
	if (left & OP_BIT(ABI_OP_LISTEN))
		append(buf, size, "listen");
	return buf;
}

void explain_place(const struct policy_rule *rule)
{
	print_text(rule->profile);
	if (rule->line)
		printf(":%d", rule->line);
}

/* "notify, landlock", into BUF. Returns BUF. */
static const char *by_words(uint32_t by, char *buf, size_t size)
{
	buf[0] = '\0';
	for (unsigned i = 0; i < ABI_BYS; i++) {
		const size_t len = strlen(buf);

		if (by >> i & 1)
			snprintf(buf + len, size - len, "%s%s", len ? ", " : "",
				 plan_by_name(i));
	}
	return buf;
}

void explain_item(const struct plan_item *item)
{
	char by[128];

	fputs(plan_state_name(item->state), stdout);
	if (item->state < PLAN_OBSERVED && item->by)
		printf(" by %s", by_words(item->by, by, sizeof(by)));
	if (item->why)
		printf(": %s", item->why);
}

/* How far the line has come that objects are put on. */
#define LINE_MAX_COLUMNS 80
#define INDENT 6

static void indent(void)
{
	printf("%*s", INDENT, "");
}

/* Prints TEXT as one more of a list, on a new line where this one is full. */
static void list_put(size_t *io_column, const char *text, const char *leads_to)
{
	const size_t len = strlen(text) + (leads_to ? strlen(leads_to) + 4 : 0);

	if (*io_column && *io_column + len + 3 > LINE_MAX_COLUMNS) {
		fputs(",\n", stdout);
		*io_column = 0;
	}
	if (*io_column) {
		fputs(", ", stdout);
		*io_column += 2;
	} else {
		indent();
		*io_column = INDENT;
	}
	print_text(text);
	if (leads_to) {
		fputs(" -> ", stdout);
		print_text(leads_to);
	}
	*io_column += len;
}

bool explain_is_same(const struct policy *policy, int a, int b)
{
	const struct policy_rule *rule = policy_rule(policy, a);
	const struct policy_rule *other = policy_rule(policy, b);

	return rule && other && rule->cls == other->cls &&
	       rule->line == other->line &&
	       strcmp(rule->profile, other->profile) == 0 &&
	       rule->ops == other->ops && rule->verdict == other->verdict &&
	       rule->binds_nothing == other->binds_nothing;
}

/* Whether A and B are one rule of a profile, in one state. */
static bool is_same(const struct policy *policy, const struct plan *plan, int a,
		    int b)
{
	const struct plan_item *item = &plan->rules[a];
	const struct plan_item *its = &plan->rules[b];

	return explain_is_same(policy, a, b) && item->state == its->state &&
	       item->by == its->by && item->why == its->why;
}

static const char *leads_to(const struct policy *policy, int index)
{
	const struct policy_path *path = policy_rule_path(policy, index);

	if (!path || strcmp(path->canonical, path->anchor) == 0)
		return NULL;
	return path->canonical;
}

static void group_head(const struct policy_rule *rule,
		       const struct plan_item *item)
{
	char buf[128];

	printf("  %s (", explain_words(rule, buf, sizeof(buf)));
	explain_place(rule);
	fputs(rule->lock ? ", locked)" : ")", stdout);
	if (rule->reason) {
		fputs(": ", stdout);
		print_text(rule->reason);
	}
	putchar('\n');
	indent();
	if (rule->binds_nothing)
		fputs(item->why, stdout);
	else
		explain_item(item);
	putchar('\n');
}

/* The rules that stand beside FIRST and are the same, as one. */
static void group_print(const struct policy *policy, const struct plan *plan,
			int first)
{
	size_t column = 0;

	group_head(policy_rule(policy, first), &plan->rules[first]);
	for (int i = first; is_same(policy, plan, first, i); i++)
		list_put(&column, policy_rule(policy, i)->object,
			 leads_to(policy, i));
	putchar('\n');
}

static void class_print(const struct policy *policy, const struct plan *plan,
			enum profile_class cls)
{
	printf("%s\n", profile_class_name(cls));
	for (int i = 0; i < (int)policy_rule_count(policy); i++)
		if (policy_rule(policy, i)->cls == cls &&
		    (!i || !is_same(policy, plan, i, i - 1)))
			group_print(policy, plan, i);
	printf("  otherwise %s\n", verdict_name(policy_otherwise(policy, cls)));
	indent();
	explain_item(&plan->otherwise[cls]);
	putchar('\n');
}

static void limits_print(const struct profile_settings *settings)
{
	char buf[UNITS_TEXT_MAX];
	size_t shown = 0;

	for (int i = 0; i < LIMIT_TIME_VERDICT; i++)
		if (settings->has_limit[i])
			printf("%s %s %s", shown++ ? "," : "",
			       profile_limit_name(i),
			       profile_limit_text(i, settings->limits[i], buf));
	if (settings->has_limit[LIMIT_TIME])
		printf(", then %s",
		       verdict_name((enum abi_verdict)settings
					    ->limits[LIMIT_TIME_VERDICT]));
	if (!shown)
		fputs(" none", stdout);
}

static void tmp_print(const struct profile_settings *settings)
{
	fputs(settings->tmp == TMP_PRIVATE ? " private" : " host", stdout);
}

static void hide_print(const struct profile_settings *settings)
{
	for (size_t i = 0; i < settings->hide_count; i++) {
		fputs(i ? ", " : " ", stdout);
		print_text(settings->hide[i].anchor);
	}
	if (!settings->hide_count)
		fputs(" nothing", stdout);
}

static void trace_print(const struct profile_settings *settings)
{
	char buf[UNITS_TEXT_MAX];

	printf(" %s", units_size_text(settings->trace_size, buf));
}

static void death_print(const struct profile_settings *settings)
{
	fputs(settings->on_supervisor_death == DEATH_KILL ? " kill" : " freeze",
	      stdout);
}

static void (*const setting_prints[])(
	const struct profile_settings *settings) = {
	[PLAN_LIMITS] = limits_print, [PLAN_TMP] = tmp_print,
	[PLAN_HIDE] = hide_print,     [PLAN_TRACE] = trace_print,
	[PLAN_DEATH] = death_print,
};

static_assert(ARRAY_SIZE(setting_prints) == PLAN_SETTINGS, "one for each");

static void names_print(const char *what, const struct profile_text *names,
			size_t count)
{
	printf("  %s\n", what);
	for (size_t i = 0, column = 0; i < count; i++)
		list_put(&column, names[i].text, NULL);
	puts(count ? "" : "      nothing");
}

static void environment_print(const struct profile_settings *settings)
{
	puts("environment");
	if (settings->has_only)
		names_print("keeps only", settings->only, settings->only_count);
	else
		names_print("keeps, besides the usual", settings->keep,
			    settings->keep_count);
	if (settings->set_count)
		puts("  sets");
	for (size_t i = 0; i < settings->set_count; i++) {
		indent();
		print_text(settings->set[i].name);
		putchar('=');
		print_text(settings->set[i].value);
		putchar('\n');
	}
}

static void setting_print(const struct policy *policy, const struct plan *plan,
			  enum plan_setting setting)
{
	const struct plan_item *item = &plan->settings[setting];

	printf("  %s:", plan_setting_name(setting));
	setting_prints[setting](policy_settings(policy));
	putchar('\n');
	/* What asks for nothing is not called enforced either. */
	if (item->state == PLAN_ENFORCED && !item->by)
		return;
	indent();
	explain_item(item);
	putchar('\n');
}

void explain_print(const struct policy *policy, const struct plan *plan)
{
	size_t counts[PLAN_STATES] = { 0 };

	for (int cls = 0; cls < PROFILE_CLASSES; cls++)
		class_print(policy, plan, cls);
	puts("settings");
	for (int i = 0; i < PLAN_SETTINGS; i++)
		setting_print(policy, plan, i);
	environment_print(policy_settings(policy));
	for (size_t i = 0; i < plan->rule_count; i++)
		counts[plan->rules[i].state]++;
	printf("\n%zu rules", plan->rule_count);
	for (int i = 0; i < PLAN_STATES; i++)
		if (counts[i])
			printf(", %zu %s", counts[i], plan_state_name(i));
	putchar('\n');
}
