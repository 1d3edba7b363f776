# shellcheck shell=bash
# Sourced by deploy/demo: a PostgreSQL and a Redis of the demo's own. Uses STATE, LOG.

# PostgreSQL refuses to run as root: it runs as the user that its package made.
as_postgres() {
    if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# Makes the folder of the database. Where PostgreSQL's user cannot reach .demo (below /root, say), it is a link to one in /var/tmp.
make_postgres_folder() {
    if [ "$(id -u)" -ne 0 ]; then
        mkdir -m 700 "$STATE/postgres"
    elif as_postgres test -x "$STATE"; then
        install -d -m 700 -o postgres "$STATE/postgres"
    else
        local folder
        folder=$(mktemp -d /var/tmp/broker-demo-XXXXXXXX)
        chown postgres "$folder"
        ln -sfn "$folder" "$STATE/postgres"
    fi
}

# The folders outside of .demo go with it.
forget_stores() {
    local folder
    if [ -L "$STATE/postgres" ]; then
        folder=$(readlink "$STATE/postgres")
        case $folder in /var/tmp/broker-demo-*) rm -rf "$folder" ;; esac
    fi
}

start_postgres() {
    local bin port folder i
    bin=$(postgres_bin)
    port=$(free_port "$(cat "$STATE/postgres.port" 2>/dev/null || echo 15432)")
    printf '%s' "$port" >"$STATE/postgres.port"
    if ! [ -e "$STATE/postgres.made" ]; then
        forget_stores
        rm -rf "$STATE/postgres"
        make_postgres_folder
        folder=$(readlink -f "$STATE/postgres")
        as_postgres sh -c 'umask 077 && cat >"$1/password"' sh "$folder" <"$STATE/postgres.password"
        (cd "$folder" && as_postgres "$bin/initdb" --pgdata "$folder/data" --username broker --encoding UTF8 --locale C \
            --auth scram-sha-256 --pwfile "$folder/password") >>"$LOG/postgres.log" 2>&1 || {
            show_log postgres
            die "PostgreSQL's database could not be made"
        }
        touch "$STATE/postgres.made"
    fi
    folder=$(readlink -f "$STATE/postgres")
    if [ "$(id -u)" -eq 0 ]; then
        # setpriv, unlike runuser, becomes the server: the number on record is the server's own.
        start postgres env --chdir="$folder" setpriv --reuid postgres --regid postgres --init-groups \
            "$bin/postgres" -D "$folder/data" -p "$port" -h 127.0.0.1 -k ''
    else
        start postgres "$bin/postgres" -D "$folder/data" -p "$port" -h 127.0.0.1 -k ''
    fi
    for ((i = 0; i < 300; i++)); do
        if "$bin/pg_isready" --quiet -h 127.0.0.1 -p "$port"; then break; fi
        runs postgres || { show_log postgres && die "PostgreSQL did not start"; }
        sleep 0.1
    done
    PGPASSWORD=$(cat "$STATE/postgres.password") "$bin/psql" -qtA -h 127.0.0.1 -p "$port" -U broker -d postgres \
        -c "SELECT 1 FROM pg_database WHERE datname = 'broker'" 2>>"$LOG/postgres.log" | grep -q 1 ||
        PGPASSWORD=$(cat "$STATE/postgres.password") "$bin/createdb" -h 127.0.0.1 -p "$port" -U broker broker ||
        die "PostgreSQL does not answer"
}

start_redis() {
    local port i
    port=$(free_port "$(cat "$STATE/redis.port" 2>/dev/null || echo 16379)")
    printf '%s' "$port" >"$STATE/redis.port"
    mkdir -p "$STATE/redis"
    chmod 700 "$STATE/redis"
    (
        umask 077
        printf 'bind 127.0.0.1\nport %s\ndir "%s"\nrequirepass %s\nappendonly yes\nmaxmemory-policy noeviction\n' \
            "$port" "$STATE/redis" "$(cat "$STATE/redis.password")" >"$STATE/redis/redis.conf"
    )
    start redis redis-server "$STATE/redis/redis.conf"
    for ((i = 0; i < 100; i++)); do
        if port_taken "$port"; then return; fi
        runs redis || { show_log redis && die "Redis did not start"; }
        sleep 0.1
    done
    show_log redis
    die "Redis did not start"
}
