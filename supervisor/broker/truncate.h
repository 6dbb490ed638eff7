/* SPDX-License-Identifier: Apache-2.0 */
/* truncate.h - truncate(2) on the agent's behalf. */
#pragma once

struct work;

int truncate_answer(struct work *work);
