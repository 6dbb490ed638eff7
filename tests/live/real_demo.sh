#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# guest: no
#
# The demonstration comes out as it says.
. "$TREE/tests/lib/live.sh"

need git gcc
"$TREE/tests/lib/demo"
