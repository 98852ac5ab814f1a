# SPDX-License-Identifier: Apache-2.0
# Loaded after lib: whether a secret stands in a file; and what stood in the arguments and the environment of processes.
# shellcheck shell=bash

# leaks FOLDER < SECRETS: the files below FOLDER that hold one of the secrets (hex, a line each)
leaks() {
	"$ROOT/t/leaks" "$1"
}

# traced LOG COMMAND...: argv and environ of every process that the command starts
traced() {
	local log=$1
	shift
	strace -f -xx -v -s 9999999 -e trace=execve,execveat -o "$log" "$@"
}

# words LOG: every argument and variable of the log, as it was, a line each
words() {
	printf '%b\n' "$(grep -o '"[^"]*"' "$1" | tr -d '"')"
}
