# SPDX-License-Identifier: Apache-2.0
# Completion of lbgpd for bash.
_lbgpd() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  case $previous in
    -f | --config) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    --run-dir | --state-dir) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    --log-level) mapfile -t COMPREPLY < <(compgen -W 'trace debug info warn error' -- "$current") ;;
    --log-format) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$current") ;;
    -p | --port | -l | --listen) ;;
    *)
      mapfile -t COMPREPLY < <(compgen -W '-f --config -C --check -p --port -l --listen --run-dir --state-dir --log-level --log-format -v --version -h --help' -- "$current")
      ;;
  esac
}
complete -F _lbgpd lbgpd
