#!/bin/sh
# Leaves .venv with exactly what a lock names, the command `comptoir` in it, and the browser's part
# of the pages in app/static/vendor.
#
#   tools/install.sh run|dev
#
# Asks for nothing but Python 3.11 or newer with its venv module. Does nothing when the present
# content of the lock is installed already; `run` is satisfied by `dev`, which contains it.
set -eu
cd "$(dirname "$0")/.."

kind=$1
lock=requirements/$kind.txt
stamp=.venv/installed

say() { printf '%s\n' "$*" >&2; }

digest() { cat "requirements/$1.txt" tools/bootstrap.txt pyproject.toml | cksum | tr ' ' '-'; }

# A moved clone makes the scripts in .venv name a Python that is elsewhere, so the folder counts.
is_installed() { [ "$(cat "$stamp" 2>/dev/null)" = "$1 $(digest "$1") $PWD" ]; }

find_python() {
    for candidate in python3.11 python3 python3.12 python3.13 python3.14; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    found=$(python3 --version 2>/dev/null || echo 'no python3')
    say "Comptoir needs Python 3.11 or newer; this machine has $found on its path."
    exit 1
}

if is_installed "$kind" || { [ "$kind" = run ] && is_installed dev; }; then
    exec tools/front_end.sh "$kind"
fi

if [ -f "$stamp" ] && [ "$(cut -d' ' -f3- "$stamp")" != "$PWD" ]; then
    say 'The clone was moved: making its environment anew'
    rm -rf .venv
fi
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    say "Making an environment in .venv with $("$python" --version)"
    rm -rf .venv
    if ! "$python" -m venv .venv; then
        say "Python's venv module does not work here; on Debian and Ubuntu: apt-get install python3-venv"
        rm -rf .venv
        exit 1
    fi
fi
rm -f "$stamp"

say "Installing $lock (a minute at the first time)"
pip() { .venv/bin/python -m pip --disable-pip-version-check --no-input "$@"; }
pip install --quiet --require-hashes -r tools/bootstrap.txt
if ! .venv/bin/uv pip sync --compile-bytecode --python .venv/bin/python --require-hashes "$lock"; then
    say 'uv could not do it: trying pip'
    pip install --require-hashes -r "$lock"
fi
pip install --quiet --no-deps --no-build-isolation --no-index --editable .
printf '%s %s %s\n' "$kind" "$(digest "$kind")" "$PWD" >"$stamp"
tools/front_end.sh "$kind"
say 'Installed.'
