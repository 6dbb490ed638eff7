#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# guest: no
#
# What README.md shows comes out as it shows it: the commands of its console
# sessions, in their order, in a home that has nothing in it.
. "$TREE/tests/lib/live.sh"

need git gcc python3
cd "$TREE"
: >"$HOME/.bashrc"
python3 tests/lib/sessions.py README.md
