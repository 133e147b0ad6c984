import { UserError } from '../../../core/errors.ts';
import { defineCommand } from '../../define-command.ts';

export const completion = defineCommand({
  usage: 'bash|zsh|fish',
  describe: 'Print the completion script for bash, zsh or fish',
  words: { min: 1, max: 1, kind: 'none' },
  options: {},
  run({ out, globals }, { words: [shell] }) {
    const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
    if (!script)
      throw new UserError('invalid', 'SHELL_UNKNOWN', `no completion for ${JSON.stringify(shell)}: known are bash, zsh and fish`);
    out.write(script(globals.programName));
    return Promise.resolve(0);
  },
});

/** Each asks `__complete`, which answers a candidate a line, a tab and its description after it. `:file` asks for file names. */
const scripts: Readonly<Record<string, (program: string) => string>> = {
  bash: program => `# ${program} completion for bash: source <(${program} completion bash)
_${program}_complete() {
  local IFS=$'\\n' current="\${COMP_WORDS[COMP_CWORD]}" answers
  answers=$("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1)
  if [ "$answers" = ":file" ]; then
    compopt -o default 2>/dev/null
    COMPREPLY=()
    return
  fi
  COMPREPLY=($(compgen -W "$answers" -- "$current"))
  if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "$current"; fi
}
complete -F _${program}_complete ${program}
`,
  zsh: program => `#compdef ${program}
# ${program} completion for zsh: source <(${program} completion zsh)
_${program}() {
  local -a answers
  answers=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "\${answers[1]}" == ":file" ]]; then
    _files
    return
  fi
  answers=("\${(@)answers//:/\\\\:}")
  answers=("\${(@)answers/$'\\t'/:}")
  _describe '${program}' answers
}
compdef _${program} ${program}
`,
  fish: program => `# ${program} completion for fish: ${program} completion fish | source
function __${program}_complete
  set -l line (commandline -opc) (commandline -ct)
  set -l answers ($line[1] __complete -- $line[2..-1] 2>/dev/null)
  if test "$answers[1]" = ":file"
    __fish_complete_path (commandline -ct)
    return
  end
  printf '%s\\n' $answers
end
complete -c ${program} -f -a '(__${program}_complete)'
`,
};
