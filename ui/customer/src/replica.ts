// One scope of the feed as this page has it, and what a frame does to it. No socket and no clock:
// the driver in feed.svelte.ts does what it is told here.
import type { Changes, Cursor, Item } from "@reda/shared/wire";

export interface Replica {
  readonly scope: string;
  readonly cursor: Cursor;
  readonly items: ReadonlyMap<string, Item>;
  /** The server was told where this page stands, and what it sends from there has not come yet. */
  readonly asked: boolean;
  /** Where the scope's head was last heard to be. */
  readonly head: Cursor | null;
}

export interface Step {
  readonly replica: Replica;
  /** Say `since` with the replica's cursor. */
  readonly ask: boolean;
}

const START: Cursor = { epoch: null, seq: 0 };

export function empty(scope: string): Replica {
  return { scope, cursor: START, items: new Map(), asked: false, head: null };
}

export function itemKey(entity: string, id: string): string {
  return `${entity}:${id}`;
}

/** A connection began; its `hello` carried the cursor, so the server goes on from there. */
export function connected(replica: Replica): Replica {
  return { ...replica, asked: false, head: null };
}

/** Rows and cursor move together, and only where the interval begins at the own cursor. */
export function changes(replica: Replica, frame: Changes): Step {
  if (frame.scope !== replica.scope) return { replica, ask: false };
  const { epoch, seq } = replica.cursor;
  if (frame.from !== seq || (epoch !== null && epoch !== frame.epoch)) return gap(replica);
  const items = new Map(replica.items);
  for (const item of frame.items) {
    const key = itemKey(item.entity, item.id);
    if (item.deleted) items.delete(key);
    else items.set(key, item);
  }
  const cursor = { epoch: frame.epoch, seq: frame.to };
  return { replica: { ...replica, cursor, items, asked: false }, ask: false };
}

/** The server has another history: start again from nothing. */
export function reset(replica: Replica, scope: string): Step {
  if (scope !== replica.scope) return { replica, ask: false };
  return { replica: { ...empty(replica.scope), asked: true }, ask: true };
}

/** Where the server says the scope's head is. */
export function heard(replica: Replica, heads: Record<string, Cursor>): Replica {
  const head = heads[replica.scope];
  return head ? { ...replica, head } : replica;
}

/** Everything up to the last heard head is here. */
export function whole(replica: Replica): boolean {
  return replica.head !== null && !behind(replica, replica.head);
}

/** This page lacks something that `head` has. */
export function behind(replica: Replica, head: Cursor): boolean {
  const { epoch, seq } = replica.cursor;
  if (epoch === null) return head.seq > 0;
  return epoch !== head.epoch || seq < head.seq;
}

/** Asks at most once: what was under way when asking does not fit either. */
function gap(replica: Replica): Step {
  return { replica: { ...replica, asked: true }, ask: !replica.asked };
}

/** Still behind after a while: whatever was asked or sent did not arrive. */
export function stalled(replica: Replica): Step {
  return { replica: { ...replica, asked: true }, ask: true };
}
