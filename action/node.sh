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
  local version
  version=$(node --version 2>/dev/null) || version=nowhere
  echo "error: found node $version, expected 22.18 or later: install it, or have actions/setup-node before this action" >&2
  exit 2
}

# Beside the sources, moved there when it is complete: an installation that was cut short is never taken for one.
install_portcullis() {
  local root staging
  root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  if [[ -d $root/node_modules ]]; then return; fi
  staging=$(mktemp -d "$root/.installing-XXXXXX")
  cp "$root"/package.json "$root"/package-lock.json "$root"/.npmrc "$staging"
  if ! (cd "$staging" && npm ci --omit=dev --ignore-scripts --no-audit --no-fund) >&2; then
    rm -rf "$staging"
    echo "error: npm could not install what a review needs; it says why above" >&2
    exit 2
  fi
  # Another process may have been faster.
  if [[ ! -d $root/node_modules ]]; then mv "$staging/node_modules" "$root/node_modules"; fi
  rm -rf "$staging"
}

find_node
install_portcullis
