# SPDX-License-Identifier: Apache-2.0
# Completion of lbgpctl for bash.
_lbgpctl() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' word i
  local commands='announce withdraw list sync version'
  local options='--socket --json --help --version'
  local attributes='--community --large-community --ext-community --med --local-pref --prepend --origin --next-hop --label'
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ " $commands " == *" $word "* ]]; then
      command=$word
      break
    fi
  done
  case $previous in
    --socket) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --origin) mapfile -t COMPREPLY < <(compgen -W 'igp egp incomplete' -- "$current"); return ;;
    --community)
      mapfile -t COMPREPLY < <(compgen -W 'no-export no-advertise local-AS no-peer blackhole graceful-shutdown' -- "$current")
      return ;;
    --large-community | --ext-community | --med | --local-pref | --prepend | --next-hop | --label | --owner) return ;;
  esac
  case $command in
    '') mapfile -t COMPREPLY < <(compgen -W "$commands $options" -- "$current") ;;
    announce) [[ $current == -* ]] && mapfile -t COMPREPLY < <(compgen -W "$options $attributes" -- "$current") ;;
    sync) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    list) [[ $current == -* ]] && mapfile -t COMPREPLY < <(compgen -W "$options --owner" -- "$current") ;;
    *) [[ $current == -* ]] && mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current") ;;
  esac
}
complete -F _lbgpctl lbgpctl
