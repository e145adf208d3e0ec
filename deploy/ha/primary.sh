#!/bin/bash
# Runs once, while the primary's base is made: the roles, and the standby's way in.
set -euo pipefail
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
    --set=service="$SERVICE_PASSWORD" --set=replica="$REPLICA_PASSWORD" <<'SQL'
CREATE ROLE zvonok LOGIN PASSWORD :'service';
GRANT pg_monitor TO zvonok; -- the doctor and /metrics ask whether the standby is there
CREATE ROLE replica LOGIN REPLICATION PASSWORD :'replica';
CREATE DATABASE zvonok OWNER zvonok;
SQL
echo 'host replication replica samenet scram-sha-256' >>"$PGDATA/pg_hba.conf"
