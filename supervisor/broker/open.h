/* SPDX-License-Identifier: Apache-2.0 */
/* open.h - open, creat, openat, openat2 on the agent's behalf. */
#pragma once

struct work;

int open_answer(struct work *work);
int creat_answer(struct work *work);
int openat_answer(struct work *work);
int openat2_answer(struct work *work);

/* Takes back the file that was made for a call that could not be given it. */
void open_undo(struct work *work);
