# Loaded after lib: whether a secret stands in a file, as octets, as hex or as base64;
# and what stood in the arguments and the environment of processes.
# shellcheck shell=bash

# base64_forms HEX: what base64 makes of these octets at each of the three places in a group, less
# the digits that the neighbours would change; both alphabets
base64_forms() {
	local pad text drop=(0 2 3)
	for pad in 0 1 2; do
		text=$(printf '%s%s' "$(printf '00%.0s' $(seq "$pad"))" "$1" | tail -c $((2 * pad + ${#1})) |
			sed 's/../\\x&/g' | xargs -0 printf '%b' | base64 -w0)
		text=${text%%=*}
		[ $(((pad + ${#1} / 2) % 3)) -eq 0 ] || text=${text%?}
		text=${text:${drop[pad]}}
		printf '%s\n%s\n' "$text" "$(tr '+/' '-_' <<<"$text")"
	done
}

# leaks FOLDER < SECRETS: the files below FOLDER that hold one of the secrets (hex, a line each)
leaks() {
	local secret text file
	: >patterns
	: >octets
	while read -r secret; do
		[ "${#secret}" -ge 16 ] || continue
		text=$(printf '%s' "$secret" | od -An -v -tx1 | tr -d ' \n')
		{
			printf '%s\n%s\n' "$secret" "${secret^^}"
			base64_forms "$secret"
			base64_forms "$text"
		} >>patterns
		printf '%s\n' "$secret" >>octets
	done
	[ -s patterns ] || {
		echo "no secrets were given"
		return
	}
	grep -rlF -f patterns "$1" || true
	find "$1" -type f | while read -r file; do
		if od -An -v -tx1 "$file" | tr -d ' \n' | grep -qF -f octets; then echo "$file"; fi
	done
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
