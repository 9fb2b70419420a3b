# Sourced by the scripts that install what is missing.

# Installs Debian packages, as root or by sudo.
install() {
  echo "Installing $*" >&2
  local as_root=()
  [[ $(id -u) == 0 ]] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" > /dev/null
}
