# What the scripts share. Sourced, not run.
# shellcheck shell=bash
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd -- "$root"
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}
# One meaning for the shell, cargo and node, wherever each of them is started.
[[ $CARGO_TARGET_DIR == /* ]] || CARGO_TARGET_DIR=$root/$CARGO_TARGET_DIR

say() {
  printf '\033[1m%s\033[0m\n' "$*"
}

die() {
  printf '%s: %s\n' "script/$(basename -- "$0")" "$*" >&2
  exit 1
}

has() {
  command -v "$1" >/dev/null 2>&1
}

is_ubuntu() {
  grep -qE '^ID(_LIKE)?=.*ubuntu' /etc/os-release 2>/dev/null
}

# Whether the camera is tested in a virtual computer here. Ubuntu's kernel packages are cut otherwise.
runs_camera_vm() {
  ! is_ubuntu && grep -qE '^ID(_LIKE)?=.*debian' /etc/os-release 2>/dev/null &&
    [[ $(dpkg --print-architecture 2>/dev/null) == amd64 ]]
}

# Cargo compiles the workspace by clippy's driver, which lints while it builds: one pass for both,
# and every warning is an error. All cargo calls of one script must agree on this, or the workspace
# is compiled twice.
lint_while_building() {
  RUSTC_WORKSPACE_WRAPPER=$(rustc --print sysroot)/bin/clippy-driver
  export RUSTC_WORKSPACE_WRAPPER CLIPPY_ARGS=-Dwarnings
}

# Everything at once, tests and programs, so that dependencies are built with one set of features.
build_everything() {
  lint_while_building
  cargo build --workspace --all-targets --locked
}
