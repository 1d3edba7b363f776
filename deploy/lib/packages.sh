# shellcheck shell=bash
# Sourced by the scripts of deploy/ and by tests/run: finds out what is missing on this machine and installs it.

# Says why this cannot go on, and ends.
die() {
    printf '%s: %s\n' "${PROGRAM:-${0##*/}}" "$*" >&2
    exit 1
}

# A line of progress.
say() {
    if [ -t 1 ]; then printf '\033[1m==>\033[0m %s\n' "$*"; else printf '==> %s\n' "$*"; fi
}

# Runs a command as root.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# install WHY PACKAGE…: installs Debian packages without starting any service that they bring.
install_packages() {
    local why=$1
    shift
    command -v apt-get >/dev/null || die "$why is missing, and this is neither Debian nor Ubuntu. Install what these packages hold: $*"
    [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null || die "$why is missing. Run as root: apt-get install $*"
    say "Installing $*"
    # Servers from packages would start at once on their usual ports. Ours run privately: the packages' own are kept from starting.
    local policy=/usr/sbin/policy-rc.d ours=no status=0 traps
    # An interruption waits until the installation is whole and the policy is gone.
    traps=$(trap -p INT TERM)
    trap '' INT TERM
    if ! [ -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
        ours=yes
    fi
    if [ -z "${APT_UPDATED:-}" ]; then
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update </dev/null || status=$?
        APT_UPDATED=yes
    fi
    if [ "$status" -eq 0 ]; then
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" </dev/null >/dev/null || status=$?
    fi
    [ "$ours" = no ] || as_root rm -f "$policy"
    trap - INT TERM
    eval "$traps"
    [ "$status" -eq 0 ] || die "apt-get could not install: $*"
}

# What a build needs: a C compiler for SQLite and AWS-LC, pkg-config and OpenSSL's headers.
need_build_tools() {
    local missing=()
    command -v cc >/dev/null && [ -e /usr/include/stdlib.h ] || missing+=(gcc libc6-dev)
    command -v pkg-config >/dev/null || missing+=(pkg-config)
    { command -v pkg-config >/dev/null && pkg-config --exists openssl; } || missing+=(libssl-dev)
    [ -e /etc/ssl/certs/ca-certificates.crt ] || missing+=(ca-certificates)
    [ "${#missing[@]}" -eq 0 ] || install_packages "What the build needs" "${missing[@]}"
    need_rust
}

# A Rust toolchain that is new enough: the workspace says which.
need_rust() {
    if ! command -v cargo >/dev/null && [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
        PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
    fi
    command -v cargo >/dev/null && command -v rustc >/dev/null || die "no Rust toolchain found. Install one with rustup (https://rustup.rs) and start again."
    local wanted found
    wanted=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$ROOT/Cargo.toml")
    found=$(rustc --version | cut -d' ' -f2)
    [ "$(printf '%s\n%s\n' "$wanted" "${found%%-*}" | sort -V | head -n 1)" = "$wanted" ] ||
        die "Rust $found is too old: $wanted or newer is needed. Run: rustup update stable"
}

# need_command COMMAND PACKAGE
need_command() {
    command -v "$1" >/dev/null || install_packages "$1" "$2"
}

# Prints the folder of the newest PostgreSQL server's programs, or nothing.
postgres_bin() {
    local dir
    dir=$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1)
    if [ -n "$dir" ]; then
        dirname "$dir"
    elif command -v initdb >/dev/null && command -v postgres >/dev/null; then
        dirname "$(command -v initdb)"
    fi
}

# PostgreSQL's and Redis's servers.
need_stores() {
    [ -n "$(postgres_bin)" ] || install_packages "PostgreSQL" postgresql
    need_command redis-server redis-server
}
