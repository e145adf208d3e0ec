#!/bin/bash
# Runs beside the primary: as soon as the standby streams, every commit waits for it. Not before: it would wait for ever.
set -euo pipefail
streaming="SELECT count(*) FROM pg_stat_replication WHERE application_name = '$STANDBY' AND state = 'streaming'"
until [ "$(psql --no-psqlrc --tuples-only --no-align --command="$streaming" 2>/dev/null)" = 1 ]; do sleep 1; done
psql --no-psqlrc --quiet --command="ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 ($STANDBY)'"
psql --no-psqlrc --quiet --command="SELECT pg_reload_conf()" >/dev/null
echo "every commit waits for $STANDBY"
