#!/usr/bin/env bash
# Install what only the system's package manager has: a browser, a database server, a web server, a spreadsheet program,
# and the text library of a program that the benchmarks compare with.
# Each is installed only when it is missing. Usage: tools/system.sh chromium postgresql nginx libreoffice
set -euo pipefail

missing=()
for name in "$@"; do
  case "$name" in
    chromium) command -v chromium >/dev/null || missing+=(chromium) ;;
    postgresql)
      compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null \
        || missing+=(postgresql) ;;
    nginx) command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || missing+=(nginx-light) ;;
    libreoffice) command -v soffice >/dev/null || missing+=(libreoffice-calc-nogui) ;;
    pango)
      ldconfig -p | grep libpangoft2-1.0.so.0 >/dev/null || missing+=(libpango-1.0-0 libpangoft2-1.0-0) ;;
    *) echo "unknown: $name" >&2; exit 2 ;;
  esac
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "Please install: ${missing[*]}" >&2
  exit 1
fi
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -q
"${as_root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}"
