#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the console sessions of a document and compares what they print.

sessions.py FILE: takes FILE's ```console blocks as one session of a shell.
"$ " begins a command, "> " continues it, all else is its output, in any order,
since a program in a jail and its supervisor both write: "..." stands for any
text, alone in its line for any lines, a line number behind .yaml: for any
other, and the home directory is written ~.
"""
import os
import re
import subprocess
import sys

MARK = "--end-of-output--"


def commands_of(path):
    """Pairs of a command and the lines that it shall print."""
    text = open(path, encoding="utf-8").read()
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.M | re.S):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append([line[2:], []])
            elif line.startswith("> "):
                found[-1][0] += "\n" + line[2:]
            else:
                found[-1][1].append(line)
    return found


def line_matches(want, got):
    regex = re.escape(want).replace(re.escape("..."), ".*")
    return re.fullmatch(re.sub(r"(\.yaml:)\d+", r"\1\\d+", regex), got)


def matches(want, got):
    left = list(got)
    for line in want:
        fit = [g for g in left if line_matches(line, g)]
        if line != "...":
            if not fit:
                return False
            left.remove(fit[0])
    return not left or "..." in want


def main():
    shell = subprocess.Popen(["bash", "--norc"], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, env=dict(os.environ, PS1="", PS2=""))
    commands = commands_of(sys.argv[1])
    wrong = 0
    if not commands:
        sys.exit(f"{sys.argv[1]} has no console session")
    for command, want in commands:
        shell.stdin.write(f"{command}\necho {MARK}\n")
        shell.stdin.flush()
        got = []
        while (line := shell.stdout.readline()) and line.strip() != MARK:
            got.append(line.rstrip("\n").replace(os.environ["HOME"], "~"))
        if not line:
            sys.exit(f"the shell ended at: {command}")
        if not matches(want, got):
            wrong += 1
            print(f"$ {command}\nshall print:", *want, sep="\n  ")
            print("and prints:", *got, sep="\n  ")
    print(f"{len(commands)} commands, {wrong} wrong")
    sys.exit(wrong != 0)


main()
