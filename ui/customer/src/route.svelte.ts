// Where in the page somebody is, from the part of the address after #.

export type Route =
  | { screen: "code" }
  | { screen: "cards" }
  | { screen: "card"; id: string }
  | { screen: "inbox" }
  | { screen: "settings" };

export function parseRoute(hash: string): Route {
  const [screen, id] = hash.replace(/^#\/?/, "").split("/");
  switch (screen) {
    case "cards":
      return id ? { screen: "card", id: decodeURIComponent(id) } : { screen: "cards" };
    case "inbox":
    case "settings":
      return { screen };
    default:
      return { screen: "code" };
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
