#!/usr/bin/env bats
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
	refuses 2 'is a secret' m2m-register set --register db subscribers 001010000000001 k=00
	refuses 1 'refused: unknown-imsi' m2m-register set --register db subscribers 001010000000009 status=active
	refuses 3 'status' m2m-register set --register db subscribers 001010000000001 status=maybe
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
