import { expect, test } from "vitest";
import type { Changes, Item } from "@reda/shared/wire";
import { behind, changes, connected, empty, heard, reset, stalled, whole, type Replica } from "./replica";

const scope = "u:1";
const card = (id: string, seq: number, balance = 0): Item => ({ entity: "card", id, seq, body: { balance } });
const frame = (from: number, to: number, items: Item[], epoch = 7): Changes => ({ scope, epoch, from, to, items });
const at = (replica: Replica) => replica.cursor;

test("a first start takes any epoch from 0", () => {
  const { replica, ask } = changes(empty(scope), frame(0, 3, [card("a", 2), card("b", 3)]));
  expect(ask).toBe(false);
  expect(at(replica)).toEqual({ epoch: 7, seq: 3 });
  expect([...replica.items.keys()]).toEqual(["card:a", "card:b"]);
});

test("an adjacent interval replaces what it names and keeps the rest", () => {
  const one = changes(empty(scope), frame(0, 3, [card("a", 2, 10), card("b", 3, 20)])).replica;
  const two = changes(one, frame(3, 5, [card("a", 5, 15)])).replica;
  expect(two.items.get("card:a")?.body).toEqual({ balance: 15 });
  expect(two.items.get("card:b")?.body).toEqual({ balance: 20 });
  expect(one.items.get("card:a")?.body).toEqual({ balance: 10 });
});

test("a deleted item goes away", () => {
  const one = changes(empty(scope), frame(0, 1, [card("a", 1)])).replica;
  const two = changes(one, frame(1, 2, [{ entity: "card", id: "a", seq: 2, deleted: true }])).replica;
  expect(two.items.size).toBe(0);
  expect(at(two).seq).toBe(2);
});

test("a gap changes nothing and asks once", () => {
  const one = changes(empty(scope), frame(0, 3, [card("a", 1)])).replica;
  const gap = changes(one, frame(4, 6, [card("b", 5)]));
  expect(gap.ask).toBe(true);
  expect(at(gap.replica).seq).toBe(3);
  expect(gap.replica.items.has("card:b")).toBe(false);
  expect(changes(gap.replica, frame(6, 7, [])).ask).toBe(false);
  const mended = changes(gap.replica, frame(3, 7, [card("b", 5)]));
  expect(at(mended.replica).seq).toBe(7);
  expect(changes(mended.replica, frame(9, 10, [])).ask).toBe(true);
});

test("an interval that was seen before is not applied twice", () => {
  const one = changes(empty(scope), frame(0, 3, [card("a", 3, 30)])).replica;
  const again = changes(one, frame(0, 2, [card("a", 2, 20)]));
  expect(again.ask).toBe(true);
  expect(again.replica.items.get("card:a")?.body).toEqual({ balance: 30 });
});

test("another epoch is never mixed in", () => {
  const one = changes(empty(scope), frame(0, 3, [])).replica;
  expect(changes(one, frame(3, 4, [card("x", 4)], 8)).ask).toBe(true);
});

test("a reset drops everything and starts from nothing", () => {
  const one = changes(empty(scope), frame(0, 3, [card("a", 1)])).replica;
  const { replica, ask } = reset(one, scope);
  expect(ask).toBe(true);
  expect(at(replica)).toEqual({ epoch: null, seq: 0 });
  expect(replica.items.size).toBe(0);
  expect(at(changes(replica, frame(0, 9, [card("b", 9)], 8)).replica)).toEqual({ epoch: 8, seq: 9 });
});

test("other people's scopes do nothing", () => {
  const one = empty(scope);
  expect(changes(one, { ...frame(0, 1, [card("a", 1)]), scope: "u:2" }).replica).toBe(one);
  expect(reset(one, "u:2").ask).toBe(false);
});

test("heads tell whether the page is whole", () => {
  const one = changes(empty(scope), frame(0, 3, [])).replica;
  expect(whole(one)).toBe(false);
  expect(whole(heard(one, { [scope]: { epoch: 7, seq: 3 } }))).toBe(true);
  expect(whole(heard(one, { [scope]: { epoch: 7, seq: 4 } }))).toBe(false);
  expect(whole(heard(one, { [scope]: { epoch: 8, seq: 1 } }))).toBe(false);
  expect(whole(heard(empty(scope), { [scope]: { epoch: 7, seq: 0 } }))).toBe(true);
  expect(behind(one, { epoch: 7, seq: 2 })).toBe(false);
});

test("a new connection keeps what is there and may ask again", () => {
  const stuck = stalled(changes(empty(scope), frame(0, 3, [card("a", 1)])).replica);
  expect(stuck.ask).toBe(true);
  const fresh = connected(stuck.replica);
  expect(fresh.items.size).toBe(1);
  expect(fresh.head).toBeNull();
  expect(changes(fresh, frame(5, 6, [])).ask).toBe(true);
});
