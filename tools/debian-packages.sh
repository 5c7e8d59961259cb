#!/usr/bin/env bash
# The one script that installs Debian packages: what the tests need and npm does not bring.
# Quick, and without a network, when nothing is missing. Run as root, or with sudo at hand.
set -euo pipefail

# One name a line.
packages=(
  apache2-bin
  chromium
  lighttpd
  pgbouncer
  postgresql
  python3-cryptography
  python3-oauthlib
  redis-server
)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  if [ "$status" != installed ]; then missing+=("$package"); fi
done

if [ ${#missing[@]} -eq 0 ]; then
  echo "Debian packages: nothing is missing"
  exit 0
fi

echo "Debian packages: installing ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi

# The tests start servers of their own: none is started as a service, now or by a later boot.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi
"${as_root[@]}" apt-get update -qq </dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
for package in "${missing[@]}"; do
  case $package in
    pgbouncer | postgresql | redis-server)
      "${as_root[@]}" systemctl disable --quiet "$package" 2>/dev/null || true
      ;;
  esac
done
