# bash completion of howdah
_howdah() {
  local commands='start list show drift check wait switchover failover pause resume user token backup backups restore carry-over audit doctor health'
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
  case $before in
    --config | -c | --patronictl | --anchor) COMPREPLY=($(compgen -f -- "$word")); return ;;
    --role) COMPREPLY=($(compgen -W 'viewer operator admin' -- "$word")); return ;;
    --format) COMPREPLY=($(compgen -W 'json csv' -- "$word")); return ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "$commands --help --version" -- "$word"))
    return
  fi
  case $command in
    start) COMPREPLY=($(compgen -W '--config --patroni --etcd --namespace --patronictl --move-names --host --port --help --version' -- "$word")) ;;
    user) COMPREPLY=($(compgen -W 'list add grant disable enable unlock reset remove-totp sign-out hash --role --cluster --label' -- "$word")) ;;
    token) COMPREPLY=($(compgen -W 'list add revoke --role --cluster --label --owner --days' -- "$word")) ;;
    audit) COMPREPLY=($(compgen -W 'verify export --format --cluster --anchor' -- "$word")) ;;
    backups) COMPREPLY=($(compgen -W 'push' -- "$word")) ;;
    backup | restore) COMPREPLY=($(compgen -f -- "$word")) ;;
    show | drift | check | wait | switchover | failover | pause | resume)
      case $word in
        -*) COMPREPLY=($(compgen -W '--reason --to --at --until --auto-resume --yes --json --detach --break-glass --url --token --config' -- "$word")) ;;
        # The clusters that the running Howdah of this machine sees; silent where there is none, or where one may not ask it.
        # compgen expands its words as the shell does, and names come from a DCS: only those without a character of the shell.
        *) COMPREPLY=($(compgen -W "$(howdah list --json 2>/dev/null | grep -oE '"scope":"[A-Za-z0-9._/-]+"' | cut -d'"' -f4)" -- "$word")) ;;
      esac
      ;;
    *) COMPREPLY=($(compgen -W '--json --url --token --config --help' -- "$word")) ;;
  esac
}
complete -F _howdah howdah
