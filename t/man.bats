#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

# The text of a manual page's section, without its layout.
section() {
	mandoc -Tascii "$ROOT/man/$1.1" | col -bx | sed -n "/^$2\$/,/^[A-Z]/{/^ /p;}"
}

squeeze() {
	tr -s ' \n' ' ' | sed 's/^ //; s/ $//; s/ *| */|/g; s/ \.\.\./.../g'
}

# The SYNOPSIS is --help's, and both name the same options.
agrees() {
	"$1" --help >help
	section "$1" SYNOPSIS | squeeze >want
	sed -n '/^usage: /,/^$/p' help | sed 's/^usage: //' | squeeze >got
	diff -u want got
	# the options of a tool with verbs are its verbs'
	local verb
	for verb in $(sed -nE "/^usage: /,/^$/s/^(usage: |       )$1 (--state DIR \\[--device DIR\\] )?([a-z]+)( .*|$)/\\3/p" help | sort -u); do
		"$1" "$verb" --help >>help || return
	done
	grep -oE '^  (-[a-zA-Z], |    )--[a-z0-9-]+' help | grep -oE -- '--[a-z0-9-]+' |
		grep -vE '^--(help|version|input|output)$' | sort -u >options
	mandoc -Tascii "$ROOT/man/$1.1" | col -bx | grep -oE -- '--[a-z0-9][a-z0-9-]*' | sort -u >page
	comm -23 options page >missing
	section "$1" SYNOPSIS | grep -oE -- '--[a-z0-9][a-z0-9-]*' | sort -u | comm -23 - options >unknown
	cat missing unknown
	[ ! -s missing ]
	[ ! -s unknown ]
}

# The EXAMPLES run as they stand, in one shell, and print what the page says.
runs() {
	awk '/^\.Sh/ { on = /EXAMPLES/ } on && /^\.Bd/ { lit = 1; next } /^\.Ed/ { lit = 0 } on && lit' "$ROOT/man/$1.1" |
		sed 's/\\e/\\/g; s/\\&//g' >example
	[ -s example ]
	{
		echo 'umask 077; set -o pipefail'
		sed -n 's/^\$ //p' example
	} >script
	sed '/^\$ /d; /^$/d' example >want
	(umask 077; bash script >got 2>err) || true
	[ ! -s err ] || {
		cat err
		return 1
	}
	diff -u want got
}

@test "auc-av(1): SYNOPSIS and options are those of --help" {
	agrees auc-av
}

@test "auc-av(1): EXAMPLES run as they stand" {
	runs auc-av
}

@test "bootstrap-sign(1): SYNOPSIS and options are those of --help" {
	agrees bootstrap-sign
}

@test "bootstrap-sign(1): EXAMPLES run as they stand" {
	runs bootstrap-sign
}

@test "m2m-chart(1): SYNOPSIS and options are those of --help" {
	agrees m2m-chart
}

@test "m2m-chart(1): EXAMPLES run as they stand" {
	runs m2m-chart
}

@test "m2m-keygen(1): SYNOPSIS and options are those of --help" {
	agrees m2m-keygen
}

@test "m2m-keygen(1): EXAMPLES run as they stand" {
	runs m2m-keygen
}

@test "m2m-note(1): SYNOPSIS and options are those of --help" {
	agrees m2m-note
}

@test "m2m-note(1): EXAMPLES run as they stand" {
	runs m2m-note
}

@test "m2m-register(1): SYNOPSIS and options are those of --help" {
	agrees m2m-register
}

@test "m2m-register(1): EXAMPLES run as they stand" {
	runs m2m-register
}

@test "m2m-walk(1): SYNOPSIS and options are those of --help" {
	agrees m2m-walk
}

@test "m2m-walk(1): EXAMPLES run as they stand" {
	runs m2m-walk
}

@test "m2m-personalize(1): SYNOPSIS and options are those of --help" {
	agrees m2m-personalize
}

@test "m2m-personalize(1): EXAMPLES run as they stand" {
	runs m2m-personalize
}

@test "m2meobj-make(1): SYNOPSIS and options are those of --help" {
	agrees m2meobj-make
}

@test "m2meobj-make(1): EXAMPLES run as they stand" {
	runs m2meobj-make
}

@test "mcim-unwrap(1): SYNOPSIS and options are those of --help" {
	agrees mcim-unwrap
}

@test "mcim-unwrap(1): EXAMPLES run as they stand" {
	runs mcim-unwrap
}

@test "mcim-wrap(1): SYNOPSIS and options are those of --help" {
	agrees mcim-wrap
}

@test "mcim-wrap(1): EXAMPLES run as they stand" {
	runs mcim-wrap
}

@test "mcim-rules(1): SYNOPSIS and options are those of --help" {
	agrees mcim-rules
}

@test "mcim-rules(1): EXAMPLES run as they stand" {
	runs mcim-rules
}

@test "mcimobj-make(1): SYNOPSIS and options are those of --help" {
	agrees mcimobj-make
}

@test "mcimobj-make(1): EXAMPLES run as they stand" {
	runs mcimobj-make
}

@test "milenage(1): SYNOPSIS and options are those of --help" {
	agrees milenage
}

@test "milenage(1): EXAMPLES run as they stand" {
	runs milenage
}

@test "pcid-issue(1): SYNOPSIS and options are those of --help" {
	agrees pcid-issue
}

@test "pcid-issue(1): EXAMPLES run as they stand" {
	runs pcid-issue
}

@test "pva-verify(1): SYNOPSIS and options are those of --help" {
	agrees pva-verify
}

@test "pva-verify(1): EXAMPLES run as they stand" {
	runs pva-verify
}

@test "ro-drf-lookup(1): SYNOPSIS and options are those of --help" {
	agrees ro-drf-lookup
}

@test "ro-drf-lookup(1): EXAMPLES run as they stand" {
	runs ro-drf-lookup
}

@test "sho-subscribe(1): SYNOPSIS and options are those of --help" {
	agrees sho-subscribe
}

@test "sho-subscribe(1): EXAMPLES run as they stand" {
	runs sho-subscribe
}

@test "tre-sim(1): SYNOPSIS and options are those of --help" {
	agrees tre-sim
}

@test "tre-sim(1): EXAMPLES run as they stand" {
	runs tre-sim
}

@test "vno-auth(1): SYNOPSIS and options are those of --help" {
	agrees vno-auth
}

@test "vno-auth(1): EXAMPLES run as they stand" {
	runs vno-auth
}

@test "ota-unwrap(1): SYNOPSIS and options are those of --help" {
	agrees ota-unwrap
}

@test "ota-unwrap(1): EXAMPLES run as they stand" {
	runs ota-unwrap
}

@test "ota-wrap(1): SYNOPSIS and options are those of --help" {
	agrees ota-wrap
}

@test "ota-wrap(1): EXAMPLES run as they stand" {
	runs ota-wrap
}

@test "tuak(1): SYNOPSIS and options are those of --help" {
	agrees tuak
}

@test "tuak(1): EXAMPLES run as they stand" {
	runs tuak
}

@test "uicc-keys(1): SYNOPSIS and options are those of --help" {
	agrees uicc-keys
}

@test "uicc-keys(1): EXAMPLES run as they stand" {
	runs uicc-keys
}

@test "uicc-sim(1): SYNOPSIS and options are those of --help" {
	agrees uicc-sim
}

@test "uicc-sim(1): EXAMPLES run as they stand" {
	runs uicc-sim
}

@test "vno-permit(1): SYNOPSIS and options are those of --help" {
	agrees vno-permit
}

@test "vno-permit(1): EXAMPLES run as they stand" {
	runs vno-permit
}

@test "m2m-exit(7) has each REASON that a tool may give, and no other" {
	# as they stand in a refusal, in a table of reasons, or as an argument that becomes one
	cat "$ROOT"/src/*/*.[ch] | tr '\n\t' '  ' >source
	{
		grep -oE 'why_refuse\( *[^,()]+, *"[a-z0-9-]+"' source | grep -oE '"[a-z0-9-]+"'
		grep -oE '[a-z_]*reasons?(\[[^]]*\])* *= *[^;]*' source | grep -oE '"[a-z0-9]+(-[a-z0-9]+)+"'
		grep -oE '(name_reason : |look\([^,]+, "[a-z_]+", |twice\()"[a-z-]+"' source |
			grep -oE '"[a-z0-9]+(-[a-z0-9]+)+"'
	} | tr -d '"' | sort -u >used
	grep -ohE '\brefuse [a-z]+(-[a-z]+)+ ' "$ROOT"/bin/m2m-* "$ROOT"/bin/procedures/*.sh | cut -d' ' -f2 | sort -u - used >reasons
	sed -n '/^.Sh REASONS/,/^.Sh SEE/s/^\.It //p' "$ROOT/man/m2m-exit.7" | sed 's/ , /\n/g' | sort >listed
	[ "$(wc -l <reasons)" -ge 80 ]
	[ -z "$(uniq -d listed)" ]
	diff reasons listed
}
