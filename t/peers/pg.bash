# SPDX-License-Identifier: Apache-2.0
# A PostgreSQL cluster of our own, on a socket in a folder of its own; SOCKET is that folder.
# shellcheck shell=bash
PG_BIN=$(printf '%s\n' /usr/lib/postgresql/*/bin | tail -1)

as_postgres() {
	if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

pg_start() {
	as_postgres "$PG_BIN/pg_ctl" -D "$SOCKET/data" -w -l "$SOCKET/log" -o "-k $SOCKET -c listen_addresses='' -c max_connections=50" start >/dev/null 3>&-
}

pg_stop() { # [immediate]
	as_postgres "$PG_BIN/pg_ctl" -D "$SOCKET/data" -w -m "${1:-fast}" stop >/dev/null
}

# Makes and starts it; false where the package is missing.
pg_make() {
	[ -x "$PG_BIN/initdb" ] || return 1
	[ "$(id -u)" -ne 0 ] || id postgres >/dev/null 2>&1 || return 1
	SOCKET=$(mktemp -d)
	export SOCKET
	[ "$(id -u)" -ne 0 ] || chown postgres "$SOCKET"
	(cd / && as_postgres "$PG_BIN/initdb" -D "$SOCKET/data" -A trust --no-sync --locale=C -U m2m >"$BATS_FILE_TMPDIR/initdb.log" 2>&1)
	chmod 755 "$SOCKET"
	(cd / && pg_start)
}

pg_remove() {
	[ -n "${SOCKET-}" ] || return 0
	(cd / && pg_stop immediate) || true
	rm -rf "$SOCKET"
}

sql() {
	"$PG_BIN/psql" -qAtX -h "$SOCKET" -U m2m postgres -c "$1"
}

# A register of that name: a schema of its own.
pg_register() {
	sql "CREATE SCHEMA IF NOT EXISTS $1" 2>/dev/null || true
	echo "postgresql://m2m@/postgres?host=$SOCKET&options=-csearch_path%3D$1"
}
