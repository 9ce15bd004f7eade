#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Checks what is installed beside the binaries: the unit's exposure, man pages, completions, and that lbgpctl's man
# page and completion know its options. Usage: check_packaging.sh UNIT LBGPCTL. A tool that is absent is skipped by name.
set -u
cd "$(dirname "$0")" || exit 1
unit=$1 lbgpctl=$2
failed=0
fail() { echo "FAILED: $*"; failed=1; }
have() { command -v "$1" >/dev/null || { echo "skipped: no $1 here"; return 1; }; }

if have systemd-analyze; then
  # Tenths: 1.5 is the promise.
  systemd-analyze security --offline=true --threshold=15 "$unit" >/dev/null 2>&1 || fail "exposure of $unit is above 1.5"
fi
grep -q '^AmbientCapabilities=CAP_NET_BIND_SERVICE$' "$unit" || fail "$unit: wrong capabilities"

if have man && have groff; then
  for page in man/*.[158] "$(dirname "$unit")/lbgpd-commands.5"; do
    warnings=$(LC_ALL=C.UTF-8 MANWIDTH=100 man --warnings -l -Tutf8 "$page" 2>&1 >/dev/null)
    [ -z "$warnings" ] || fail "$page: $warnings"
  done
fi

for completion in completions/*.bash; do
  bash -n "$completion" || fail "$completion: syntax"
done

for option in $("$lbgpctl" --help | grep -o -- '--[a-z-]*' | sort -u); do
  grep -q -- "$option" completions/lbgpctl.bash || fail "completions/lbgpctl.bash does not know $option"
  case $option in --help | --version) continue ;; esac
  grep -q -- "${option//-/\\\\-}" man/lbgpctl.1 || fail "man/lbgpctl.1 does not know $option"
done

completed=$(
  # shellcheck source=/dev/null
  source completions/lbgpctl.bash
  COMP_WORDS=(lbgpctl announce --comm) COMP_CWORD=2
  _lbgpctl
  echo "${COMPREPLY[*]}"
)
[ "$completed" = "--community" ] || fail "completion of 'announce --comm' gave '$completed'"

exit $failed
