# SPDX-License-Identifier: Apache-2.0
# Completion of lbgpsh for bash. Inside the shell, TAB asks the daemon.
_lbgpsh() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  case $previous in
    --vty-socket | --vty_socket) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    -c | --command)
      local IFS=$'\n'
      mapfile -t COMPREPLY < <(compgen -W $'show bgp summary\nshow bgp ipv4 unicast\nshow bgp ipv6 unicast\nshow bgp neighbors\nshow running-config\nshow version' -- "$current")
      COMPREPLY=("${COMPREPLY[@]// /\\ }")
      ;;
    *) mapfile -t COMPREPLY < <(compgen -W '--vty-socket -c --command --help' -- "$current") ;;
  esac
}
complete -F _lbgpsh lbgpsh
