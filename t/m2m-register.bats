#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

@test "import and export, JSON Lines and CSV; a bad line is named and the others are done" {
	printf '%s\n' '{"imsi":"001010000000001","k":"465b5ce8b199b49faa5f0a2ee238a6bc","opc":"cd63cb71954a9f4e48a5994e37a02baf","sqn":"000000000020","status":"active"}' \
		'{"imsi":"x"}' '{"imsi":"001010000000002","no_such":1}' '{"imsi":"001010000000003"}' >in
	rc=0
	m2m-register import --register db -i in subscribers 2>err || rc=$?
	[ "$rc" -eq 3 ]
	grep -q 'in:2: imsi: want 6 to 15 digits' err
	grep -q 'in:3: no_such: no such field' err
	[ "$(m2m-register export --register db subscribers | wc -l)" -eq 2 ]
	m2m-register export --register db --csv subscribers >out.csv
	m2m-register import --register db2 --csv -i out.csv subscribers
	m2m-register export --register db2 --csv subscribers | cmp - out.csv
}

@test "set never lowers an SQN and takes no key; delete, check, backup" {
	echo '{"imsi":"001010000000001","sqn":"000000000020","status":"active"}' | m2m-register import --register db subscribers
	refuses 1 'refused: sqn-out-of-range' m2m-register set --register db subscribers 001010000000001 sqn=00000000001f
	m2m-register set --register db subscribers 001010000000001 sqn=000000000021
	# a copy would not be sealed
	refuses 2 'recipient' m2m-register backup --register db --recipient cert.pem -o copy
	[ ! -e copy ]
	refuses 2 'csv' m2m-register delete --register db --csv subscribers 001010000000001
	refuses 2 'is a secret' m2m-register set --register db subscribers 001010000000001 k=00
	refuses 1 'refused: unknown-imsi' m2m-register set --register db subscribers 001010000000009 status=active
	refuses 3 'status' m2m-register set --register db subscribers 001010000000001 status=maybe
	refuses 2 'no stream takes it' m2m-register backup --register db -o -
	refuses 2 'no stream takes it' m2m-register backup --register db
	m2m-register backup --register db -o copy
	m2m-register delete --register db subscribers 001010000000001
	[ "$(m2m-register check --register db)" = '{"subscribers":0,"discovery":0,"equipment":0}' ]
	[ "$(m2m-register check --register copy)" = '{"subscribers":1,"discovery":0,"equipment":0}' ]
}

@test "what is no register is refused, and stays as it is" {
	echo 'hello' >text
	refuses 3 'no SQLite file' m2m-register check --register text
	[ "$(cat text)" = hello ]
	sqlite3 other 'CREATE TABLE t(x)'
	refuses 3 'is no register' m2m-register check --register other
	refuses 2 'no password on the command line' m2m-register check --register postgresql://m2m:secret@127.0.0.1/x
}

K=465b5ce8b199b49faa5f0a2ee238a6bc OPC=cd63cb71954a9f4e48a5994e37a02baf

setup_credentials() {
	umask 077
	cat >in <<-END
		{"imsi":"001010000000001","alg":"milenage","k":"$K","opc":"$OPC","amf":"9001","sqn":"000000000021","ind_bits":5,"iccid":"8988211000000000012","status":"active"}
		{"imsi":"001010000000002","alg":"milenage","k":"$K","opc":"$OPC","sqn":"000000000000","status":"blocked"}
		{"imsi":"001010000000003","alg":"tuak","k":"$K","topc":"$OPC$OPC","status":"active"}
		{"imsi":"001010000000004","status":"waiting"}
	END
	m2m-register import --register db -i in subscribers
}

@test "export --format open5gs: a document of subscribers, as Open5GS' own tool makes it" {
	setup_credentials
	refuses 3 'Milenage credentials alone' pcid-issue --register t --plmn 001-01 --count 1 --alg tuak --format open5gs
	rc=0
	m2m-register export --register db --format open5gs subscribers >out 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(wc -l <out)" -eq 2 ]
	[ "$(wc -l <err)" -eq 2 ]
	head -1 out >o
	[ "$(jq -c .security o)" = "{\"k\":\"$K\",\"op\":null,\"opc\":\"$OPC\",\"amf\":\"9001\",\"sqn\":{\"\$numberLong\":\"66\"}}" ] # SEQ 2, IND 2: the next
	[ "$(jq -c '[.imsi, .subscriber_status, .network_access_mode, .access_restriction_data, .schema_version]' o)" = '["001010000000001",0,0,32,1]' ]
	[ "$(jq -c '.ambr.downlink' o)" = '{"value":1,"unit":3}' ]
	jq -e '.slice[0] | .sst == 1 and .default_indicator and .session[0].name == "internet" and .session[0].qos.arp.priority_level == 8' o
	[ "$(tail -1 out | jq .subscriber_status)" -eq 1 ] # operator-determined barring
}

@test "export --format free5gc: what its web console posts" {
	setup_credentials
	rc=0
	m2m-register export --register db --format free5gc --plmn 001-01 subscribers >out 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(wc -l <out)" -eq 1 ]
	grep -q 'refused: subscriber-blocked: 001010000000002' err
	[ "$(jq -c '[.plmnID, .ueId]' out)" = '["00101","imsi-001010000000001"]' ]
	[ "$(jq -r '.AuthenticationSubscription | [.authenticationMethod, .authenticationManagementField, .sequenceNumber, .permanentKey.permanentKeyValue, .opc.opcValue, .milenage.op.opValue] | join(" ")' out)" = "5G_AKA 9001 000000000042 $K $OPC " ]
	jq -e '.AccessAndMobilitySubscriptionData.nssai.defaultSingleNssais[0].sd == "010203"' out
	jq -e '.SessionManagementSubscriptionData[0].dnnConfigurations.internet."5gQosProfile"."5qi" == 9' out
	jq -e '.SmfSelectionSubscriptionData.subscribedSnssaiInfos."01010203".dnnInfos[0].dnn == "internet"' out
	jq -e '.SmPolicyData.smPolicySnssaiData."01010203".smPolicyDnnData.internet.dnn == "internet"' out
	jq -e '.AmPolicyData.subscCats == ["free5gc"] and .FlowRules == [] and .QosFlows == []' out
	# without a pool the home PLMN must be told, and be that of the IMSI
	rc=0
	m2m-register export --register db --format free5gc subscribers >out 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ ! -s out ]
	grep -q -- '--plmn is wanted' err
	rc=0
	m2m-register export --register db --format pysim --plmn 001-02 subscribers >out 2>err || rc=$?
	[ "$rc" -eq 3 ]
	grep -q '001010000000001 is not of 001-02' err
}

@test "export --format srsran and pysim: the columns that their readers want" {
	setup_credentials
	m2m-register export --register db --format srsran subscribers >out 2>/dev/null || [ $? -eq 3 ]
	[ "$(grep -v '^#' out)" = "001010000000001,mil,001010000000001,$K,opc,$OPC,9001,000000000042,9,dynamic" ]
	m2m-register export --register db --format pysim --plmn 001-01 subscribers >out 2>/dev/null || [ $? -eq 3 ]
	[ "$(head -2 out)" = "name,iccid,mcc,mnc,imsi,smsp,ki,opc
,8988211000000000012,001,01,001010000000001,,$K,$OPC" ]
}

@test "import --format pysim: any header, or none; other columns are passed over" {
	printf '%s\n' '"IMSI","ICCID","ACC","PIN1","Ki","OPC","ADM1"' \
		"\"001010000000001\",\"8988211000000000012\",\"0001\",\"1234\",\"${K^^}\",\"$OPC\",\"11223344\"" \
		'"001010000000002","","","","xx","",""' >cards.csv
	rc=0
	m2m-register import --register db --format pysim -i cards.csv subscribers 2>err || rc=$?
	[ "$rc" -eq 3 ]
	grep -q '^m2m-register: cards.csv:3: ' err
	[ "$(m2m-register export --register db subscribers | jq -r '[.imsi, .k, .opc, .amf, .sqn, .status, .iccid] | join(" ")')" = "001010000000001 $K $OPC 8000 000000000000 active 8988211000000000012" ]
	printf 'Magic,8988211000000000012,001,01,001010000000005,,%s,%s\n' "$K" "$OPC" >none.csv
	echo bad >>none.csv
	refuses 3 'none.csv:2: want 8 cells' m2m-register import --register db --format pysim -i none.csv subscribers
	[ "$(m2m-register export --register db subscribers | tail -1 | jq -r .imsi)" = 001010000000005 ]
	# and back
	m2m-register export --register db --format pysim --plmn 001-01 subscribers | m2m-register import --register db2 --format pysim subscribers
	[ "$(m2m-register check --register db2)" = '{"subscribers":2,"discovery":0,"equipment":0}' ]
}

@test "import --format open5gs: mongoexport's lines and its array; OP becomes OPc; blanks in K" {
	cat >lines <<-END
		{"_id":{"\$oid":"5f0"},"imsi":"001010000000001","security":{"k":"465B5CE8 B199B49F AA5F0A2E E238A6BC","amf":"8000","op":null,"opc":"$OPC","sqn":{"\$numberLong":"513"}},"subscriber_status":0}
		{"imsi":"001010000000002","security":{"k":"$K","amf":"8000","op":"cdc202d5123e20f62b6d676ac72cb318","opc":null,"sqn":97},"subscriber_status":1}
		{"imsi":"001010000000003","security":{"k":"$K","op":null,"opc":null}}
		{"imsi":"001010000000004"}
	END
	rc=0
	m2m-register import --register db --format open5gs -i lines subscribers 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(cat err)" = "m2m-register: lines:3: opc: missing, and op too
m2m-register: lines:4: security: missing, or not an object" ]
	m2m-register export --register db subscribers >out
	[ "$(jq -r '[.k, .opc, .sqn, .status] | join(" ")' out)" = "$K $OPC 000000000201 active
$K $OPC 000000000061 blocked" ]
	jq -s . lines | m2m-register import --register db2 --format open5gs subscribers 2>/dev/null || [ $? -eq 3 ]
	m2m-register export --register db2 subscribers | cmp - out
	refuses 3 'not a JSON array' m2m-register import --register db2 --format open5gs -i <(echo '[{') subscribers
}

@test "import --format osmo-hlr: its database; what is no Milenage is named" {
	sqlite3 hlr.db "CREATE TABLE subscriber(id INTEGER PRIMARY KEY, imsi VARCHAR(15) UNIQUE NOT NULL, nam_cs BOOLEAN NOT NULL DEFAULT 1, nam_ps BOOLEAN NOT NULL DEFAULT 1);
		CREATE TABLE auc_3g(subscriber_id INTEGER PRIMARY KEY, algo_id_3g INTEGER NOT NULL, k VARCHAR(32) NOT NULL, op VARCHAR(32), opc VARCHAR(32), sqn INTEGER NOT NULL DEFAULT 0, ind_bitlen INTEGER NOT NULL DEFAULT 5);
		INSERT INTO subscriber(id, imsi) VALUES(1, '001010000000001'), (2, '001010000000002'), (3, '001010000000003');
		INSERT INTO auc_3g VALUES(1, 5, '$K', 'cdc202d5123e20f62b6d676ac72cb318', NULL, 97, 5), (2, 4, '$K', NULL, '$OPC', 0, 5);"
	rc=0
	m2m-register import --register db --format osmo-hlr -i hlr.db subscribers 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(cat err)" = "m2m-register: hlr.db: 001010000000002 has no Milenage key
m2m-register: hlr.db: 001010000000003 has no Milenage key" ]
	[ "$(m2m-register export --register db subscribers | jq -r '[.imsi, .k, .opc, .sqn, .ind_bits] | join(" ")')" = "001010000000001 $K $OPC 000000000061 5" ]
	refuses 2 'want -i FILE' m2m-register import --register db --format osmo-hlr subscribers
	echo text >text
	refuses 3 'no database of osmo-hlr' m2m-register import --register db --format osmo-hlr -i text subscribers
	refuses 2 'is for subscribers' m2m-register import --register db --format osmo-hlr -i hlr.db equipment
	refuses 2 'import takes' m2m-register import --register db --format srsran subscribers
}

@test "the quick reading of a line and the full one make the same record, and refuse the same" {
	# each line as it stands, and with a blank that only the full reader takes
	cat >lines <<-'END'
		{"imsi":"001010000000001","alg":"milenage","k":"465B5CE8b199b49faa5f0a2ee238a6bc","opc":"cd63cb71954a9f4e48a5994e37a02baf","ind_bits":5,"status":"active"}
		{"imsi":"001010000000002","ind_bits":"0","iccid":"8988211000000000012","tre_id":"A;1"}
		{"imsi":"001010000000003","alg":"tuak","k":"465b5ce8b199b49faa5f0a2ee238a6bc465b5ce8b199b49faa5f0a2ee238a6bc","topc":"465b5ce8b199b49faa5f0a2ee238a6bc465b5ce8b199b49faa5f0a2ee238a6bc"}
		{"imsi":"001010000000004","imsi":"001010000000005"}
		{"imsi":"00101000000000x"}
		{"imsi":"0010100000000010"}
		{"imsi":"001010000000006","k":"465b5ce8b199b49faa5f0a2ee238a6bc"}
		{"imsi":"001010000000006","alg":"milenage","k":"465b5ce8b199b49faa5f0a2ee238a6bc465b5ce8b199b49faa5f0a2ee238a6bc","opc":"465b5ce8b199b49faa5f0a2ee238a6bc"}
		{"imsi":"001010000000006","k":"465b5ce8b199b49faa5f0a2ee238a6bc","topc":"465b5ce8b199b49faa5f0a2ee238a6bc465b5ce8b199b49faa5f0a2ee238a6bc"}
		{"imsi":"001010000000006","opc":"465b5ce8b199b49faa5f0a2ee238a6bc","k":"465b5ce8b199b49faa5f0a2ee238a6bc","alg":"tuak"}
		{"imsi":"001010000000006","k":"465b5ce8b199b49faa5f0a2ee238a6b"}
		{"imsi":"001010000000006","k":"465b5ce8b199b49faa5f0a2ee238a6bg"}
		{"imsi":"001010000000006","ind_bits":6}
		{"imsi":"001010000000006","ind_bits":05}
		{"imsi":"001010000000006","alg":"active"}
		{"imsi":"001010000000006","alg":""}
		{"imsi":"001010000000006","status":"active blocked"}
		{"imsi":"001010000000006","tre_id":"A;1;2"}
		{"imsi":"001010000000006","tre_id":";1"}
		{"imsi":"001010000000006","amf":"80\n0"}
		{"imsi":"001010000000006","no_such":"1"}
		{"imsi":"001010000000006","sqn":"0000000000"}
		{"alg":"milenage"}
		{"imsi":"001010000000007"},
		{"imsi":"001010000000008","tre_id":"\u0041;1"}
	END
	sed 's/^{/{ /' lines >full
	for which in lines full; do
		rc=0
		m2m-register import --register $which.db -i $which subscribers 2>$which.err || rc=$?
		[ "$rc" -eq 3 ]
		m2m-register export --register $which.db subscribers >$which.out
	done
	cmp lines.out full.out
	[ "$(wc -l <lines.out)" -eq 4 ]
	diff <(sed 's/lines:\|full://; s/column [0-9]*//' lines.err) <(sed 's/lines:\|full://; s/column [0-9]*//' full.err)
	# the same of discovery and equipment, and of CSV with and without quotes
	echo '{"pcid":"001010000000001","tre_id":"A;1","sho":"a.b","sho_url":"https://a.b/m2m","status":""}' >d
	m2m-register import --register d.db -i d discovery
	m2m-register export --register d.db discovery | cmp - d
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	m2m-keygen tre --tre-id 'A;1' --key-out tre.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem
	jq -nc --rawfile c tre.pem '{tre_id: "A;1", cert_pem: $c, status: "active"}' >e
	m2m-register import --register e.db -i e equipment
	m2m-register export --register e.db equipment | cmp - e
	printf 'imsi,ind_bits,tre_id,status\n001010000000001,5,,active\n001010000000002,,A;2,blocked\n' >bare.csv
	sed '2,$s/\([^,]*\)$/"\1"/' bare.csv >quoted.csv
	for which in bare quoted; do
		m2m-register import --register $which.db --csv -i $which.csv subscribers
		m2m-register export --register $which.db subscribers >$which.out
	done
	cmp bare.out quoted.out
	[ "$(head -1 bare.out)" = '{"imsi":"001010000000001","ind_bits":"5","status":"active"}' ]
}

@test "a load of many: the first, and again over itself with news; the tables keep their indexes" {
	seq -f '%.0f' 1 12000 | awk '{printf "{\"pcid\":\"00101%010d\",\"tre_id\":\"A;%d\",\"status\":\"issued\"}\n", $1, 12001 - $1}' >first
	m2m-register import --register db -i first discovery
	m2m-register export --register db discovery | cmp - first
	[ "$(ro-drf-lookup --register db --by tre_id 'A;1' | jq -r .pcid)" = 001010000012000 ]
	sed 's/issued/registered/; 1~2d' first >news
	echo '{"pcid":"001010000000001","tre_id":"A;99999","status":"issued"}' >>news
	m2m-register import --register db -i news discovery
	[ "$(m2m-register export --register db discovery | grep -c registered)" -eq 6000 ]
	[ "$(m2m-register check --register db)" = '{"subscribers":0,"discovery":12001,"equipment":0}' ]
	[ "$(ro-drf-lookup --register db 001010000000001 | wc -l)" -eq 2 ]
	# a key twice in one load: the last counts, save where an SQN would go down
	printf '{"imsi":"001010000000001","k":"%s","opc":"%s","sqn":"000000000020"}\n' $K $K >twice
	printf '{"imsi":"001010000000001","k":"%s","opc":"%s","sqn":"00000000001f"}\n' $K $K >>twice
	refuses 1 'twice:2: the SQN would go down|refused: sqn-out-of-range: .*twice:2' m2m-register import --register db -i twice subscribers
	[ "$(m2m-register export --register db subscribers | jq -r .sqn)" = 000000000020 ]
}

@test "a register of version 1 becomes one of today, with what is in it; a newer one is refused" {
	sqlite3 old "PRAGMA application_id=$((0x6d326d31)); PRAGMA user_version=1; PRAGMA journal_mode=WAL;
		CREATE TABLE subscribers(imsi TEXT PRIMARY KEY, tre_id TEXT, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
		CREATE INDEX subscribers_tre ON subscribers(tre_id);
		CREATE TABLE discovery(pcid TEXT NOT NULL, tre_id TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY(pcid, tre_id)) STRICT, WITHOUT ROWID;
		CREATE INDEX discovery_tre ON discovery(tre_id);
		CREATE TABLE equipment(tre_id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
		CREATE TABLE offers(kind TEXT NOT NULL, id TEXT NOT NULL, subject TEXT NOT NULL, attached TEXT, expires INTEGER NOT NULL, spent INTEGER NOT NULL DEFAULT 0, number INTEGER NOT NULL, PRIMARY KEY(kind, id)) STRICT, WITHOUT ROWID;
		CREATE INDEX offers_subject ON offers(kind, subject, number);
		CREATE TABLE pools(plmn TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT, WITHOUT ROWID;
		CREATE TABLE released(pcid TEXT PRIMARY KEY, plmn TEXT NOT NULL) STRICT, WITHOUT ROWID;
		INSERT INTO subscribers VALUES('001010000000001', 'A;1', '{\"imsi\":\"001010000000001\",\"tre_id\":\"A;1\"}');
		INSERT INTO pools VALUES('001-01', 2);" >/dev/null
	chmod 600 old
	cp old untouched
	# many at once: one makes the step
	for i in 1 2 3 4; do m2m-register check --register old >"check$i" & pids+=($!); done
	for i in "${pids[@]}"; do wait "$i"; done
	[ "$(sort -u check?)" = '{"subscribers":1,"discovery":0,"equipment":0}' ]
	[ "$(sqlite3 old 'PRAGMA user_version')" -eq 2 ]
	m2m-register import --register new subscribers </dev/null
	diff <(sqlite3 old .schema | sort) <(sqlite3 new .schema | sort)
	pcid-issue --register old --plmn 001-01 --count 1 -o next
	[ "$(jq -r .imsi next)" = 001010000000002 ]
	sqlite3 untouched 'PRAGMA user_version=3'
	refuses 3 'version 3, and 2 is known' m2m-register check --register untouched
}

@test "killed in a first load: nothing is there, and the next load gets through" {
	seq -f '%.0f' 1 60000 | awk '{printf "{\"pcid\":\"00101%010d\",\"tre_id\":\"A;%d\"}\n", $1, $1}' >many
	mkfifo pipe
	m2m-register import --register db -i pipe discovery &
	pid=$!
	exec 7>pipe
	cat many >&7
	kill -9 $pid
	exec 7>&-
	wait $pid || true
	[ "$(m2m-register check --register db)" = '{"subscribers":0,"discovery":0,"equipment":0}' ]
	m2m-register import --register db -i many discovery
	[ "$(m2m-register check --register db)" = '{"subscribers":0,"discovery":60000,"equipment":0}' ]
	[ "$(sqlite3 db 'PRAGMA journal_mode')" = wal ]
}

@test "a backup while others write: as of one moment, and whole" {
	seq -f 'A;%g' 200 >ids
	pcid-issue --register db --plmn 001-01 --count 200 --tre-ids ids -o c
	(for i in 1 2 3 4 5 6 7 8; do pcid-issue --register db --plmn 001-01 --count 50 -o "more$i" || exit; done) &
	pid=$!
	for i in 1 2 3 4; do
		m2m-register backup --register db -o "copy$i"
		n=$(m2m-register check --register "copy$i" | jq .subscribers)
		[ $(((n - 200) % 50)) -eq 0 ]
	done
	wait $pid
	[ "$(m2m-register check --register db | jq .subscribers)" -eq 600 ]
}

# junk TABLE REGEX: the record on stdin is refused with its line, whichever reader reads it, and the good one behind it is done
junk() {
	local table=$1 re=$2 form
	cat >record
	for form in 's/^/&/' 's/^{/{ /'; do
		rm -f junk.db
		sed "$form" record | cat - "$table.good" >lines
		refuses 3 "^m2m-register: lines:1: $re" m2m-register import --register junk.db -i lines "$table"
		[ "$(m2m-register export --register junk.db "$table" | wc -l)" -eq 1 ]
	done
}

@test "what can never work is malformed: K, operator, certificate" {
	local K=465b5ce8b199b49faa5f0a2ee238a6bc
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	for n in 1 2; do m2m-keygen tre --tre-id "A;$n" --key-out $n.key --cert-out $n.pem --ca-key ca.key --ca-cert ca.pem; done
	cert() { jq -nc --rawfile c "$2" --arg t "$1" '{tre_id: $t, cert_pem: $c, status: "active"}'; }
	echo '{"imsi":"001010000000001","alg":"tuak","k":"'$K$K'","topc":"'$K$K'"}' >subscribers.good
	echo '{"pcid":"001010000000001","tre_id":"A;1","sho":"sho-a","sho_url":"http://sho-a.example:80/"}' >discovery.good
	cert 'A;1' 1.pem >equipment.good
	junk subscribers 'k: want 32 hex digits for milenage' <<<'{"imsi":"001010000000002","alg":"milenage","k":"'$K$K'","opc":"'$K'"}'
	junk subscribers 'opc: missing' <<<'{"imsi":"001010000000002","alg":"milenage","k":"'$K'"}'
	junk subscribers 'opc: missing' <<<'{"imsi":"001010000000002","k":"'$K'"}'
	junk subscribers 'topc: missing' <<<'{"imsi":"001010000000002","alg":"tuak","k":"'$K'","opc":"'$K'"}'
	for sho in 'a b' '' -a 'a;b'; do
		junk discovery 'sho: want letters' <<<'{"pcid":"001010000000002","tre_id":"A;2","sho":"'"$sho"'"}'
	done
	for url in ftp://a.example/ a.example https:// http:///x 'https://a b' ''; do
		junk discovery 'sho_url: want an http' <<<'{"pcid":"001010000000002","tre_id":"A;2","sho_url":"'"$url"'"}'
		junk discovery 'dpf_url: want an http' <<<'{"pcid":"001010000000002","tre_id":"A;2","dpf_url":"'"$url"'"}'
	done
	junk equipment 'cert_pem: ' <<<'{"tre_id":"A;2","cert_pem":"junk"}'
	cert 'A;2' 1.pem | junk equipment "cert_pem: the certificate is A;1's"
	cert 'A;2' ca.pem | junk equipment "cert_pem: "
	cert 'A;2' 2.pem | jq -c --rawfile c 1.pem '. + {enc_cert_pem: $c}' | junk equipment "enc_cert_pem: the certificate is A;1's"
	# set, and CSV
	m2m-register import --register db -i subscribers.good subscribers
	refuses 3 'k: want 32 hex digits' m2m-register set --register db subscribers 001010000000001 alg=milenage
	m2m-register import --register db -i discovery.good discovery
	refuses 3 'sho_url: ' m2m-register set --register db discovery 001010000000001 sho_url=x
	refuses 3 'sho: ' m2m-register set --register db discovery 001010000000001 'sho=a b'
	m2m-register import --register db -i equipment.good equipment
	refuses 3 'cert_pem: ' m2m-register set --register db equipment 'A;1' cert_pem="$(cat 2.pem)"
	printf 'imsi,alg,k,opc\n001010000000002,milenage,%s,\n001010000000003,tuak,%s,%s\n' $K $K $K >csv
	rc=0
	m2m-register import --register db --csv -i csv subscribers 2>err || rc=$?
	[ "$rc" -eq 3 ]
	grep -q 'csv:2: opc: missing' err
	grep -q 'csv:3: topc: missing' err
	[ "$(m2m-register check --register db)" = '{"subscribers":1,"discovery":1,"equipment":1}' ]
}

@test "an import without K over a subscriber that has one: malformed, and K, OPc and SQN stay" {
	local K=465b5ce8b199b49faa5f0a2ee238a6bc
	echo '{"imsi":"001010000000001","alg":"milenage","k":"'$K'","opc":"'$K'","sqn":"000000000020","status":"active"}' >one
	m2m-register import --register db -i one subscribers
	echo '{"imsi":"001010000000001","status":"blocked"}' >bare
	refuses 3 'bare:1: k: missing, and the register has one: .*m2m-register set' m2m-register import --register db -i bare subscribers
	m2m-register export --register db subscribers | cmp - one
	# one that never had a K is replaced
	echo '{"imsi":"001010000000002","status":"active"}' >never
	m2m-register import --register db -i never subscribers
	m2m-register import --register db -i never subscribers
}

@test "a table whose columns have slipped, or without a header: no message quotes the K that stands there" {
	local K=465b5ce8b199b49faa5f0a2ee238a6bc f rc
	quiet() {
		rc=0
		m2m-register import --register db "$@" subscribers 2>err || rc=$?
		[ "$rc" -eq 3 ]
		grep -q "$want" err
		[ "$(grep -ic "${K:0:8}" err)" -eq 0 ]
	}
	for f in imsi alg amf sqn ind_bits sqn_scheme sqn_dif status iccid tre_id not_after ota_keys restrictions; do
		want="csv:2: $f: want"
		case $f in
		imsi) printf 'imsi,k,opc\n%s,%s,%s\n' $K ${K//4/5} ${K//4/6} >csv ;;
		*) printf 'imsi,k,opc,%s\n001010000000001,%s,%s,%s\n' $f ${K//4/5} ${K//4/6} $K >csv ;;
		esac
		quiet --csv -i csv
	done
	want='csv:1: header: column 1: want a name in snake case'
	printf '%s,001010000000001\n%s,001010000000002\n' $K ${K//4/5} >csv
	quiet --csv -i csv
	want='csv:1: header: column 1: want a name in snake case'
	printf '001010000000001,%s\n001010000000002,%s\n' ${K^^} $K >csv
	quiet --csv -i csv
}

@test "TS 102 225 5.1.2: OTA keys that no packet could be made with are refused with their subscriber" {
	local good='"kic":"000102030405060708090a0b0c0d0e0f","kid":"101112131415161718191a1b1c1d1e1f"' keys
	# shellcheck disable=SC2016 # $k is jq's
	with() { jq -nc --argjson k "$1" '{imsi: "001010000000001", ota_keys: $k}' >one; }
	for keys in 1 '"x"' '[1]' '[[]]' '{"kic":"00"}' '{"kic":"000102030405060708090a0b0c0d0e0x"}' '{"kik":"00"}' '{"index":16}' \
		'{"kic_alg":"crc32"}' '{"kid_alg":"md5"}' '{"cmac_bytes":5}' '{"cntr":"01"}' "[{$good}]" \
		"[{\"index\":1,$good},{$good}]" "[{\"index\":1,$good},{\"index\":1,$good}]"; do
		with "$keys"
		refuses 3 '^m2m-register: one:1: ota_keys: ' m2m-register import --register db -i one subscribers
	done
	m2m-register export --register db subscribers >all
	[ ! -s all ]
	for keys in "{$good}" "{\"index\":15,$good,\"cntr\":\"00000000ff\"}" "[{\"index\":1,$good},{\"index\":2,$good}]"; do
		with "$keys"
		m2m-register import --register db -i one subscribers
		m2m-register export --register db subscribers | jq -e --argjson k "$keys" '.ota_keys == $k'
		m2m-register delete --register db subscribers 001010000000001
	done
}

@test "auc-av says whose record is of no use" {
	echo '{"imsi":"001010000000001","status":"active"}' >bare
	m2m-register import --register db -i bare subscribers
	refuses 3 '001010000000001: k: missing' auc-av --register db 001010000000001
}

# reads CMD...: as one whom the modes of files bind
reads() {
	if [ "$(id -u)" -eq 0 ]; then setpriv --bounding-set=-dac_override,-dac_read_search "$@"; else "$@"; fi
}

@test "a register that may only be read is read: file, folder or both, and nothing is left beside it" {
	local modes name='a?b#c%41 d'
	[ "$(id -u)" -ne 0 ] || wants setpriv
	seq -f 'A;%g' 3 >ids
	mkdir made
	pcid-issue --register "made/$name" --plmn 001-01 --count 3 --tre-ids ids -o issued
	for modes in '400 500' '600 500' '400 700'; do
		rm -rf kept
		cp -r made kept
		chmod "${modes% *}" "kept/$name"
		chmod "${modes#* }" kept
		[ "$(reads ro-drf-lookup --register "kept/$name" 001010000000002 | jq -r .tre_id)" = 'A;2' ]
		[ "$(jq -r .imsi issued | reads ro-drf-lookup --register "kept/$name" - | wc -l)" -eq 3 ]
		reads m2m-register export --register "kept/$name" subscribers | cmp - issued
		[ "$(reads m2m-register check --register "kept/$name")" = '{"subscribers":3,"discovery":3,"equipment":0}' ]
		reads pcid-issue --register "kept/$name" --audit >/dev/null
		reads m2m-register backup --register "kept/$name" -o copy
		refuses 4 'readonly' reads pcid-issue --register "kept/$name" --plmn 001-01 --count 1
		[ "$(ls kept)" = "$name" ]
		chmod 700 kept
	done
	# what stands in the log counts, where its index is there or can be made; else it is said
	sqlite3 "made/$name" "UPDATE discovery SET record = '{\"new\":1}' WHERE tre_id = 'A;2'" '.shell mkdir log && cp made/* log'
	[ -s "log/$name-wal" ]
	chmod 500 log
	[ "$(reads ro-drf-lookup --register "log/$name" 001010000000002)" = '{"new":1}' ]
	chmod 700 log && rm "log/$name-shm" && chmod 500 log
	refuses 4 'a log .-wal. whose index' reads ro-drf-lookup --register "log/$name" 001010000000002
	chmod 700 log && chmod 400 "log/$name"
	[ "$(reads ro-drf-lookup --register "log/$name" 001010000000002)" = '{"new":1}' ]
	mkdir none && chmod 500 none
	refuses 4 'Permission denied' reads ro-drf-lookup --register none/db 001010000000002
	: >empty && chmod 400 empty
	refuses 4 'is empty, and may not be written' reads ro-drf-lookup --register empty 001010000000002
	chmod 700 none
}

@test "a byte order mark before CSV, JSON Lines, a table and lists is passed over; in the middle it is none" {
	local mark=$'\xef\xbb\xbf'
	printf '%spcid,tre_id\r\n001010000000001,A;1\r\n' "$mark" | m2m-register import --register db --csv discovery
	printf '%s"pcid","tre_id"\n"001010000000002","A;2"\n' "$mark" >quoted.csv
	m2m-register import --register db --csv -i quoted.csv discovery
	printf '%s{"pcid":"001010000000003","tre_id":"A;3"}\n' "$mark" | m2m-register import --register db discovery
	[ "$(m2m-register export --register db discovery | jq -r .tre_id | xargs)" = 'A;1 A;2 A;3' ]
	[ "$(printf '%s001010000000003\n001010000000001\n' "$mark" | ro-drf-lookup --register db - | jq -r .tre_id | xargs)" = 'A;3 A;1' ]
	[ "$(printf '%spcid\r\n001010000000003\r\n' "$mark" | ro-drf-lookup --register db --csv - | sed -n 2p)" = '001010000000003,A;3,,,,,' ]
	printf '%splmn\toperator\n001-01\tro\n' "$mark" >routes
	[ "$(ro-drf-lookup --routes routes 001010000000001 | jq -r .operator)" = ro ]
	printf '%sA;7\n' "$mark" >ids
	[ "$(pcid-issue --register db --plmn 001-01 --count 1 --tre-ids ids | jq -r .tre_id)" = 'A;7' ]
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	[ "$(m2m-keygen tre --batch ids --ca-key ca.key --ca-cert ca.pem | jq -r .tre_id)" = 'A;7' ]
	m2m-personalize --dir run --tre-ids ids --plmn 001-01 --ca-key ca.key --ca-cert ca.pem --sho a --quiet | jq -e '.agrees and .keys == 1'
	local k=465b5ce8b199b49faa5f0a2ee238a6bc c=cd63cb71954a9f4e48a5994e37a02baf
	[ "$(printf '%sk,opc,rand,sqn\n%s,%s,%s,000000000020\n' "$mark" $k $c $k | milenage av --csv | wc -l)" -eq 2 ]
	printf '%s{"k":"%s","opc":"%s","rand":"%s","sqn":"000000000020"}\n' "$mark" $k $c $k | milenage av | jq -e .autn
	printf '%sIMSI,KI,OPC\n001010000000009,%s,%s\n' "$mark" $k $c | m2m-register import --register db --format pysim subscribers
	# one that is not at the start is an octet like any other
	printf '001010000000003\n%s001010000000001\n' "$mark" >in
	refuses 1 'unknown-pcid' ro-drf-lookup --register db -o answers - <in
	printf '{"pcid":"001010000000004","tre_id":"A;4"}\n%s{"pcid":"001010000000005","tre_id":"A;5"}\n' "$mark" >two
	refuses 3 'two:2: ' m2m-register import --register db -i two discovery
	refuses 3 'header: column 1' m2m-register import --register db --csv -i <(printf '%s%spcid,tre_id\n' "$mark" "$mark") discovery
}

@test "a discovery record's URLs are http or https, in JSON and CSV" {
	local bad field
	for field in sho_url dpf_url; do
		for bad in dpf.example ftp://a.example/ 'http://' 'https://a b' 'https:///x' $'https://a.example/\x01' 'javascript:alert(1)'; do
			jq -cn --arg f $field --arg u "$bad" '{pcid: "001010000000001", tre_id: "A;1", ($f): $u}' >one
			refuses 3 "one:1: $field: want an http or https URL" m2m-register import --register db -i one discovery
			printf 'pcid,tre_id,%s\n001010000000001,A;1,"%s"\n' $field "$bad" >one.csv
			refuses 3 "one.csv:2: $field: want" m2m-register import --register db --csv -i one.csv discovery
		done
		printf 'pcid,tre_id,%s\n001010000000001,A;1,https://dpf.example:8443/m2m?x=1\n' $field | m2m-register import --register db --csv discovery
	done
	[ "$(m2m-register check --register db)" = '{"subscribers":0,"discovery":1,"equipment":0}' ]
	refuses 3 'dpf_url: want' m2m-register set --register db discovery 001010000000001 dpf_url=x
	# one of several is named by what tells it from the others
	printf 'pcid,tre_id\n001010000000002,A;1\n001010000000002,A;2\n' | m2m-register import --register db --csv discovery
	refuses 3 'A;1: 2 records have that key; name the PCID' m2m-register set --register db discovery 'A;1' status=changed
	refuses 3 '001010000000002: 2 records have that key; name the TRE_id' m2m-register set --register db discovery 001010000000002 status=changed
	m2m-register set --register db discovery 'A;2' status=changed
	# or by both, where each has several
	m2m-register set --register db discovery '001010000000002,A;1' status=retired
	m2m-register export --register db discovery | jq -r '"\(.pcid) \(.tre_id) \(.status)"' >got
	printf '%s\n' '001010000000001 A;1 null' '001010000000002 A;1 retired' '001010000000002 A;2 changed' >want
	cmp got want
	for bad in '001010000000001,A;2' '001010000000001,' ',A;1' '0010100000000011,A;1' '001010000000001,A;1,'; do
		refuses 1 'unknown-pcid' m2m-register set --register db discovery "$bad" status=changed
		refuses 1 'unknown-pcid' m2m-register delete --register db discovery "$bad"
	done
	m2m-register delete --register db discovery '001010000000002,A;1'
	sed 2d want | cut -d' ' -f1,2 >left
	m2m-register export --register db discovery | jq -r '"\(.pcid) \(.tre_id)"' | cmp - left
}

@test "set and delete: a PCID that several equipments share is no record's key, and no field comes twice" {
	printf 'A;1\nA;2\n' >ids
	pcid-issue --register db --plmn 001-01 --count 1 --share 2 --tre-ids ids -o credential
	m2m-register export --register db discovery >before
	refuses 3 '2 records have that key; name the TRE_id' m2m-register delete --register db discovery 001010000000001
	refuses 3 '2 records have that key; name the TRE_id' m2m-register set --register db discovery 001010000000001 sho=a
	refuses 2 'sho: given twice' m2m-register set --register db discovery 'A;1' sho=a status=issued sho=b
	m2m-register export --register db discovery | cmp - before
	m2m-register delete --register db discovery 'A;1'
	m2m-register delete --register db discovery 001010000000001
	m2m-register export --register db discovery >after
	[ ! -s after ]
}
