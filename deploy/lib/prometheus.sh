# shellcheck shell=bash
# Sourced by deploy/check and deploy/monitoring/try: Prometheus and promtool. Uses packages.sh.

# need_prometheus: sets PROMETHEUS and PROMTOOL. What is missing is taken out of Debian's package without installing it: the package
# would leave a service behind, which nobody wants here.
need_prometheus() {
    local kept=${XDG_CACHE_HOME:-$HOME/.cache}/broker-checks/prometheus
    if command -v prometheus >/dev/null && command -v promtool >/dev/null; then
        PROMETHEUS=$(command -v prometheus) PROMTOOL=$(command -v promtool)
        return
    fi
    if ! [ -x "$kept/usr/bin/promtool" ]; then
        command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
            die "promtool is missing, and this is neither Debian nor Ubuntu. Install Prometheus."
        say "Fetching prometheus"
        rm -rf "$kept" && mkdir -p "$kept"
        (
            cd "$kept"
            apt-get -qq download prometheus >/dev/null 2>&1 || {
                as_root apt-get -qq update </dev/null && apt-get -qq download prometheus >/dev/null 2>&1
            } || exit 1
            dpkg-deb --extract prometheus_*.deb . && rm -f prometheus_*.deb
        ) || die "Debian's package prometheus could not be fetched"
    fi
    # shellcheck disable=SC2034 # read by whoever sources this
    PROMETHEUS=$kept/usr/bin/prometheus PROMTOOL=$kept/usr/bin/promtool
}
