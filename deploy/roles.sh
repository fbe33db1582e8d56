#!/bin/sh
# Run once by the image of PostgreSQL, while its folder is new: the roles of docs/database-rights.md.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set password="$APP_PASSWORD" <<'END'
CREATE ROLE suara_layanan_app LOGIN PASSWORD :'password';
CREATE ROLE suara_layanan_reader;
END
