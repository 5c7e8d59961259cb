#!/usr/bin/env bash
# The one script that installs Debian packages: what the tests need and npm does not bring.
# Quick, and without a network, when nothing is missing. Run as root, or with sudo at hand.
set -euo pipefail

# One name a line.
packages=(
  apache2-bin
  chromium
  lighttpd
  python3-cryptography
  python3-oauthlib
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
"${as_root[@]}" apt-get update -qq </dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
