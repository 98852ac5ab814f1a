#!/usr/bin/env bats
load lib

@test "text within 100 columns, Mermaid, and counts" {
	printf '%s\n' '{"step":"A1","from":"m2me","to":"vno","message":"identity","bytes":40,"outcome":"ok"}' \
		'{"step":"A4","from":"m2me","to":"vno","message":"auts","bytes":50,"outcome":"sqn-out-of-range"}' \
		'{"step":"A2","from":"vno","to":"ro","message":"resync","bytes":5,"outcome":"ok"}' >t
	m2m-chart -i t >text
	[ "$(awk 'length > 100' text | wc -l)" -eq 0 ]
	grep -q 'auts: sqn-out-of-range' text
	[ "$(m2m-chart --format mermaid <t | sed -n 6p)" = '    m2me-xvno: A4 auts, sqn-out-of-range' ]
	[ "$(m2m-chart --count -i t | head -1)" = '{"from":"m2me","to":"vno","messages":2,"bytes":90}' ]
}

@test "hostile traces are refused" {
	echo '{"step":"1","from":"a b","to":"c","message":"m"}' >t
	refuses 3 't:1: party|from: want letters' m2m-chart -i t
	echo '{"step":"1","from":"a","to":"c","message":"m","x":1}' >t
	refuses 3 't:1: x: no such field' m2m-chart -i t
	refuses 2 'want text or mermaid' m2m-chart --format gif -i t
}
