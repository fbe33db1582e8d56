#!/usr/bin/env bash
# Sees to the Debian packages that the tests need: as root it installs what is missing, else it names it.
set -euo pipefail

missing=()
command -v chromium-headless-shell chromium chromium-browser google-chrome >/dev/null || missing+=(chromium)
# The browser's driver is a node that is linked to it.
compgen -G '/usr/lib/*/libatomic.so.1' >/dev/null || missing+=(libatomic1)
command -v faketime >/dev/null || missing+=(faketime)
command -v soffice >/dev/null || missing+=(libreoffice-calc-nogui)
[ -x /usr/sbin/nginx ] || missing+=(nginx)
command -v java >/dev/null || missing+=(openjdk-17-jre-headless)
command -v strace >/dev/null || missing+=(strace)
command -v pdftotext >/dev/null || missing+=(poppler-utils)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
can_install=$([ "$(id -u)" -eq 0 ] && command -v apt-get || true)
export DEBIAN_FRONTEND=noninteractive
if [ ${#missing[@]} -gt 0 ]; then
    if [ -z "$can_install" ]; then
        echo "The tests need: ${missing[*]}. On Debian or Ubuntu: sudo apt-get install ${missing[*]}" >&2
        exit 1
    fi
    apt-get update -q
    apt-get install -q -y --no-install-recommends "${missing[@]}"
fi

# It draws as Chromium does, with no window to it, for less work; Chromium serves without it.
shell=chromium-headless-shell
if [ -n "$can_install" ] && ! command -v $shell >/dev/null; then
    soon=(-q -o Acquire::Retries=0 -o Acquire::http::Timeout=10)
    { timeout 60 apt-get update "${soon[@]}" \
        && timeout 300 apt-get install -y --no-remove --no-install-recommends "${soon[@]}" $shell; } \
        || echo "$shell is not to be had here: the tests draw with Chromium, which takes longer." >&2
fi
