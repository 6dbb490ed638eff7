/* SPDX-License-Identifier: Apache-2.0 */
/* calls.h - which handler answers which call. */
#pragma once

#include "broker/work.h"

/* The handler of the call NUMBER: what has none of its own is a power. */
work_handler *call_handler(int number);
