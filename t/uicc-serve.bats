#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The card in a virtual reader, against a small vpcd of our own.
load lib
load uicc

# vpcd FILE: listens, says its port in the file port, sends each line of FILE (hex), and writes what
# comes back, a line each; a line `!` has no answer.
vpcd() {
	perl -MIO::Socket::INET -e '
		my $l = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1", Proto => "tcp") or die;
		open my $p, ">", "port.new" or die; print $p $l->sockport; close $p; rename "port.new", "port";
		my $s = $l->accept or die;
		sub get { my ($n, $b) = (shift, ""); while (length $b < $n) { my $g = sysread $s, $b, $n - length $b, length $b; last unless $g } $b }
		while (<STDIN>) { chomp; my $quiet = s/^!//; my $m = pack "H*", $_;
			my $all = pack("n", length $m) . $m; # in two parts, as a slow reader sends it
			syswrite $s, substr $all, 0, 1; select undef, undef, undef, 0.001; syswrite $s, substr $all, 1;
			next if $quiet; my $n = unpack "n", get(2); print unpack("H*", get($n)), "\n" }' <"$1" >got 2>vpcd.err &
	reader=$!
	for _ in $(seq 100); do
		[ ! -s port ] || return 0
		sleep 0.05
	done
	return 1
}

@test "power, reset, ATR and APDUs over the protocol of vpcd" {
	card
	auc-av --register a.db 001010000000001 >vector
	{
		printf '%s\n' '!01' 04 00a40004023f00 00c0000003 00c0000000 '!02' 00a4000c027fff 00b0000009 '!00' '!01' 04
		echo "00a4000c023f00"
		echo "00a4000c027fff"
		echo "008800812210$(jq -r .rand vector)10$(jq -r .autn vector)"
		echo 00c0000035
		printf '00%0600d\n' 0
		echo 00a4000c026f07
	} >asked
	vpcd asked
	uicc-sim --state card serve --vpcd "127.0.0.1:$(cat port)"
	wait "$reader"
	{
		sed -n 1p got # the ATR, whose check octet is right
		sed -n 7p got
	} | sort -u >atr
	[ "$(wc -l <atr)" -eq 1 ]
	perl -e '$_ = <>; chomp; my @b = unpack "C*", pack "H*", $_; my $x = 0; $x ^= $_ for @b[1 .. $#b]; exit($x == 0 && $b[0] == 0x3b ? 0 : 1)' atr
	[ "$(sed -n 2p got)" = 610a ] # the FCP waits for GET RESPONSE
	[ "$(sed -n 3p got)" = 6208826107 ]
	[ "$(sed -n 4p got | tail -c 5)" = 9000 ]
	[ "$(sed -n 5p got)" = 9000 ]
	[ "$(sed -n 6p got)" = 6986 ] # no EF is selected after a reset
	grep -q "db08$(jq -r .xres vector)10$(jq -r .ck vector)10$(jq -r .ik vector)9000" got
	grep -qx 6700 got
	[ "$(tail -1 got)" = 9000 ]
	# the SQN that was taken stays taken
	refuses_replay() {
		rc=0
		uicc-sim --state card attach --rand "$(jq -r .rand vector)" --autn "$(jq -r .autn vector)" >out 2>err || rc=$?
		[ "$rc" -eq 1 ] && grep -q sqn-out-of-range err
	}
	refuses_replay
}

@test "nobody listens, an address that is none, a message that is cut" {
	card
	refuses 5 'Connection refused' uicc-sim --state card serve --vpcd 127.0.0.1:1
	refuses 2 '--vpcd: want ADDRESS:PORT' uicc-sim --state card serve --vpcd nowhere
	refuses 3 'no sealed state is here' uicc-sim --state none serve --vpcd 127.0.0.1:1
	perl -MIO::Socket::INET -e 'my $l = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die;
		open my $p, ">", "port.new" or die; print $p $l->sockport; close $p; rename "port.new", "port";
		my $s = $l->accept; syswrite $s, "\x00\x07\x00\xa4"; close $s' &
	pid=$!
	for _ in $(seq 100); do [ -s port ] && break; sleep 0.05; done
	refuses 3 'vpcd: the message is cut' uicc-sim --state card serve --vpcd "127.0.0.1:$(cat port)"
	wait "$pid"
}
