// The list keeps to what is looked for, page by page.
import type { CustomersQuery } from "@reda/shared/wire";
import { beforeEach, expect, test, vi } from "vitest";
import type { Core } from "../testing/core";
import { freshCore } from "../testing/platform";
import { Customers, everybody, PAGE } from "./customers.svelte";

vi.mock("@reda/shared/platform", () => import("../testing/platform"));

let core: Core;
const line = (n: number) => ({ person: { id: `h${n}`, name: `Customer ${n}` } });
const programs = [
  { id: "p1", tiers: [{ name: "Silver" }, { name: "Gold" }] },
  { id: "p2", tiers: [{ name: "Gold" }] },
];
const asked: CustomersQuery[] = [];

beforeEach(() => {
  asked.length = 0;
  core = freshCore();
  core.answers["customers.view"] = (query) => {
    asked.push({ ...query });
    const rows = Array.from({ length: 250 }, (_, n) => line(n));
    const page = rows.slice(query.offset, query.offset + query.limit);
    return { total: 250, count: 250, page, programs, waiting: 0 };
  };
});

test("more rows are read only when they are wanted", async () => {
  const customers = new Customers();
  await customers.again();
  expect(customers.view?.page.length).toBe(PAGE);
  await customers.more();
  await customers.more();
  expect(customers.view?.page.length).toBe(250);
});

test("another search starts at the top", async () => {
  const customers = new Customers();
  await customers.more();
  await customers.look({ text: "ami" });
  expect(asked.at(-1)).toMatchObject({ filter: { ...everybody, text: "ami" }, offset: 0, limit: PAGE });
});

test("the tiers to choose from are the chosen programme's, and another one's choice goes with it", async () => {
  const customers = new Customers();
  await customers.again();
  expect(customers.tiers).toEqual(["Silver", "Gold"]);
  await customers.look({ tier: "Silver" });
  expect([asked.at(-1)?.filter.tier, customers.isWhole]).toEqual(["Silver", false]);
  await customers.look({ program: "p2" });
  expect([asked.at(-1)?.filter.tier, customers.tiers]).toEqual([null, ["Gold"]]);
});

test("arrow keys stop at the ends", async () => {
  const customers = new Customers();
  await customers.again();
  await customers.choose("h0");
  expect(customers.neighbour(-1)).toBe("h0");
  expect(customers.neighbour(1)).toBe("h1");
  expect(customers.neighbour(Infinity)).toBe(`h${PAGE - 1}`);
});
