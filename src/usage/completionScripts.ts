/** Each calls `sso-cred --complete -- WORD …`, and leaves what follows `exec … --` to the shell. */
export const COMPLETION_SCRIPTS = {
  // Also for macOS's bash 3.2. Bash breaks words at = and :, so the line is put together again.
  bash: `# bash completion for sso-cred
_sso_cred() {
  local cur=\${COMP_WORDS[COMP_CWORD]} word= glue= at line candidate
  local -a words
  words=()
  for ((at = 1; at <= COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    if [[ $word == -- && \${words[0]} == exec && $at -lt $COMP_CWORD ]]; then
      if type _command_offset > /dev/null 2>&1; then
        _command_offset $((at + 1))
      elif ((at + 1 == COMP_CWORD)); then
        COMPREPLY=($(compgen -c -- "$cur"))
      else
        compopt -o default 2> /dev/null
      fi
      return
    fi
    line=\${COMP_LINE:0:COMP_POINT}
    if ((at > 1)) && { [[ $word == [:=]* ]] || [[ -n $glue ]]; } && [[ $line == *"$glue$word"* ]]; then
      words[\${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    if [[ $word == *[:=] ]]; then glue=$word; else glue=; fi
  done
  word=\${words[\${#words[@]}-1]}
  COMPREPLY=()
  while IFS= read -r candidate; do
    candidate=\${candidate%%$'\\t'*}
    [[ $COMP_WORDBREAKS == *[:=]* ]] && candidate=\${candidate#"\${word%"\${word##*[:=]}"}"}
    COMPREPLY+=("$(printf %q "$candidate")")
  done < <(sso-cred --complete -- "\${words[@]}" 2> /dev/null)
}
complete -F _sso_cred sso-cred
`,
  zsh: `#compdef sso-cred
# zsh completion for sso-cred
_sso_cred() {
  local -a before texts shown
  local line end
  before=("\${(@Q)words[2,CURRENT-1]}")
  if [[ \${before[1]} == exec ]]; then
    end=\${words[(i)--]}
    if (( end < CURRENT )); then
      shift $end words
      (( CURRENT -= end ))
      _normal
      return
    fi
  fi
  while IFS= read -r line; do
    texts+=("\${line%%$'\\t'*}")
    shown+=("\${line//$'\\t'/  }")
  done < <(sso-cred --complete -- "\${before[@]}" "\${(Q)PREFIX}" 2> /dev/null)
  (( \${#texts} )) && compadd -l -d shown -a texts
}
if [[ \${funcstack[1]} == _sso_cred ]]; then
  _sso_cred "$@"
else
  compdef _sso_cred sso-cred
fi
`,
  fish: `# fish completion for sso-cred
function __sso_cred_complete
    set -l words (commandline -opc)
    set -e words[1]
    sso-cred --complete -- $words (commandline -ct) 2>/dev/null
end
function __sso_cred_command
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test "$words[2]" = exec; and contains -- -- $words
end
function __sso_cred_subcommand
    set -l words (commandline -opc)
    set -l at (contains -i -- -- $words)
    set -l rest $words[(math $at + 1)..-1]
    complete -C (string join ' ' -- (string escape -- $rest) (commandline -ct))
end
complete -c sso-cred -f
complete -c sso-cred -n 'not __sso_cred_command' -a '(__sso_cred_complete)'
complete -c sso-cred -n __sso_cred_command -a '(__sso_cred_subcommand)'
`,
  powershell: `# PowerShell completion for sso-cred
Register-ArgumentCompleter -Native -CommandName sso-cred, sso-cred.exe -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
    ForEach-Object { if ($null -ne $_.Value) { [string]$_.Value } else { $_.ToString() } })
  # Windows PowerShell passes on no empty word.
  $last = if ($wordToComplete) { $wordToComplete } elseif ($PSVersionTable.PSVersion.Major -lt 7) { '""' } else { '' }
  # In quotes: PowerShell would take it away from npm's sso-cred.ps1.
  sso-cred --complete '--' @words $last 2>$null | ForEach-Object {
    $text, $help = $_ -split "\\t", 2
    if (-not $help) { $help = $text }
    $quoted = if ($text -match '^[\\w./:=@+-]+$') { $text } else { "'" + ($text -replace "'", "''") + "'" }
    [System.Management.Automation.CompletionResult]::new($quoted, $text, 'ParameterValue', $help)
  }
}
`,
};

export const COMPLETION_SHELLS = Object.keys(COMPLETION_SCRIPTS);
