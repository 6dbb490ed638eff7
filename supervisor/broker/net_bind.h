/* SPDX-License-Identifier: Apache-2.0 */
/* net_bind.h - bind and listen on the agent's behalf. */
#pragma once

struct work;

int bind_answer(struct work *work);
int listen_answer(struct work *work);
