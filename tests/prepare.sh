# Sourced by examples/run and tests/run: installs, configures and builds what is missing, silently if all goes well.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build_dir=$(realpath -m "${MPI4CXX_BUILD:-$top/build}")
log=$build_dir/prepare.log

# find_mpi -DOPTION=VALUE…: the MPI that these ask for, or that the build folder has already.
find_mpi() {
  local option found
  found=$(sed -n 's/.*"name": "mpi", "value": "\([^"]*\)".*/\1/p' "$build_dir/meson-info/intro-buildoptions.json" 2>/dev/null) || true
  for option; do case $option in -Dmpi=*) found=${option#*=} ;; esac; done
  echo "${found:-mpich}"
}
mpi=$(find_mpi "${options[@]-}")
# numerics: the libraries that some examples are skipped without.
case $mpi in
  abi) mpi_packages=(mpich libmpich-dev openmpi-bin libopenmpi-dev) numerics=() ;;
  *mpich*) mpi_packages=(mpich libmpich-dev) numerics=(libhdf5-mpich-dev libscalapack-mpich-dev) ;;
  *) mpi_packages=(openmpi-bin libopenmpi-dev) numerics=(libhdf5-openmpi-dev libscalapack-openmpi-dev libfftw3-dev libfftw3-mpi-dev petsc-dev) ;;
esac
numerics+=(libeigen3-dev)

# Without dpkg-dev, Meson would install to lib64, where Debian looks for nothing.
base_packages=(dpkg-dev g++ meson ninja-build pkg-config "${mpi_packages[@]}" libcereal-dev libpng-dev)
mkdir -p "$build_dir"

say() { echo "${0#"$top/"}: $*" >&2; }

# need PACKAGE…: Debian's packages or, where they cannot be installed, at least the tools to build with.
need() { install "$@" || have_tools || { say "$problem; have them installed, then run this again"; return 1; }; }

# want PACKAGE…: those that something is skipped without.
want() { install "$@" || say "$problem; going on without"; }

have_tools() { type -P meson ninja "${CXX:-c++}" pkg-config >/dev/null && { [ "$mpi" = abi ] || pkg-config --exists "$mpi"; }; }

# folder_of_abi NAME PACKAGE: a folder with one MPI's library of the standard ABI, of which Debian has both in one place.
folder_of_abi() {
  local folder=$build_dir/abi/$1 own file
  own=$(pkg-config --variable=libdir "$2")
  mkdir -p "$folder"
  for file in "$own"/../../libmpi_abi_"$1".so.1.* "$own"/libmpi_abi.so.1; do
    [ ! -e "$file" ] || { ln -sf "$(realpath "$file")" "$folder/libmpi_abi.so.1"; echo "$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"; return; }
  done
  say "$2 has no library of the standard ABI"
  return 1
}

install() {
  local missing sudo=()
  installed() { dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p'; }
  missing=$(comm -23 <(printf '%s\n' "$@" | sort) <(installed "$@" | sort) | xargs)
  [ -n "$missing" ] || return 0
  problem="these packages are missing: $missing"
  type -P apt-get >/dev/null || return 1
  if [ "$(id -u)" != 0 ]; then
    sudo=(sudo)
    [ -t 0 ] || sudo+=(-n)      # nobody there to type a password
    type -P sudo >/dev/null && "${sudo[@]}" true 2>/dev/null || return 1
  fi
  apt_get() {
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" </dev/null >>"$log" 2>&1
  }
  say "installing $missing"
  : >"$log"
  [ -n "${updated:-}" ] || apt_get update || true
  updated=yes
  # shellcheck disable=SC2086
  apt_get install -y --no-install-recommends $missing && return
  problem+=" (apt-get: $(grep -m 1 ^E: "$log"))"
  return 1
}

# configure -DOPTION=VALUE…: an option stays with the build folder, as ever in Meson, until it is given another value.
configure() {
  local option changed=() again=() known=$build_dir/options
  touch "$known"
  for option; do grep -qxFe "$option" "$known" || changed+=("$option"); done
  if [ -e "$build_dir/build.ninja" ]; then
    [ ${#changed[@]} -gt 0 ] || return 0
    again=(--reconfigure)
  fi
  meson setup "${again[@]}" "${changed[@]}" "$build_dir" "$top" </dev/null >"$log" 2>&1 ||
    { tail -n 15 "$log" >&2; return 1; }
  for option in "${changed[@]}"; do
    sed -i "/^${option%%=*}=/d" "$known"
    echo "$option" >>"$known"
  done
}

# build [TARGET…]: all by default.
build() {
  ninja -C "$build_dir" "$@" </dev/null >"$log" 2>&1 ||
    { sed -n '/^FAILED:\|^ninja: error/,$p' "$log" >&2; return 1; }
}
