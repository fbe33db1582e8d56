#!/usr/bin/env bash
# Follows the README on a bare machine: builds a minimal Debian 12 with python3-venv, git and make,
# clones the last commit into it, runs `make run` until it is ready, then `make test`, says how long
# each took, and removes the machine. Root only; needs debootstrap.
#
# Of this machine it gets the network, and how packages are reached: proxies, pip's settings, certificates.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null; then
    echo "A bare machine is built by root, with debootstrap: apt-get install debootstrap" >&2
    exit 1
fi

machine=$(mktemp -d /var/tmp/bare-machine-XXXXXX)
chmod 755 "$machine"  # it becomes the root folder of all its users
running=
trap '[ -z "$running" ] || kill -KILL "$running" 2>/dev/null || true; wait; rm -rf --one-file-system "$machine"' EXIT
trap 'exit 130' INT TERM
mapfile -t reached_by < <(env | grep -iE '^(PIP_|SSL_CERT_|REQUESTS_CA_)|^[a-z]+_proxy=')

build() {
    debootstrap --variant=minbase --include=ca-certificates,git,make,python3-venv bookworm "$machine"
    cp /etc/resolv.conf /etc/hosts "$machine/etc/"
    if [ -f /etc/pip.conf ]; then cp /etc/pip.conf "$machine/etc/"; fi
    apt-config dump | grep '^Acquire::' >"$machine/etc/apt/apt.conf.d/reached-by" || true
    cp -r /usr/local/share/ca-certificates "$machine/usr/local/share/"
    chroot "$machine" update-ca-certificates
    git clone --no-local . "$machine/root/suara-layanan"
    cat >"$machine/root/run" <<'END'
PORT=0 make run >/root/told 2>&1 &
until address=$(grep -oE 'http://127[0-9.:]+$' /root/told); do
    kill -0 $! 2>/dev/null || { cat /root/told; exit 1; }
    sleep 1
done
cat /root/told
exec python3 -c "from urllib.request import urlopen; print(urlopen('$address/readyz').read())"
END
}

# In a process space of its own: whatever was started in the machine ends with the command. Waited for
# in the background, so that a signal to this script is heeded at once.
inside() {
    # shellcheck disable=SC2016
    unshare --mount --pid --fork --kill-child=KILL sh -euc '
        mount -t proc proc "$1/proc"
        mkdir -p "$1/dev/shm" "$1/dev/pts"
        mount -t tmpfs tmpfs "$1/dev/shm"
        mount -t devpts devpts "$1/dev/pts"
        machine=$1
        shift
        exec chroot "$machine" env -i --chdir=/root/suara-layanan "$@"
    ' sh "$machine" HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin "${reached_by[@]}" "$@" &
    running=$!
    wait "$running"
    running=
}

timed() {
    local began=$SECONDS
    echo "== $1"
    "${@:2}"  # not in a condition, in which `set -e` would sleep
    echo "== $1: $((SECONDS - began)) s"
}

timed "the machine" build
timed "make run, until it is ready" inside bash /root/run
timed "make test" inside make test
