#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# timeout: 3600
#
# The exit status is the command's own, for a thousand statuses and signals.
export CHECK_ROUNDS=500
. "$TREE/tests/live/run_status.sh"
