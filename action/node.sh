# shellcheck shell=bash
# To be sourced: puts a Node that runs TypeScript first in PATH, for this script alone, and installs what Portcullis needs.

runs_typescript() {
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 18) ? 0 : 1)' 2>/dev/null
}

find_node() {
  local candidate
  # GitHub's runners keep several versions; a job need not choose one for us.
  for candidate in "$(command -v node || true)" "${RUNNER_TOOL_CACHE:-/opt/hostedtoolcache}"/node/2[4-9].*/*/bin/node "${RUNNER_TOOL_CACHE:-/opt/hostedtoolcache}"/node/22.*/*/bin/node; do
    if [[ -x $candidate ]] && runs_typescript "$candidate"; then
      PATH=$(dirname "$candidate"):$PATH
      return
    fi
  done
  echo "error: found node $(node --version 2>/dev/null || echo 'nowhere'), expected 22.18 or later: have actions/setup-node before this action" >&2
  exit 2
}

install_portcullis() {
  local root
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  if [[ ! -d $root/node_modules ]]; then (cd "$root" && npm ci --omit=dev --ignore-scripts --no-audit --no-fund >&2); fi
}

find_node
install_portcullis
