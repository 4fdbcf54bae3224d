#!/usr/bin/python3
"""A desktop's tray, for tests: the StatusNotifierWatcher of this D-Bus session.

Writes {"ready": true} once it is one. Then takes commands, one JSON object a line, and answers each:
{"do": "look"} with the items that registered, as they are now, and {"do": "press", "item": service,
"id": id} presses an entry of an item's menu.
"""

import json
import sys

from gi.repository import Gio, GLib

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
CALL_MS = 5_000

INTERFACE = Gio.DBusNodeInfo.new_for_xml(f"""
<node><interface name="{WATCHER}">
  <method name="RegisterStatusNotifierItem"><arg type="s" direction="in"/></method>
  <method name="RegisterStatusNotifierHost"><arg type="s" direction="in"/></method>
  <property name="RegisteredStatusNotifierItems" type="as" access="read"/>
  <property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
  <property name="ProtocolVersion" type="i" access="read"/>
  <signal name="StatusNotifierItemRegistered"><arg type="s"/></signal>
</interface></node>""").interfaces[0]

items = []


def say(answer):
    print(json.dumps(answer), flush=True)


def called(bus, sender, path, interface, method, arguments, invocation):
    if method == "RegisterStatusNotifierItem":
        # An item that names a path is where it calls from.
        name = arguments.unpack()[0]
        items.append((sender, name) if name.startswith("/") else (name, "/StatusNotifierItem"))
        bus.emit_signal(None, path, WATCHER, "StatusNotifierItemRegistered", GLib.Variant("(s)", (name,)))
    invocation.return_value(None)


def asked(bus, sender, path, interface, name):
    return {
        "RegisteredStatusNotifierItems": GLib.Variant("as", [owner + path for owner, path in items]),
        "IsStatusNotifierHostRegistered": GLib.Variant("b", True),
        "ProtocolVersion": GLib.Variant("i", 0),
    }[name]


def call(bus, owner, path, interface, method, arguments):
    return bus.call_sync(owner, path, interface, method, arguments, None, 0, CALL_MS, None).unpack()


def is_there(bus, owner):
    arguments = GLib.Variant("(s)", (owner,))
    return call(bus, "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "NameHasOwner", arguments)[0]


def look(bus, owner, path):
    arguments = GLib.Variant("(s)", (ITEM,))
    (all_of_it,) = call(bus, owner, path, "org.freedesktop.DBus.Properties", "GetAll", arguments)
    keep = ("Id", "Status", "Title", "IconName", "IconThemePath", "Menu")
    item = {name: all_of_it.get(name) for name in keep}
    # As a host does before it opens the menu.
    call(bus, owner, item["Menu"], MENU, "AboutToShow", GLib.Variant("(i)", (0,)))
    wanted = GLib.Variant("(iias)", (0, -1, ["label", "enabled", "visible"]))
    _, (_, _, entries) = call(bus, owner, item["Menu"], MENU, "GetLayout", wanted)
    menu = [{"id": id, "label": about.get("label"), "enabled": about.get("enabled", True)} for id, about, _ in entries]
    return {**item, "owner": owner, "menu": menu}


def obey(bus, command):
    there = [(owner, path) for owner, path in items if is_there(bus, owner)]
    if command["do"] == "look":
        return [look(bus, owner, path) for owner, path in there]
    item = command["item"]
    event = GLib.Variant("(isvu)", (command["id"], "clicked", GLib.Variant("i", 0), 0))
    call(bus, item["owner"], item["Menu"], MENU, "Event", event)
    return True


def told(source, condition, bus, loop):
    line = sys.stdin.readline()
    if not line:
        loop.quit()
        return False
    try:
        say({"answer": obey(bus, json.loads(line))})
    except GLib.Error as failure:
        say({"failure": failure.message})
    return True


def main():
    loop = GLib.MainLoop()
    bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
    bus.register_object("/StatusNotifierWatcher", INTERFACE, called, asked, None)
    Gio.bus_own_name_on_connection(bus, WATCHER, 0, lambda *_: say({"ready": True}), lambda *_: loop.quit())
    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, told, bus, loop)
    loop.run()


main()
