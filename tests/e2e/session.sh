#!/usr/bin/env bash
# Runs a command on a desktop of its own: a virtual display, a D-Bus session, a window manager and
# a notification daemon, with private folders for data, so that nothing of the user's is touched
# and two runs never meet. Ends with the command's exit code and leaves no process behind.
#
#   tests/e2e/session.sh node --test tests/e2e/*.test.mjs
#
# REDA_E2E_SCREEN=1366x768  another size of the display
# REDA_E2E_KEEP=1           keeps the private folders and says where they are
set -euo pipefail

readonly wait_max_secs=20

die() {
  printf 'session.sh: %s\n' "$1" >&2
  if [[ -n ${2:-} && -s $2 ]]; then sed 's/^/  | /' "$2" >&2; fi
  exit 70
}

# Polls a check until it holds; fails at once if the process it waits for has gone.
wait_for() { # what, pid, log, check...
  local what=$1 pid=$2 log=$3 deadline=$((SECONDS + wait_max_secs))
  shift 3
  until "$@" >/dev/null 2>&1; do
    kill -0 "$pid" 2>/dev/null || die "$what ended before it was ready" "$log"
    ((SECONDS < deadline)) || die "$what was not ready after ${wait_max_secs} s" "$log"
    sleep 0.05
  done
}

# Every process started in this session carries its mark in the environment.
marked_processes() {
  local environ pid
  for environ in /proc/[0-9]*/environ; do
    pid=${environ#/proc/}
    pid=${pid%/environ}
    [[ $pid != "$$" && $pid != "$BASHPID" ]] || continue
    if grep -qzxF "REDA_E2E_SESSION=$REDA_E2E_SESSION" "$environ" 2>/dev/null; then printf '%s\n' "$pid"; fi
  done
}

end_marked() {
  local signal pid pids
  for signal in TERM KILL; do
    for _ in {1..20}; do
      mapfile -t pids < <(marked_processes)
      ((${#pids[@]})) || return 0
      for pid in "${pids[@]}"; do kill "-$signal" "$pid" 2>/dev/null || true; done
      sleep 0.1
    done
  done
}

display_number() {
  [[ -s $1 ]]
}

window_manager_runs() {
  xprop -root _NET_SUPPORTING_WM_CHECK | grep -q 'window id'
}

popups_have_an_owner() {
  dbus-send --session --print-reply --dest=org.freedesktop.DBus / \
    org.freedesktop.DBus.NameHasOwner string:org.freedesktop.Notifications | grep -q 'boolean true'
}

notification_daemon() {
  local path
  for path in /usr/lib/notification-daemon/notification-daemon /usr/libexec/notification-daemon; do
    if [[ -x $path ]]; then
      printf '%s\n' "$path"
      return
    fi
  done
  die "notification-daemon is not installed: run script/setup test"
}

# The outer half: folders, display, then the inner half under a D-Bus session.
outer() {
  local base=${TMPDIR:-/tmp}
  REDA_E2E_SESSION=$(mktemp -d "${base%/}/reda-e2e.XXXXXX")
  export REDA_E2E_SESSION

  clean_up() {
    local rc=$?
    trap - EXIT
    trap '' INT TERM HUP
    end_marked
    if [[ -n ${REDA_E2E_KEEP:-} ]]; then
      printf 'session.sh: kept %s\n' "$REDA_E2E_SESSION" >&2
    else
      rm -rf -- "$REDA_E2E_SESSION"
    fi
    exit "$rc"
  }
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP

  mkdir -m 700 "$REDA_E2E_SESSION"/{run,data,config,cache,state,tmp,log}
  export XDG_RUNTIME_DIR=$REDA_E2E_SESSION/run XDG_DATA_HOME=$REDA_E2E_SESSION/data
  export XDG_CONFIG_HOME=$REDA_E2E_SESSION/config XDG_CACHE_HOME=$REDA_E2E_SESSION/cache
  export XDG_STATE_HOME=$REDA_E2E_SESSION/state TMPDIR=$REDA_E2E_SESSION/tmp
  # No bridge to assistive technology (it would start a second bus), no settings of the user's.
  export GDK_BACKEND=x11 NO_AT_BRIDGE=1 GSETTINGS_BACKEND=memory LC_ALL=C.UTF-8
  unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS DISPLAY XAUTHORITY

  local log=$REDA_E2E_SESSION/log/display.log number=$REDA_E2E_SESSION/display
  # The server picks a free number by itself and writes it to descriptor 3.
  Xvfb -displayfd 3 -screen 0 "${REDA_E2E_SCREEN:-1600x1000}x24" -nolisten tcp 3>"$number" >"$log" 2>&1 &
  wait_for "the virtual display" $! "$log" display_number "$number"
  DISPLAY=:$(<"$number")
  export DISPLAY
  log=$REDA_E2E_SESSION/log/dbus.log

  # In the background and waited for, so that a signal is handled at once and not after the command.
  dbus-run-session -- "$BASH" "$0" --inner "$@" 3>&2 2> >(grep -v 'Failed to set fd limit' >"$log" || true) <&0 &
  wait $!
}

# The inner half: window manager and notification daemon before anything else, so that no other
# daemon is started for the first popup.
inner() {
  exec 2>&3 3>&-
  local log=$REDA_E2E_SESSION/log
  openbox --sm-disable >"$log/openbox.log" 2>&1 &
  wait_for "the window manager" $! "$log/openbox.log" window_manager_runs
  "$(notification_daemon)" >"$log/notifications.log" 2>&1 &
  wait_for "the notification daemon" $! "$log/notifications.log" popups_have_an_owner
  "$@"
}

(($#)) || die "usage: session.sh COMMAND [ARGUMENT…]"
if [[ $1 == --inner ]]; then
  shift
  inner "$@"
else
  outer "$@"
fi
