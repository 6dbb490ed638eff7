/* SPDX-License-Identifier: Apache-2.0 */
/* commands.h - agentjail's commands: options to calls to an exit status. */
#pragma once

int cmd_run(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_profile(int argc, char **argv);
int cmd_why(int argc, char **argv);
