/* SPDX-License-Identifier: Apache-2.0 */
/* rename.h - rename and link in all their forms, on the agent's behalf. */
#pragma once

struct work;

int rename_answer(struct work *work);
int renameat_answer(struct work *work);
int renameat2_answer(struct work *work);
int link_answer(struct work *work);
int linkat_answer(struct work *work);
