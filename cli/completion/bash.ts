import type { Completable, Values } from "./tree.ts";

/** A script for bash, 3.2 (that of macOS) and later. */
export function bashCompletion({ name, options, commands }: Completable): string {
  const all: Pick<Completable, "name" | "options" | "operands">[] = [
    { name: "", options, operands: { kind: "words", words: commands.map((command) => command.name) } },
    ...commands,
  ];
  const values = all.flatMap((command) =>
    command.options.flatMap((option) =>
      option.values === undefined
        ? []
        : [`    ${option.names.map((long) => `${command.name}:${long}`).join(" | ")}) ${offer(option.values)} ;;`],
    ),
  );
  const names = all.map((command) => `      "${command.name}") words="${command.options.flatMap((option) => option.names).join(" ")}" ;;`);
  const operands = all.flatMap((command) =>
    command.operands === undefined ? [] : [`      "${command.name}") ${offer(command.operands)} ;;`],
  );
  return `# Completes ${name} in bash: source <(${name} completion bash)
_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} before=$((COMP_CWORD - 1)) command="" option="" prefix="" words="" kind="" word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} != -* ]]; then
      command=\${COMP_WORDS[i]}
      break
    fi
  done
  # Bash takes = for a word of its own, unless somebody has taken it out of COMP_WORDBREAKS.
  if [[ $cur == "=" ]]; then
    cur=""
    [[ \${COMP_WORDS[before]} == -* ]] || return 0
  elif [[ \${COMP_WORDS[before]} == "=" ]]; then
    before=$((before - 1))
    [[ \${COMP_WORDS[before]} == -* ]] || return 0
  elif [[ $cur == --*=* ]]; then
    prefix=\${cur%%=*}=
    cur=\${cur#*=}
  fi
  if [[ -n $prefix ]]; then
    option=\${prefix%=}
  elif [[ \${COMP_WORDS[before]} == -* ]]; then
    option=\${COMP_WORDS[before]}
  fi
  case "$command:$option" in
${values.join("\n")}
    *) kind=operand ;;
  esac
  if [[ $kind == operand && $cur == -* ]]; then
    case "$command" in
${names.join("\n")}
    esac
  elif [[ $kind == operand ]]; then
    kind=unknown
    case "$command" in
${operands.join("\n")}
    esac
  fi
  case $kind in
    # Nothing here: files are offered by -o default.
    files) return 0 ;;
    unknown) compopt +o default 2>/dev/null; return 0 ;;
    words-with-file) [[ $cur == *=* ]] && return 0; compopt -o nospace 2>/dev/null ;;
  esac
  while IFS= read -r word; do
    COMPREPLY+=("$prefix$word")
  done < <(compgen -W "$words" -- "$cur")
}
complete -o default -F _${name} ${name}
`;
}

function offer(values: Values): string {
  if (values.kind === "files" || values.kind === "unknown") return `kind=${values.kind}`;
  const tail = values.kind === "words-with-file" ? "=" : "";
  return `kind=${values.kind} words="${values.words.map((word) => `${word}${tail}`).join(" ")}"`;
}
