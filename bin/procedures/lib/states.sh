# shellcheck shell=bash
# What state the parties are in, for m2m-walk --states: a line of RUN/states.jsonl around each step. No
# secret: the TRE's own words of itself, and identities and states from the registers. Of walk.sh.

# m2me_state: the TRE's words, and the identity that it would present
m2me_state() {
	[ ! -e m2me/state/state.sealed ] || {
		tre-sim --state m2me/state --device m2me/device info | jq -c '{boot_counter, mcims}'
		tre-sim --state m2me/state --device m2me/device attach --identity 2>/dev/null || true
	}
}

# register_state PARTY: whom it knows
register_state() {
	[ ! -e "$1/register.db" ] || {
		m2m-register export --register "$1/register.db" subscribers | jq -c '{subscriber: .imsi, status}'
		m2m-register export --register "$1/register.db" discovery | jq -c '{tre_id, pcid, sho, status}'
	}
}

states() {
	local party
	[ -n "$WALK_STATES" ] && ! idle && [ -d wire ] || return 0
	{
		printf '{"messages":%d,"step":"%s","m2me":%s' "$walk_sent" "${WALK_AT-}" "$(m2me_state | jq -sc .)"
		for party in */register.db; do
			[ ! -e "$party" ] || printf ',"%s":%s' "${party%/*}" "$(register_state "${party%/*}" | jq -sc .)"
		done
		printf '}\n'
	} >>states.jsonl
}
