// Where in the page somebody is, from the part of the address after #.

export type Route =
  | { screen: "code" }
  | { screen: "cards" }
  | { screen: "card"; id: string }
  | { screen: "inbox"; id: string | null }
  | { screen: "settings" };

export function parseRoute(hash: string): Route {
  const [screen, id] = hash.replace(/^#\/?/, "").split("/");
  switch (screen) {
    case "cards":
      return id ? { screen: "card", id: plain(id) } : { screen: "cards" };
    case "inbox":
      return { screen, id: id ? plain(id) : null };
    case "settings":
      return { screen };
    default:
      return { screen: "code" };
  }
}

/** An address that somebody mistyped is no reason to fail. */
function plain(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

let current = $state.raw<Route>({ screen: "code" });

export function route(): Route {
  return current;
}

export function followAddress(): void {
  const read = () => (current = parseRoute(location.hash));
  read();
  addEventListener("hashchange", read);
}

export const to = {
  code: "#/",
  cards: "#/cards",
  card: (id: string) => `#/cards/${encodeURIComponent(id)}`,
  inbox: "#/inbox",
  settings: "#/settings",
};
