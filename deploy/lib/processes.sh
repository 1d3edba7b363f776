# shellcheck shell=bash
# Sourced by deploy/demo: processes that are started, watched and stopped. Uses ROOT, RUN, LOG.

# The moment a process began, in clock ticks since boot: with the number it names one process, for numbers are given anew.
began() {
    local stat
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    # shellcheck disable=SC2086 # the fields after the name, which may hold spaces itself
    set -- ${stat##*) }
    [ "$1" != Z ] && printf '%s' "${20}"
}

# runs NAME: whether what was started under this name still runs.
runs() {
    local pid since
    { read -r pid since <"$RUN/$1.pid"; } 2>/dev/null || return 1
    [ "$(began "$pid")" = "$since" ]
}

# start NAME COMMAND…: starts a process of its own session, so that Ctrl-C reaches this script alone and it stops all in order.
start() {
    local name=$1 pid since
    shift
    if [ -e "$LOG/$name.log" ] && [ "$(stat -c %s "$LOG/$name.log")" -gt 20000000 ]; then
        mv "$LOG/$name.log" "$LOG/$name.log.1"
    fi
    (
        cd "$ROOT" || exit 1
        umask 077
        exec setsid "$@" </dev/null >>"$LOG/$name.log" 2>&1 9>&-
    ) &
    pid=$!
    since=$(began "$pid") || since=gone
    printf '%s %s\n' "$pid" "$since" >"$RUN/$name.pid"
}

# ask_to_stop NAME SIGNAL
ask_to_stop() {
    local pid since
    if runs "$1"; then
        read -r pid since <"$RUN/$1.pid"
        kill -s "$2" "$pid" 2>/dev/null || true
    fi
}

# wait_stopped NAME: gives it 25 seconds, then ends it.
wait_stopped() {
    local pid since i
    for ((i = 0; i < 250; i++)); do
        runs "$1" || break
        sleep 0.1
    done
    if runs "$1"; then
        read -r pid since <"$RUN/$1.pid"
        kill -s KILL "$pid" 2>/dev/null || true
    fi
    rm -f "$RUN/$1.pid"
}

show_log() {
    printf -- '---- the end of .demo/log/%s.log ----\n' "$1" >&2
    tail -n 20 "$LOG/$1.log" >&2 || true
    printf -- '----\n' >&2
}

# wait_ready NAME URL: waits at most 30 seconds for an answer of status 200.
wait_ready() {
    local i ca=()
    [ "$TLS" = no ] || ca=(--cacert "$STATE/tls/ca.crt")
    for ((i = 0; i < 300; i++)); do
        if curl --silent --fail --noproxy '*' --max-time 5 --output /dev/null "${ca[@]}" "$2"; then return 0; fi
        if ! runs "$1"; then
            show_log "$1"
            die "$1 did not start"
        fi
        sleep 0.1
    done
    show_log "$1"
    die "$1 does not answer at $2"
}

# The sockets that listen on a port, by inode.
listening() {
    local hex
    hex=$(printf '%04X' "$1")
    awk -v port=":$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10 }' /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

port_taken() {
    [ -n "$(listening "$1")" ]
}

# Who listens on a port, in words.
port_owner() {
    local inode fd pid
    for inode in $(listening "$1"); do
        for fd in /proc/[0-9]*/fd/*; do
            if [ "$(readlink "$fd" 2>/dev/null)" = "socket:[$inode]" ]; then
                pid=${fd#/proc/}
                pid=${pid%%/*}
                printf '%s (process %s)' "$(cat "/proc/$pid/comm" 2>/dev/null)" "$pid"
                return
            fi
        done
    done
    printf 'another program'
}

# The first free port from the given one on.
free_port() {
    local port=$1
    while port_taken "$port"; do port=$((port + 1)); done
    printf '%s' "$port"
}
