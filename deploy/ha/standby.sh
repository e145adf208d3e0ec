#!/bin/bash
# The standby's server: at its first start a copy of the primary, then whatever it has become.
set -euo pipefail
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    until pg_isready --quiet --host="$PRIMARY" --port="${PRIMARY_PORT:-5432}"; do sleep 1; done
    PGPASSWORD=$REPLICA_PASSWORD pg_basebackup --host="$PRIMARY" --port="${PRIMARY_PORT:-5432}" --username=replica \
        --pgdata="$PGDATA" --wal-method=stream --create-slot --slot="$STANDBY" --write-recovery-conf \
        --dbname="application_name=$STANDBY"
    chmod 0700 "$PGDATA"
fi
exec postgres -D "$PGDATA" "$@"
