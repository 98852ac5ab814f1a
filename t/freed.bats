#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2086,SC2154 # keys are hex digits; challenge sets rand and autn
# The watcher of freed memory over every tool that touches a secret, where its own file does not do it. What
# a tool makes itself is known beforehand from a golden build, which makes the same again.
load lib
load tre

setup() {
	once # the sanitizers keep what is freed
	enter
	[ -n "$FREEWATCH_SO" ]
	world
	ro=$(scalar ro.key) a=$(scalar sho-a.key) pva=$(scalar pva.key)
}

# scalar KEY: of an EC key, in hex
scalar() {
	openssl pkey -in "$1" -noout -text | awk '/^priv:/ { on = 1; next } /^[^ ]/ { on = 0 } on' | tr -d ' :\n' | sed 's/^00//'
}

text() {
	printf %s "$1" | od -An -v -tx1 | tr -d ' \n'
}

# twice FILTER TOOL…: by the golden build, whose first run tells by the filter (jq) in made what the second one
# must not free
twice() {
	local filter=$1 tool=$2 needles aside=../twice-$BATS_TEST_NUMBER
	shift 2
	cp -a . "$aside"
	"$GOLDEN_BIN/$tool" "$@" >made 2>said
	needles=$(jq -r "$filter" made* | paste -sd :)
	[ ${#needles} -ge 32 ]
	rm -rf ./*
	cp -a "$aside/." .
	rm -rf "$aside"
	watched "$needles" "$GOLDEN_BIN/$tool" "$@" >made 2>said
	[ "$(jq -r "$filter" made* | paste -sd :)" = "$needles" ] # they are the same indeed
}

@test "the watcher sees what is freed" {
	run -99 watched "$(text wrong.pem)" bash -c 'x=wrong.pem; unset x'
}

@test "registers: m2m-register, and vectors to and from the VNO" {
	local k=$K1:$OPC1 form
	printf '{"imsi":"%s","k":"%s","opc":"%s"}\n' $IMSI1 $K1 $OPC1 >record
	watched $k m2m-register import --register db -i record subscribers
	watched $k m2m-register set --register db subscribers $IMSI1 amf=9001
	watched $k m2m-register export --register db subscribers >out
	watched $k m2m-register export --register db --csv -o csv subscribers
	watched $k m2m-register import --register db2 --csv -i csv subscribers
	for form in open5gs osmo-hlr free5gc srsran pysim; do
		watched $k m2m-register export --register db --format $form --plmn 001-02 -o form subscribers || return
	done
	watched $k m2m-register export --register db --recipient ro.pem -o sealed subscribers
	watched $k:$ro m2m-register import --register db3 --key ro.key -i sealed subscribers
	watched $k auc-av --register db --recipient ro.pem -o av.cms $IMSI1
	vno-auth --av av.cms --key ro.key >out
	openssl cms -decrypt -inform DER -in av.cms -inkey ro.key -recip ro.pem -out av.json
	watched "$ro:$(jq -r '.ck, .ik, .xres' av.json | paste -sd :)" vno-auth --av av.cms --key ro.key >out
	watched $k m2m-register check --register db >out
	watched $k m2m-register backup --register db -o backup
}

@test "the factory: pcid-issue" {
	printf '%s\n' $K2 >op
	twice .k,.opc pcid-issue --register db --plmn 001-01 --count 3
	twice .k,.opc pcid-issue --register db --plmn 001-01 --count 3 --op op
	watched $K2 pcid-issue --register db --plmn 001-01 --count 3 --op op --recipient ro.pem -o sealed
	printf '%064d\n' 7 >transport
	watched "$K2:$(printf '%064d' 7)" pcid-issue --register db --plmn 001-01 --count 3 --op op --transport-key transport -o batch
	watched "$(printf '%064d' 7)" m2m-register import --register db2 --key transport -i batch subscribers
}

@test "an operator: sho-subscribe, mcim-rules, bootstrap-sign, mcimobj-make; the PVA" {
	local nonce now
	now=$(date -u +%FT%TZ) # the golden build's own clock stands still
	token sho-a
	printf '%s\n' $K2 >op
	printf '%064d\n' 12345 >knetver
	local subscribe=(--name sho-a --key sho-a.key --cert sho-a.pem --tre-cert tre.pem --trust ca.pem --token token.jws --current-sho ro --plmn 001-02
		--op op --knetver knetver --at "$now" --mcim-out made.json -o registration.jws)
	twice '.k, .opc | values' sho-subscribe --register db "${subscribe[@]}"
	rm db*
	watched "$a:$K2:$(printf '%064d' 12345)" sho-subscribe --register db "${subscribe[@]}"
	printf '{"plmn":"001-02","first":1,"last":9}\n' >rules.json
	m2m-note make authorization --key sho-a.key --cert sho-a.pem --to ro tre_id="$ID" tre_cert_pem=@tre.pem rules_b64=@rules.json -o rules.jws
	mcim-rules make --authorization rules.jws --trust sho-a.pem --to ro --register dpf.db --credentials told.cms -o mcim.blob
	openssl cms -decrypt -inform DER -in told.cms -inkey sho-a.key -recip sho-a.pem -out told.json
	watched "$a:$(jq -r '.k, .opc' told.json | paste -sd :)" mcim-rules take --authorization rules.jws --trust sho-a.pem --register took.db \
		--key sho-a.key -i told.cms >out
	credentials sho-a
	nonce=$(text 0123456789abcdef-of-sho-a)
	watched $nonce mcim-wrap --tre-cert tre.pem --tre-id "$ID" --tag bootstrap -i credentials.json -o credentials.blob
	watched $ro bootstrap-sign --key ro.key --cert ro.pem --tre-id "$ID" --server-url https://dpf.sho-a.example/m2m --server-cert sho-a.pem \
		--credentials credentials.blob -o bootstrap.xml
	printf '13572468\n' >userpin
	watched "$ro:$(text 13572468)" bootstrap-sign --key ro.key --cert ro.pem --tre-id "$ID" --server-url https://dpf.sho-a.example/m2m \
		--server-cert sho-a.pem --credentials credentials.blob --profile cp --push --userpin userpin -o push
	watched "$(text 13572468)" bootstrap-sign --verify --trust ro.pem --userpin userpin -i push >out
	tre bootstrap -i bootstrap.xml >out
	m2meobj-make --tre state -o m2meobj.xml
	watched $nonce:$pva pva-verify --trust ca.pem --nonce-a-file credentials.json --sign-key pva.key --sign-cert pva.pem -i m2meobj.xml -o result.jws
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --operator-cert sho-a.pem -i mcim-a.json -o mcim.blob
	watched $a mcimobj-make --key sho-a.key --cert sho-a.pem --mcim mcim.blob --result result.jws --result-trust pva.pem --token token.jws -o mcimobj.xml
}

@test "the DPF that makes the MCIM: mcim-rules make" {
	printf '{"plmn":"001-02","first":1,"last":9}\n' >rules.json
	m2m-note make authorization --key sho-a.key --cert sho-a.pem --to ro tre_id="$ID" tre_cert_pem=@tre.pem rules_b64=@rules.json -o rules.jws
	local make=(--authorization rules.jws --trust sho-a.pem --to ro --register dpf.db --credentials told.cms --at "$(date -u +%FT%TZ)" -o mcim.blob) known
	M2M_SEED=1 "$GOLDEN_BIN/mcim-rules" make "${make[@]}" 2>said
	openssl cms -decrypt -inform DER -in told.cms -inkey sho-a.key -recip sho-a.pem -out told.json
	known=$(jq -r '.k, .opc' told.json | paste -sd :)
	rm dpf.db* told.cms mcim.blob
	M2M_SEED=1 watched $known "$GOLDEN_BIN/mcim-rules" make "${make[@]}" 2>said
	openssl cms -decrypt -inform DER -in told.cms -inkey sho-a.key -recip sho-a.pem | cmp - told.json
}

@test "the equipment: users, sessions, firmware, consent, shared algorithms" {
	local all
	mcim $IMSI1 $K1 $OPC1 ',"controls":{"countersignature":true,"read":"both"}' >mcim-a.json
	up_to_mcimobj ro sho-a mcim-a.json
	printf '86429753\n' >ann.pin
	all=$K0:$OPC0:$K1:$OPC1:$(od -An -v -tx1 state.device/device.key | tr -d ' \n'):$(text 86429753)
	watched $all tre provision -i mcimobj.xml -o status.jws
	watched $all tre user ann --new-pin ann.pin --rights select,read --pin pin
	watched $all tre login --user ann --pin ann.pin
	watched $all tre deselect mcim-1
	watched $all tre select mcim-1 --user ann --pin ann.pin
	watched $all tre read mcim-1 --file 6f07 >out
	watched $all tre logout
	echo '{"share":"nobody"}' >rules
	watched $all tre controls -i rules --pin pin
	watched $all tre consent mcim-1 --ask -o ask.jws
	m2m-note make consent --key sho-a.key --cert sho-a.pem --to "$ID" --about ask.jws -o consent.jws
	watched $all tre consent mcim-1 -i consent.jws
	watched $all tre certify --ask --to pva.a -o ask.jws
	command_note sho-a block mcim-1
	watched $all tre command -i command.jws >out
	watched $all tre pristine --pin pin
	echo x >state/audit.jsonl
	watched $all tre report --to pva.a -o tamper.jws
}

@test "many TREs: tre-sim many" {
	m2m-keygen tre --tre-id 'ACME;0002' --key-out two.key --cert-out two.pem --ca-key ca.key --ca-cert ca.pem
	{
		jq -nc --arg id 'ACME;0002' --rawfile pin pin '{tre_id: $id, act: "init", pin: $pin}'
		jq -nc --arg id 'ACME;0002' --rawfile key two.key --rawfile cert two.pem --slurpfile c credential.json \
			'{tre_id: $id, act: "personalize", key: $key, cert: $cert, credential: $c[0]}'
		echo '{"tre_id":"ACME;0002","act":"user","name":"ann","new_pin":"86429753","rights":"token"}'
		echo '{"tre_id":"ACME;0002","act":"token","user":"ann","pin":"86429753"}'
	} >acts
	watched "$K0:$OPC0:$(scalar two.key):$(text 86429753)" tre-sim --fleet fleet many --pin pin --to sho-a --to-cert sho-a.pem --operator-cert ro.pem -i acts -o out
	[ "$(jq .status out | paste -sd ' ')" = '0 0 0 0' ]
}

@test "cards: ota-wrap, uicc-sim stock and deliver" {
	local kic=000102030405060708090a0b0c0d0e0f kid=101112131415161718191a1b1c1d1e1f
	printf '{"index":1,"kic":"%s","kid":"%s","kic_alg":"3des2-cbc","kid_alg":"3des2-cbc"}\n' $kic $kid >set
	watched $kic:$kid ota-wrap --keyset set --cntr 0000000001 --spi 1621 --kic 15 --kid 15 --tar b00010 --refresh -o packet
	jq -nc --slurpfile s set --arg k $K1 --arg opc $OPC1 '{iccid: "8949012345678901234", imsi: "001010000000001", k: $k, opc: $opc, ota_keys: $s[0]}' >stock
	watched $kic:$kid:$K1:$OPC1 uicc-sim --state cards stock -i stock
	jq -nc --rawfile p packet '{iccid: "8949012345678901234", packet: [$p | rtrimstr("\n")]}' >list
	watched $kic:$kid:$K1:$OPC1 uicc-sim --state cards deliver -i list >answers
	watched $kic:$kid:$K1:$OPC1 uicc-sim --state cards list >out
}
