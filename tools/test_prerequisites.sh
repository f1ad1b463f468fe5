#!/bin/sh
# Leaves what the tests need beside Python: Debian's PostgreSQL 15, as the oldest one we support,
# and Chromium. Root gets them installed; others are told the command. Without them their tests are
# skipped, loudly; under CI=true that is a failure.
set -eu

postgres=/usr/lib/postgresql/15/bin/postgres
chromium=/usr/bin/chromium-headless-shell

say() { printf '%s\n' "$*" >&2; }

missing() {
    [ -x "$postgres" ] || printf ' postgresql-15'
    [ -x "$chromium" ] || printf ' chromium-headless-shell'
}

install_packages() {
    say "Installing for the tests:$(missing)"
    # The package would otherwise start a server of its own, which nobody asked for.
    settings=/etc/postgresql-common/createcluster.conf
    if [ ! -x "$postgres" ] && [ ! -e "$settings" ]; then
        mkdir -p "$(dirname "$settings")"
        echo 'create_main_cluster = false' >"$settings"
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update --quiet
    # One by one: a system that lacks one of them shall still get the other.
    for package in $(missing); do
        apt-get install --yes --quiet --no-install-recommends \
            --option Dpkg::Options::=--force-confold "$package" || say "$package: not installed"
    done
}

[ -n "$(missing)" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    install_packages
fi
[ -n "$(missing)" ] || exit 0
say ''
say "NOT ALL TESTS WILL RUN. Missing:$(missing). On Debian:"
say "    sudo apt-get install --no-install-recommends$(missing)"
say ''
[ "${CI:-}" != true ] || exit 1
