import type { Completable, CompletableOption, Values } from "./tree.ts";

/** A script for zsh: to be loaded from fpath, or sourced after compinit. */
export function zshCompletion({ name, options, commands }: Completable): string {
  const described = commands.map((command) => `    ${quote(`${colons(command.name)}:${command.summary}`)}`);
  const branches = commands.map((command) => {
    const specs = [
      ...command.options.map((option) => specOf(option)),
      ...(command.operands === undefined
        ? []
        : [quote(`*:${command.operands.kind === "files" ? "file" : "argument"}:${actionOf(command.operands)}`)]),
    ];
    return `    ${command.name})\n      _arguments -s \\\n${specs.map((spec) => `        ${spec}`).join(" \\\n")}\n      ;;`;
  });
  return `#compdef ${name}
# Completes ${name} in zsh: in a folder of fpath as _${name}, or source <(${name} completion zsh) after compinit
_${name}() {
  local curcontext="$curcontext" state
  local -a line commands
  typeset -A opt_args
  commands=(
${described.join("\n")}
  )
  _arguments -C ${options.map((option) => specOf(option)).join(" ")} '1: :->command' '*:: :->rest' && return 0
  case $state in
  command) _describe -t commands command commands ;;
  rest)
    case $words[1] in
${branches.join("\n")}
    esac
    ;;
  esac
}
if [[ $funcstack[1] == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function specOf({ names, description, repeatable, values }: CompletableOption): string {
  const text = `[${description.replaceAll(/[[\]]/g, "\\$&")}]`;
  const value = values === undefined ? "" : `:value:${actionOf(values)}`;
  const [long = "", ...more] = names.toReversed();
  if (more.length > 0) return `${quote(`(${names.join(" ")})`)}{${names.join(",")}}${quote(text)}`;
  return quote(`${repeatable ? "*" : ""}${long}${values === undefined ? "" : "="}${text.replaceAll(":", "\\:")}${value}`);
}

function actionOf(values: Values): string {
  if (values.kind === "files") return "_files";
  if (values.kind === "unknown") return " ";
  const words = values.words.map(colons).join(" ");
  return values.kind === "words" ? `(${words})` : `{ if compset -P "*="; then _files; else compadd -S = -q -- ${words}; fi }`;
}

function colons(text: string): string {
  return text.replaceAll(":", "\\:");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
