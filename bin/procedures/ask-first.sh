#!/bin/bash
# 5.1.1.2: the SHO asks the TRE what it has before a download, and leaves out what is there
# shellcheck source=bin/procedures/lib/alt1.sh
. "$WALK_SCRIPTS/lib/alt1.sh"

served_by_sho_a

step Q1 5.1.1.2 'the SHO asks the TRE which of its MCIMs are there' \
	'"To see which parts of a MCIM are already available in the TRE". Signed by the SHO, for this TRE, once; and so is the answer, about that question: the TRE tells each operator its own.'
command_of sho-a list mcim=all
m2me_answers sho-a listed
run 'jq -r .answer_b64 sho-a/listed.json | base64 -d >sho-a/list.jsonl'

step Q2 5.1.1.2 'the SHO leaves out what is there' \
	'It wants the MCIM with other files. Identity and K are in the TRE: what is not sent again costs no air, and lies in no message.'
run "jq -c '.fplmn = [\"001-99\"] | .thresh = 100000' sho-a/mcim.json >sho-a/wanted.json"
run "jq -ce --slurpfile there sho-a/list.jsonl --slurpfile sent sho-a/mcim.json '. as \$w | if any(\$there[]; .imsi == \$w.imsi and .state != \"retired\") then with_entries(select(.value != \$sent[0][.key])) else error(\"it is not there\") end' sho-a/wanted.json >sho-a/missing.json"
run "mcim-wrap --tre-cert sho-a/tre.pem --tre-id '$id' --operator-cert sho-a/cert.pem --tag update -i sho-a/missing.json -o sho-a/missing.blob"

step Q3 5.1.2.3 'the TRE takes what was missing into the MCIM that it has' \
	'From the operator of that MCIM alone. No key and no identity comes by an update.'
command_of sho-a update "mcim=\$(jq -r .id sho-a/list.jsonl)" blob_b64=@sho-a/missing.blob
m2me_answers sho-a updated

step Q4 5.1.1.2 'an operator that has nothing there asks: it is told nothing' \
	'What is in the TRE of another operator is no business of this one: it downloads a whole MCIM, by a change that the owner wants.'
outcome=wrong-operator command_of sho-b list mcim=all
stumbles 1 "$tre command -i $wire"

step S1 5.1.3.6.3 'the M2ME attaches with the MCIM, which has the new files' \
	'K and the SQN are as they were: nothing was installed anew.'
sho_serves sho-a
say ''
say 'The M2ME is served by sho-a, with new files in its MCIM.'
