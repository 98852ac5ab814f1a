#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib
load tre

# The deep, the long, the many: each ends in status 3 within a second of the processor's time and
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
	[[ $UNIT_DIR != *-san/* ]] || find bad -size +128k ! -name '131073.*' ! -name '100mib.*' -delete
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
		(ulimit -v 262144 && ulimit -t "${SECONDS_OF_CPU-1}" && exec "$@")
	else
		(ulimit -t 10 && exec "$@")
	fi
}

# ends STATUSES COMMAND...: with each document in the place of @, see t/ends. Those that are too long for any
# document never come to a parser: the sanitizers see two of them.
ends() {
	local want=$1 f=()
	shift
	# shellcheck disable=SC2206 # names without blanks
	f=(${DOCUMENTS:-bad/*})
	limited "$ROOT/t/ends" "$want" 1000000 "${f[@]}" -- "$@"
}

# few STATUSES COMMAND...: one document of each kind, where the reader is one that others were tried with
few() {
	DOCUMENTS="$(ls bad/{131073.json,100mib.octets,attributes-1000000.xml,attributes-50000.json,depth-1000000.json,depth-1000000.xml,digits-1000000.json,bomb.xml,length-63.der,length-63.pem} 2>/dev/null)" ends "$@"
}

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/world"
	cd "$BATS_FILE_TMPDIR/world" || return
	world
	m2m-keygen tre --tre-id 'ACME;0002' --key-out tre.key --cert-out lab.pem --ca-key ca.key --ca-cert ca.pem
	up_to_mcimobj ro sho-a mcim-a.json
	cp state/state.sealed sealed.before
	documents
	m2m-keygen operator --name acme --role maker --key-out acme.key --cert-out acme.pem
	jq -n --rawfile pem acme.pem '{firmware_cert_pem: $pem}' >policy.json
	tre-sim --state fresh init --tre-id "$ID" --pin pin --policy policy.json
	tre-sim --state fresh keygen --csr-out fresh.csr
	m2m-keygen sign --csr fresh.csr --tre-id "$ID" --ca-key ca.key --ca-cert ca.pem -o fresh.pem
	printf '{"plmn":"001-02","first":1,"last":9}\n' >rules.json
	m2m-note make authorization --key sho-a.key --cert sho-a.pem --to ro tre_id="$ID" tre_cert_pem=@tre.pem rules_b64=@rules.json -o rules.jws
	mcim-rules make --authorization rules.jws --trust sho-a.pem --to ro --register dpf.db --credentials told.cms -o rules.blob
	pcid-issue --register hss.db --plmn 001-01 --count 1 -o credential
	auc-av --register hss.db -o av.json 001010000000001
	auc-av --register hss.db --recipient ro.pem -o av.cms 001010000000001
	m2m-register check --register some.db
	echo 'ACME;0077' >ids
}

setup() {
	enter
	local f
	for f in "$BATS_FILE_TMPDIR"/world/*; do
		case $f in */state | */state.device | */fresh | */fresh.device) cp -a "$f" . ;; *) ln -s "$f" . ;; esac
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
	printf '{"imsi":"%s","k":"%s","opc":"%s"}\n' "$IMSI0" "$K0" "$OPC0" >usim.json
	local option
	for option in pairs common-keys pairing pin; do
		# an empty line of digits is none, and a short file may be a PIN
		DOCUMENTS=$(echo bad/1* bad/depth* bad/digits*) ends 3 uicc-sim --state card personalize --credential usim.json --$option @
	done
	uicc-sim --state card info >info
	few 3 uicc-sim --state card ota --form ud -i @
	few 3 uicc-sim --state card ota --form tpdu -i @
	few 3 uicc-sim --state card ota --pairing @ -i ro.pem
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

@test "the equipment: every file that an act reads" {
	local t=(tre-sim --state fresh)
	cp fresh/state.sealed fresh.before
	cp state/state.sealed sealed.before
	few 3 "${t[@]}" personalize --cert @ --credential credential.json
	few 3 "${t[@]}" personalize --key @ --cert fresh.pem --credential credential.json
	few 3 "${t[@]}" personalize --cert fresh.pem --enc-key @ --enc-cert fresh.pem --credential credential.json
	few 3 "${t[@]}" personalize --cert fresh.pem --enc-key ro.key --enc-cert @ --credential credential.json
	few 3 "${t[@]}" personalize --cert fresh.pem --credential @
	few 3 "${t[@]}" personalize --cert fresh.pem --credential credential.json --operator-cert @
	few 3 "${t[@]}" personalize --cert fresh.pem --credential credential.json --knetver @
	DOCUMENTS=$(echo bad/1*) ends 3 "${t[@]}" user ann --new-pin pin --pin @
	DOCUMENTS=$(echo bad/1*) ends 3 "${t[@]}" login --pin @
	cmp fresh/state.sealed fresh.before
	DOCUMENTS=$(echo bad/1*) ends 3 "${t[@]}" user ann --new-pin @ --pin pin
	"${t[@]}" personalize --cert fresh.pem --credential credential.json --operator-cert ro.pem
	few 3 "${t[@]}" certify --cert @ --pin pin
	few 3 "${t[@]}" firmware --image ids -i @ --pin pin
	few 3 "${t[@]}" firmware --image @ -i ids --pin pin
	few 3 "${t[@]}" token --to ro --to-cert @ --pin pin
	few 3 "${t[@]}" pristine --order @
	few 3 "${t[@]}" access -i @
	few 3 tre-sim --state state bootstrap -i bootstrap.xml --userpin @
	few '1|3' tre-sim --state state bootstrap -i @ --netwpin
	few 3 tre-sim --state state provision --stage -i @
	few 3 tre-sim --state state provision --beside -i @
	cmp state/state.sealed sealed.before
	tre-sim --state state provision -i mcimobj.xml -o status.jws
	few 3 tre-sim --state state consent mcim-1 -i @
	few '1|3' tre-sim --state state provision --commit --ack @
	few 3 m2meobj-make --tre @ -o old
}

@test "many TREs: tre-sim many" {
	ends 3 tre-sim --fleet fleet many -i @ -o new
	few 3 tre-sim --fleet fleet many --pin @ -i ids
	few 3 tre-sim --fleet fleet many --to-cert @ -i ids
	few 3 tre-sim --fleet fleet many --operator-cert @ -i ids
}

@test "rules and restrictions: mcim-rules, vno-permit" {
	local f
	few 3 mcim-rules make --authorization @ --trust sho-a.pem --to ro --register db --credentials old -o old
	few 3 mcim-rules make --authorization rules.jws --trust @ --to ro --register db --credentials old -o old
	local take=(mcim-rules take --register db -o old)
	few 3 "${take[@]}" --authorization @ --trust sho-a.pem --key sho-a.key -i told.cms
	few 3 "${take[@]}" --authorization rules.jws --trust @ --key sho-a.key -i told.cms
	few 3 "${take[@]}" --authorization rules.jws --trust sho-a.pem --key @ -i told.cms
	ends '1|3' "${take[@]}" --authorization rules.jws --trust sho-a.pem --key sho-a.key -i @
	# a database that is none
	for f in vno-permit auc-av ro-drf-lookup; do few 3 $f --register @ -o old 001010000000001; done
	few 3 m2m-register check --register @
}

@test "certificates and keys of every tool" {
	few 3 auc-av --register hss.db --recipient @ -o old 001010000000001
	few 3 vno-auth --av av.cms --key @ -o old
	few '1|3' vno-auth --av @ --key ro.key -o old
	few 3 vno-auth --av av.json -i @ -o old
	few 3 m2m-register export --register hss.db --recipient @ -o old subscribers
	few 3 m2m-register import --register db --key @ -i told.cms subscribers
	few 3 m2m-keygen operator --name x --key-out new --cert-out new2 --ca-key @ --ca-cert ca.pem
	few 3 m2m-keygen revoke --index index --cert @
	DOCUMENTS=$(echo bad/1*) ends 3 m2m-keygen tre --batch ids --line-key @ --ca-key ca.key --ca-cert ca.pem -o new
	few 3 mcim-wrap --tre-cert tre.pem --operator-cert @ -i mcim-a.json -o old
	few 3 m2m-note make ack --key ro.key --cert @ --to ro -o old
	few 3 pcid-issue --register db --plmn 001-01 --count 1 --recipient @ -o old
	few 3 pcid-issue --register db --plmn 001-01 --count 1 --transport-key @ -o old
	few 3 pva-verify --trust ca.pem --cert tre.pem --sign-key @ --sign-cert pva.pem -o old
	few 3 pva-verify --trust ca.pem --cert tre.pem --sign-key pva.key --sign-cert @ -o old
	local order=(--register db --name sho-a --current-sho ro --plmn 001-02 --mcim-out old -o old)
	few 3 sho-subscribe "${order[@]}" --key @ --cert sho-a.pem --tre-cert tre.pem --trust ca.pem --token token.jws
	few 3 sho-subscribe "${order[@]}" --key sho-a.key --cert @ --tre-cert tre.pem --trust ca.pem --token token.jws
	order+=(--key sho-a.key --cert sho-a.pem)
	few 3 sho-subscribe "${order[@]}" --tre-cert @ --trust ca.pem --token token.jws
	few 3 sho-subscribe "${order[@]}" --tre-cert tre.pem --tre-enc-cert @ --trust ca.pem --token token.jws
	few 3 sho-subscribe "${order[@]}" --tre-cert tre.pem --trust @ --token token.jws
	few 3 sho-subscribe "${order[@]}" --tre-cert tre.pem --trust ca.pem --token token.jws --knetver @
	few 3 sho-subscribe "${order[@]}" --tre-cert tre.pem --trust ca.pem --token token.jws --op @
	local make=(mcimobj-make --mcim mcim.blob --result result.jws --token token.jws -o old)
	few 3 "${make[@]}" --key @ --cert sho-a.pem --result-trust pva.pem
	few 3 "${make[@]}" --key sho-a.key --cert @ --result-trust pva.pem
	few 3 "${make[@]}" --key sho-a.key --cert sho-a.pem --result-trust @
	few 3 "${make[@]}" --key sho-a.key --cert sho-a.pem --result-trust pva.pem --authorization @
	few 3 bootstrap-sign --verify --trust @ -i bootstrap.xml -o old
	local sign=(bootstrap-sign --tre-id "$ID" --server-url https://dpf.example/ --credentials credentials.blob -o old)
	few 3 "${sign[@]}" --key @ --cert ro.pem --server-cert sho-a.pem
	few 3 "${sign[@]}" --key ro.key --cert @ --server-cert sho-a.pem
	sign+=(--key ro.key --cert ro.pem)
	few 3 "${sign[@]}" --server-cert @
	few 3 "${sign[@]}" --server-cert sho-a.pem --sho sho-b --sho-cert @
	few 3 "${sign[@]}" --server-cert sho-a.pem --push --netwpin @
	few 3 "${sign[@]}" --server-cert sho-a.pem --push --userpin @
	few '1|3' bootstrap-sign --verify --trust ro.pem -i @ --userpin pin -o old
	DOCUMENTS=$(echo bad/1*) ends 3 bootstrap-sign --key ro.key --cert ro.pem --tre-id "$ID" --server-url https://dpf.example/ --server-cert sho-a.pem --credentials @ -o old
	few 3 uicc-keys open --key @ --imsi 001010000000001 -i told.cms -o old
	few '1|3' uicc-keys open --key ro.key --imsi 001010000000001 -i @ -o old
	local release=(uicc-keys release --register maker.db --iccid 8949012345678901234 --index 1 -o old)
	uicc-keys make --register maker.db --iccid 8949012345678901234 --count 2 --entitled ro -o pairs
	few 3 "${release[@]}" --recipient @
	few 3 "${release[@]}" --recipient ro.pem --trust @ --handover rules.jws --to ro
	few '1|3' "${release[@]}" --recipient ro.pem --trust ro.pem --handover @ --to ro
	few 3 uicc-keys handover --register hss.db --plmn 001-01 --recipient @ -i ids -o old
	few 3 uicc-keys delete --register hss.db --key @ --cert ro.pem --to x --about ids -i ids -o old
	few 3 uicc-keys delete --register hss.db --key ro.key --cert @ --to x --about ids -i ids -o old
}

@test "the factory: m2m-personalize" {
	local line=(m2m-personalize --dir run --plmn 001-01 --sho ro)
	few 3 "${line[@]}" --tre-ids @ --ca-key ca.key --ca-cert ca.pem
	few 3 "${line[@]}" --tre-ids ids --ca-key @ --ca-cert ca.pem
	few 3 "${line[@]}" --tre-ids ids --ca-key ca.key --ca-cert @
	few 3 "${line[@]}" --tre-ids ids --ca-key ca.key --ca-cert ca.pem --sho-cert @ --states
	few 3 "${line[@]}" --tre-ids ids --ca-key ca.key --ca-cert ca.pem --line-key @
	few 3 "${line[@]}" --tre-ids ids --ca-key ca.key --ca-cert ca.pem --op @
	[ ! -e run ]
}

@test "lists and batches of every tool" {
	ends 3 pcid-issue --register db --plmn 001-01 --count 1 --tre-ids @ -o old
	few 3 m2m-register import --register db -i @ discovery
	few 3 m2m-register import --register db -i @ equipment
	few 3 m2m-register import --register db --csv -i @ subscribers
	local form
	for form in open5gs osmo-hlr pysim; do few 3 m2m-register import --register db --format $form -i @ subscribers; done
	few 3 m2m-note check ack --trust ro.pem --to ro --batch @ -o new
	few 3 sho-subscribe --batch @ --register db --name sho-a --key sho-a.key --cert sho-a.pem --trust ca.pem --plmn 001-01 -o new
	few 3 mcimobj-make --batch @ --key sho-a.key --cert sho-a.pem --result-trust pva.pem -o new
	few 3 pva-verify --trust ca.pem --batch @ -o new
	few 3 bootstrap-sign --batch @ --key ro.key --cert ro.pem -o new
	few 3 uicc-keys handover --register hss.db --plmn 001-01 --recipient ro.pem -i @ -o old
	few 3 uicc-keys delete --register hss.db --key ro.key --cert ro.pem --to x --about ids -i @ -o old
	few 3 m2m-chart --count -i @ -o old
	few 3 m2m-chart --format svg -i @ -o old
	few 3 milenage usim --window @ --k "$K0" --opc "$OPC0" --rand "$K0" --autn "$K0" -o old
	few 3 tuak usim --window @ --k "$K0" --topc "$K0$K0" --rand "$K0" --autn "$K0" -o old
	# what is only hashed has no form, and a limit all the same
	DOCUMENTS=$(echo bad/100mib.*) ends 3 m2m-note make ack --key ro.key --cert ro.pem --to ro --about @ -o old
	DOCUMENTS=$(echo bad/100mib.*) ends 3 uicc-keys delete --register hss.db --key ro.key --cert ro.pem --to x --about @ -i ids -o old
}

@test "every file that a tool reads is tried in this file, that of a tool to come too" {
	local test t option
	limited() { printf '%s\n' "$*" >>"$BATS_TEST_TMPDIR/tried"; }
	for test in $(compgen -A function test_); do
		[ "$test" = "$BATS_TEST_NAME" ] || "$test" >said 2>&1 || true
	done
	for t in "$ROOT"/src/tools/*.c "$ROOT/bin/m2m-personalize"; do
		t=$(basename "$t" .c)
		"$t" --help | sed -n '/^usage/,/^$/p' |
			grep -oE -- '--?[a-z][a-z0-9-]* (F|FILE|KEY|CERT|TRE_CERT|NOTE|LIST|ACTS|CARDS|TOKEN|RESULT|RESPONSE|CMS|BOOTSTRAP|MCIMOBJ|M2MEOBJ|PACKET|COMMANDS|MCIM\.json|RUN/trace\.jsonl|[A-Z]+\.jsonl)\b' |
			cut -d' ' -f1 | sort -u >options
		for option in $(cat options); do
			case "$t $option" in
			# what is written, not read; and LIST of rights
			*-out | *' -o' | 'auc-av --audit' | 'mcim-rules --credentials' | 'tre-sim --delivery-note' | 'tre-sim --rights') continue ;;
			esac
			grep -qE -- "-- $t .*$option @" tried || echo "$t $option"
		done
	done >missing
	cat missing
	[ ! -s missing ]
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
