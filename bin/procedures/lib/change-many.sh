#!/bin/bash
# change-many.sh OLD NEW PLMN: TR 33.812 B.2.3 for many equipments at once (4.3.2). In a folder with
#   OLD/, NEW/        key.pem, cert.pem and register.db of the operators; NEW/attest-key.pem and attest-cert.pem of its validation
#   pva/cert.pem      what both trust equipment by
#   owner/pin         of the TREs
#   notes.jsonl       the delivery notes
#   m2me              a fleet of tre-sim(1), which stands for the equipment in the field
# Each step says of each equipment what became of it, in work/STEP.jsonl: tre_id, status (0: done), reason, text. Whatever
# interrupts it: run it again, and what was done is not done again. The last line counts the outcomes.
set -euo pipefail
old=$1 new=$2 plmn=$3
umask 077
mkdir -p work "$old/spool"
exec 9>work/lock
flock 9 # what a run that was cut off left behind comes to its end first

# batch CMD...: an outcome for each is no failure of the step; a step that cannot go on is (4, 5; 2)
batch() {
	local rc=0
	"$@" 2>>work/errors || rc=$?
	case $rc in 0 | 1 | 3) ;; *) tail -1 work/errors >&2 && return "$rc" ;; esac
}

# the successes of a step, a filter over each
good() { # STEP FILTER
	jq -c --rawfile cert "$new/cert.pem" --arg new "$new" "select(.status == 0) | $2" "work/$1.jsonl"
}

# field STEP [OPTION...]: acts of the equipment, on stdin, where it has not done that step yet
field() {
	local step=$1
	shift
	touch "work/$step.jsonl"
	jq -c 'select(.status == 0)' "work/$step.jsonl" >work/old
	jq -cn --slurpfile old work/old '($old | INDEX(.tre_id)) as $done | inputs | select($done[.tre_id] | not)' >work/acts
	[ -s work/acts ] || return 0
	rm -f work/new
	batch tre-sim --fleet m2me many "$@" -i work/acts -o work/new
	if [ -e work/new ]; then cat work/new >>work/old; fi
	mv work/old "work/$step.jsonl"
}

# step 1: the owners order, and the new operator makes the subscriptions
jq -c '{tre_id, act: "token"}' notes.jsonl | field token --to "$new" --to-cert "$new/cert.pem" --pin owner/pin
jq -cn --slurpfile token <(good token .) '($token | INDEX(.tre_id)) as $of | inputs | select($of[.tre_id])
	| {tre_id, tre_cert_pem: .cert_pem, token: ($of[.tre_id].output | rtrimstr("\n"))}' notes.jsonl >work/orders
batch sho-subscribe --batch work/orders --register "$new/register.db" --name "$new" --key "$new/key.pem" --cert "$new/cert.pem" --trust pva/cert.pem \
	--current-sho "$old" --plmn "$plmn" --server-url "https://dpf.$new.example/m2m" --resume -o work/subscribed.jsonl
good subscribed '{tre_id, tre_cert_pem, operator_cert_pem: $cert, mcim}' >work/mcims
batch mcim-wrap --batch work/mcims --resume -o work/wrapped.jsonl

# step 2 and 3: the current operator learns of them, and signs where each is sent
good subscribed '{tre_id, note: .registration}' >work/registrations
batch m2m-note check registration --batch work/registrations --trust "$new/cert.pem" --to "$old" --signer "$new" --register "$old/register.db" \
	--resume -o work/registered.jsonl
good registered '{tre_id, server_url: .claims.server_url, server_cert_pem: .claims.cert_pem, sho: $new, credentials_b64: .claims.credentials_b64}' >work/registered
batch bootstrap-sign --batch work/registered --key "$old/key.pem" --cert "$old/cert.pem" --resume -o work/bootstrapped.jsonl

# step 4 and 5: the equipment
good bootstrapped '{tre_id, act: "bootstrap", input: .bootstrap}' | field bootstrap
good bootstrap '{tre_id, act: "m2meobj"}' | field m2meobj
good m2meobj '{tre_id, m2meobj: .output}' >work/m2meobjs

# step 6 and 7: validation, and the MCIMs
batch pva-verify --batch work/m2meobjs --trust pva/cert.pem --register "$new/register.db" --sign-key "$new/attest-key.pem" --sign-cert "$new/attest-cert.pem" \
	--to "$new" --resume -o work/validated.jsonl
tab=$(printf '\t')
by_id() { jq -r "select(.status // 0 == 0) | [.tre_id, ($2 | tojson)] | join(\"\t\")" "work/$1" | sort -t "$tab" -k 1,1; }
join -t "$tab" <(by_id validated.jsonl '{result}') <(by_id wrapped.jsonl '{blob_b64}') | join -t "$tab" - <(by_id orders '{token}') |
	awk -F '\t' 'function bare(o) { return substr(o, 2, length(o) - 2) }
		{ printf "{\"tre_id\":\"%s\",%s,%s,%s}\n", $1, bare($2), bare($3), bare($4) }' >work/parts
batch mcimobj-make --batch work/parts --key "$new/key.pem" --cert "$new/cert.pem" --result-trust "$new/attest-cert.pem" --register "$new/register.db" \
	--resume -o work/made.jsonl

# step 8: the equipment installs them
good made '{tre_id, act: "provision", input: .mcimobj}' | field provision

jq -nc --argjson ordered "$(wc -l <work/orders)" --argjson subscribed "$(good subscribed . | wc -l)" --argjson validated "$(good validated . | wc -l)" \
	--argjson made "$(good made . | wc -l)" --argjson installed "$(good provision . | wc -l)" \
	'{ordered: $ordered, subscribed: $subscribed, validated: $validated, made: $made, installed: $installed}'
