#!/usr/bin/env bats
load lib
load tre

# The deep, the long, the many: each ends in status 3 within two seconds of the processor's time and
# 256 MiB (under the sanitizers, which take more of both, within ten).

# times N TEXT: that text so often
times() {
	awk -v n="$1" -v text="$2" 'BEGIN { for (; n > 0; n--) printf "%s", text }'
}

documents() {
	mkdir -p bad
	{ printf '{"a":"' && times 131063 x && printf '"}\n\n'; } >bad/131073.json
	{ printf '<a>' && times 131066 x && printf '</a>'; } >bad/131073.xml
	truncate -s 131073 bad/131073.octets
	truncate -s 100M bad/100mib.octets
	{ printf '{"a":"' && head -c 104857600 /dev/zero | tr '\0' x && printf '"}\n'; } >bad/100mib.json
	{ printf '<a' && seq -f ' a%.0f=""' 50000 && printf '/>'; } | tr -d '\n' >bad/attributes-50000.xml
	{ printf '<a' && seq -f ' a%.0f=""' 1000000 && printf '/>'; } | tr -d '\n' >bad/attributes-1000000.xml
	# as many as fit into a document
	{ printf '<a' && seq -f ' a%.0f=""' 12000 && printf '/>'; } | tr -d '\n' >bad/attributes-12000.xml
	{ printf '<a' && seq -f " a%.0f=''" 12000 && printf '/>'; } | tr -d '\n' >bad/attributes-12000-quotes.xml
	times 1000000 '<a>' >bad/depth-1000000.xml
	times 40000 '<a>' >bad/depth-40000.xml
	{ printf '{"a":' && times 50000 0, && printf '}'; } >bad/members.json
	{ printf '{' && seq -f '"a%.0f":0,' 50000 && printf '"a":0}\n'; } | tr -d '\n' >bad/attributes-50000.json
	{ printf '{"a":' && times 1000000 [; } >bad/depth-1000000.json
	{ printf '{"a":' && times 60000 [; } >bad/depth-60000.json
	{ printf '{"a":' && times 10000 '{"a":'; } >bad/depth-10000-objects.json
	{ printf '{"imsi":' && times 1000000 9 && printf '}\n'; } >bad/digits-1000000.json
	{ printf '{"imsi":' && times 60000 9 && printf '}\n'; } >bad/digits-60000.json
	printf '{"sqn_window":1e99999999999}\n' >bad/exponent.json
	bombs
	lengths
}

bombs() {
	local i
	{
		printf '<!DOCTYPE a [<!ENTITY b0 "lol">'
		for i in 1 2 3 4 5 6 7 8 9; do
			printf '<!ENTITY b%d "%s">' $i "$(times 10 "&b$((i - 1));")"
		done
		printf ']><a>&b9;</a>'
	} >bad/bomb.xml
	{ printf '<!DOCTYPE a [<!ENTITY b "' && times 60000 x && printf '">]><a>' && times 10000 '&b;' && printf '</a>'; } >bad/bomb-flat.xml
	printf '<!DOCTYPE a SYSTEM "file:///dev/zero"><a/>' >bad/bomb-external.xml
	printf '<!DOCTYPE a [<!ENTITY %% p SYSTEM "file:///dev/zero">%%p;]><a/>' >bad/bomb-parameter.xml
	iconv -f UTF-8 -t UTF-16 bad/bomb.xml >bad/bomb-utf16.xml
}

# DER whose lengths are 2^63, 2^63 - 1, 2^64 - 1, and 2^32
lengths() {
	printf '\060\210\200\000\000\000\000\000\000\000' >bad/length-63.der
	printf '\060\210\177\377\377\377\377\377\377\377' >bad/length-62.der
	printf '\060\210\377\377\377\377\377\377\377\377' >bad/length-64.der
	printf '\060\204\377\377\377\377\002\001\000' >bad/length-32.der
	printf '\060\013\200\210\200\000\000\000\000\000\000\000\000' >bad/length-inside.der
	local f
	for f in 63 62 64 32; do
		{
			echo '-----BEGIN CERTIFICATE-----'
			base64 bad/length-$f.der
			echo '-----END CERTIFICATE-----'
		} >bad/length-$f.pem
	done
	{ echo '-----BEGIN CERTIFICATE-----' && times 1000000 MIIB && echo && echo '-----END CERTIFICATE-----'; } >bad/long.pem
	{ printf 'eyJhbGciOiJFUzI1NiJ9.' && times 20000 e30 && printf '.AAAA\n'; } >bad/long.jws
	times 120000 . >bad/dots.jws
}

limited() {
	if [ "${M2M_BIN-}" = "${M2M_BIN%-san/bin}" ]; then
		(ulimit -v 262144 && ulimit -t 2 && exec timeout 60 "$@")
	else
		(ulimit -t 10 && exec timeout 120 "$@")
	fi
}

# ends STATUS COMMAND...: with each document in the place of @, the command ends in that status, with
# nothing on stdout and its result as it was
ends() {
	local want=$1 f rc arg cmd
	shift
	for f in ${DOCUMENTS:-bad/*}; do
		cmd=()
		for arg; do cmd+=("${arg//@/$f}"); done
		printf old >old
		rc=0
		limited "${cmd[@]}" >out 2>err </dev/null || rc=$?
		{ [ "$rc" -eq "$want" ] && [ ! -s out ] && [ "$(cat old)" = old ]; } || {
			echo "status $rc, want $want: ${cmd[*]}"
			head -c 1000 err
			return 1
		}
	done
}

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/world"
	cd "$BATS_FILE_TMPDIR/world" || return
	world
	m2m-keygen tre --tre-id 'ACME;0002' --key-out tre.key --cert-out lab.pem --ca-key ca.key --ca-cert ca.pem
	up_to_mcimobj ro sho-a mcim-a.json
	cp state/state.sealed sealed.before
	documents
}

setup() {
	enter
	local f
	for f in "$BATS_FILE_TMPDIR"/world/*; do
		case $f in */state | */state.device) cp -a "$f" . ;; *) ln -s "$f" . ;; esac
	done
}

@test "certificates, requests, keys: m2m-keygen" {
	ends 3 m2m-keygen sign --csr @ --tre-id 'ACME;0001' --ca-key ca.key --ca-cert ca.pem -o old
	ends 3 m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' --ca-key ca.key --ca-cert @ -o old
	ends 3 m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' --ca-key @ --ca-cert ca.pem -o old
	ends 3 m2m-keygen tre --batch @ --ca-key ca.key --ca-cert ca.pem -o new
	[ ! -e new ]
	ends 3 m2m-keygen crl --index @ --ca-key ca.key --ca-cert ca.pem -o old
}

@test "notes: m2m-note" {
	ends 3 m2m-note check ack --trust ro.pem --to ro -i @ -o old
	ends 3 m2m-note check ack --trust @ --to ro -i ro.pem -o old
	ends 3 m2m-note make ack --key @ --cert ro.pem --to ro -o old
}

@test "records: milenage, auc-av, vno-auth, m2m-register, ro-drf-lookup, pcid-issue" {
	ends 3 milenage av -i @ -o old
	ends 3 milenage av --csv -i @ -o old
	ends 3 tuak av -i @ -o old
	ends 3 vno-auth --av @ -o old
	ends 3 m2m-register import --register db -i @ subscribers
	DOCUMENTS=$(echo bad/100mib.*) ends 3 m2m-register import --register db --key tre.key -i @ subscribers
	DOCUMENTS=$(echo bad/*.der) ends 1 m2m-register import --register db --key tre.key -i @ subscribers
	ends 3 ro-drf-lookup --routes @ -o old 001010000000001
	ends 3 pcid-issue --register db --plmn 001-01 --count 1 --op @ -o old
}

@test "descriptions and blobs: mcim-wrap, mcim-unwrap" {
	ends 3 mcim-wrap --tre-cert lab.pem -i @ -o old
	ends 3 mcim-wrap --tre-cert @ -i mcim-a.json -o old
	ends 3 mcim-wrap --json-only -i @ -o old
	ends 3 mcim-wrap --der-only -i @ -o old
	ends 3 mcim-wrap --batch @ -o old
	ends 3 mcim-unwrap --key @ --tre-id 'ACME;0002' -i lab.pem -o old
	# whatever does not open is one refusal; what is longer than any file is not read
	DOCUMENTS=$(echo bad/100mib.*) ends 3 mcim-unwrap --key tre.key --tre-id 'ACME;0002' -i @ -o old
	DOCUMENTS=$(echo bad/*.der bad/*.xml bad/131073.*) ends 1 mcim-unwrap --key tre.key --tre-id 'ACME;0002' -i @ -o old
}

@test "bootstraps and objects: bootstrap-sign, mcimobj-make, pva-verify, sho-subscribe" {
	ends 3 bootstrap-sign --verify --trust ro.pem -i @ -o old
	ends 3 bootstrap-sign --napdef-only --napdef @ --key ro.key --cert ro.pem --tre-id 'ACME;0001' -o old
	ends 3 mcimobj-make --key ro.key --cert ro.pem --mcim lab.pem --result @ --result-trust ro.pem -o old
	local make=(mcimobj-make --key sho-a.key --cert sho-a.pem --result result.jws --result-trust pva.pem -o old)
	ends 3 "${make[@]}" --mcim @ --token token.jws
	ends 3 "${make[@]}" --mcim mcim.blob --token @
	ends 3 "${make[@]}" --mcim mcim.blob --token token.jws --napdef @
	ends 3 pva-verify --trust ca.pem --nonce-a-file @ -i m2meobj.xml -o old
	ends 3 pva-verify --trust ca.pem --nonce-a-file credentials.json --reference @ -i m2meobj.xml -o old
	ends 3 pva-verify --trust ca.pem --nonce-a-file mcim-a.json -i @ -o old
	ends 3 pva-verify --trust ca.pem --cert @ -o old
	ends 3 pva-verify --trust @ --cert tre.pem -o old
	ends 3 pva-verify --trust ca.pem --cert tre.pem --ocsp-response @ -o old
	ends 3 pva-verify --trust ca.pem --cert tre.pem --crl @ -o old
	ends 3 sho-subscribe --register db --name ro --key ro.key --cert ro.pem --tre-cert tre.pem --trust ca.pem \
		--token @ --current-sho ro --plmn 001-01 --mcim-out old -o old
}

@test "cards and OTA: uicc-sim, ota-wrap, ota-unwrap, uicc-keys" {
	local set='"kic":"000102030405060708090a0b0c0d0e0f","kid":"101112131415161718191a1b1c1d1e1f"'
	local wrap=(ota-wrap --cntr 0000000001 --spi 1621 --kic 15 --kid 15 --tar b00010 -o old)
	echo '{"index":1,'"$set"',"kic_alg":"3des2-cbc","kid_alg":"3des2-cbc"}' >set
	uicc-sim --state card init --iccid 8949012345678901234
	ends 3 uicc-sim --state card personalize --credential @
	ends 3 uicc-sim --state card ota -i @
	ends 3 "${wrap[@]}" --keyset @ --refresh
	ends 3 "${wrap[@]}" --keyset set --script @
	ends 3 "${wrap[@]}" --keyset set -i @
	ends 3 ota-unwrap --keyset set -i @ -o old
	ends 3 ota-unwrap --keyset @ -i set -o old
	ends 3 uicc-keys import --register db -i @
	echo '{"iccid":"8949012345678901234","imsi":"001010000000001","k":"465b5ce8b199b49faa5f0a2ee238a6bc","opc":"cd63cb71954a9f4e48a5994e37a02baf"}' |
		uicc-sim --state cards stock
	ends 3 uicc-sim --state cards deliver -i @ -o old
	ends 3 uicc-sim --state cards stock -i @
	ends 3 ota-wrap --register db --batch @ --plmn 001-01 --spi 1621 --kic 12 --kid 12 --tar b00010 -o old
	ends 3 ota-wrap --register db --batch set --done @ --plmn 001-01 --spi 1621 --kic 12 --kid 12 --tar b00010 -o old
}

@test "traces: m2m-chart" {
	ends 3 m2m-chart -i @ -o old
}

@test "the equipment: tre-sim, whose state stays as it was" {
	ends 3 tre-sim --state state bootstrap -i @
	ends 3 tre-sim --state state provision -i @ -o old
	ends 3 tre-sim --state state command -i @
	ends 3 tre-sim --state state boot --components @
	ends 3 tre-sim --state new init --tre-id 'ACME;0003' --policy @
	cmp state/state.sealed sealed.before
	[ ! -e new ]
}

@test "a sealed state of any size is locked down, and none opens" {
	local f
	for f in bad/131073.octets bad/100mib.octets bad/depth-60000.json; do
		cp --sparse=always $f state/state.sealed
		refuses 1 locked-down limited tre-sim --state state info
		rm state.device/locked-down
	done
}

@test "WBXML: lengths, depth and strings that never end" {
	# version 1.2, SyncML 1.2, UTF-8, a string table of 2^35 octets; opaque data of 2^32; tags alone
	printf '\002\240\001\152\377\377\377\377\177' >table
	printf '\002\240\001\152\000\155\303\217\377\377\377\177' >opaque
	{ printf '\002\240\001\152\000' && times 130000 m; } >deep
	{ printf '\002\240\001\152\000m\003' && times 130000 x; } >string
	{ printf '\003\013\152\000' && times 130000 E; } >cp
	DOCUMENTS='table opaque deep string cp' ends 3 tre-sim --state state bootstrap -i @
	DOCUMENTS='table opaque deep string cp' ends 3 bootstrap-sign --verify --trust ro.pem -i @ -o old
	DOCUMENTS='table opaque deep string cp' ends 3 tre-sim --state state provision -i @
}

# gibibyte COMMAND...: a batch whose one line is that long, from a pipe
gibibyte() {
	local rc=0
	head -c 1073741824 /dev/zero 2>/dev/null | limited "$@" >out 2>err || rc=${PIPESTATUS[1]}
	{ [ "$rc" -eq 3 ] && [ ! -s out ] && grep -qE 'longer than|no header line|a 0 octet' err; } || {
		echo "status $rc: $*"
		cat err
		return 1
	}
}

@test "a batch with a line of a gibibyte" {
	gibibyte milenage av -i -
	gibibyte milenage av --csv -i -
	gibibyte tuak av -i -
	gibibyte mcim-wrap --batch -
	gibibyte m2m-keygen tre --batch - --ca-key ca.key --ca-cert ca.pem -o new
	m2m-register import --register db subscribers </dev/null
	gibibyte auc-av --register db -
	gibibyte m2m-chart -i -
	gibibyte m2m-register import --register db -i - subscribers
	printf 'plmn\toperator\n001-01\tro\n' >routes.tsv
	gibibyte ro-drf-lookup --routes routes.tsv -
	gibibyte tre-sim --state state boot --components -
	# the records before and behind it are done
	{ printf '{"imsi":"%s","k":"%s","opc":"%s","amf":"8000"}\n' "$IMSI0" "$K0" "$OPC0" && head -c 104857600 /dev/zero &&
		printf '\n{"imsi":"%s","k":"%s","opc":"%s","amf":"8000"}\n' "$IMSI1" "$K1" "$OPC1"; } |
		limited m2m-register import --register db2 -i - subscribers 2>err || rc=$?
	[ "$rc" -eq 3 ]
	grep -q 'stdin:2: line longer than 65536 octets' err
	[ "$(m2m-register check --register db2 | jq .subscribers)" = 2 ]
}

@test "the limits are where they are said to be: a document of 128 KiB is read" {
	{ printf '{"a":"' && times 131063 x && printf '"}\n'; } >most.json
	[ "$(wc -c <most.json)" -eq 131072 ]
	refuses 3 'a: no such member' mcim-wrap --json-only -i most.json
	refuses 3 'longer than the limit of 131072 octets' mcim-wrap --json-only -i bad/131073.json
	{ printf '<a>' && times 131065 x && printf '</a>'; } >most.xml
	refuses 3 'MgmtTree|document' bootstrap-sign --verify --trust ro.pem -i most.xml
	refuses 3 'longer than the limit of 131072 octets' bootstrap-sign --verify --trust ro.pem -i bad/131073.xml
}
