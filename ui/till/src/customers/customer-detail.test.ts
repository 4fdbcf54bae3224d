import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import type { AdjustCheck, AdjustForm, CustomerStory, CustomerView } from "@reda/shared/wire";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Core, amina } from "../testing/core";
import CustomerDetail from "./CustomerDetail.svelte";
import { freshCore } from "../testing/platform";

vi.mock("@reda/shared/platform", () => import("../testing/platform"));

const card = { id: "c1", number: "7301 4482", balance: 100, available: 40, earned: 100, tier: null };
const customer: CustomerView = {
  line: {
    person: amina,
    card,
    spend: { amount: 170000, currency: "KES" },
    visits: 1,
    first_visit_at: null,
    last_visit_at: null,
    joined_at: null,
    waiting: false,
  },
  phone: "+254722000412",
  email: null,
  notes: "",
  tags: [],
  cards: [{ program: "Baraka Points", card }],
};
const earned = { at: new Date().toISOString(), kind: "points", id: "e1", what: "earn", points: 17, balance: 100 };

let core: Core;
let story: CustomerStory;
let check: AdjustCheck;
beforeEach(() => {
  core = freshCore();
  story = { consents: [], lines: [earned] };
  check = { max: 1000, wrong: [], sound: { points: -30, reason: "Typed twice", leaves: 70 } };
  core.answers["customers.story"] = () => structuredClone(story);
  core.answers["customers.check_adjust"] = () => structuredClone(check);
  core.answers["customers.adjust"] = core.answers["customers.reverse"] = () => ({});
  core.answers["customers.print_code"] = () => ({ file: { path: "/d/customer-code.png", name: "customer-code.png" }, png: "iVBORw0=" });
});
afterEach(cleanup);

async function open(more = {}): Promise<void> {
  const nothing = () => {};
  const props = { customer, manages: true, corrects: true, shop: "Baraka Mini-Mart", online: true, onclose: nothing, oncounter: nothing };
  render(CustomerDetail, { ...props, ...more });
  await screen.findAllByTestId("story-line");
}
const press = (id: string) => fireEvent.click(screen.getByTestId(id));
const field = (id: string) => screen.getByTestId<HTMLInputElement>(id);
const type = (id: string, value: string) => fireEvent.input(field(id), { target: { value } });
const called = (name: string) => core.calls.filter(([call]) => call === name).map(([, params]) => params);
const submit = (id: string) => fireEvent.submit(screen.getByTestId(id).querySelector("form:not([method])")!);
const gone = (id: string) => vi.waitFor(() => expect(screen.queryByTestId(id)).toBeNull());

describe("a correction", () => {
  test("is sent as it was typed, and the story is read again", async () => {
    await open();
    await press("adjust-open");
    expect(document.activeElement).toBe(field("adjust-points"));
    await press("take_points");
    await type("adjust-points", "30");
    await type("adjust-reason", "Typed twice");
    await vi.waitFor(() => expect(screen.getByTestId("adjust-leaves").textContent).toBe("The card then has 70 points."));
    expect(screen.getByTestId("adjust-sure").textContent).toContain("Take 30 points from Amina Hassan");
    const before = core.count("customers.story");
    await submit("adjust");
    await gone("adjust");
    const form: AdjustForm = { card: "c1", takes: true, points: "30", reason: "Typed twice" };
    expect(called("customers.adjust")).toEqual([form]);
    expect(core.count("customers.story")).toBe(before + 1);
  });

  test("says the limit beforehand, and beside the field what is too much", async () => {
    await open();
    check = { max: 1000, wrong: [{ field: "points", why: { why: "not_enough", available: 40 } }], sound: null };
    await press("adjust-open");
    await vi.waitFor(() => expect(document.body.textContent).toContain("At most 1,000 points at once."));
    await submit("adjust");
    await vi.waitFor(() => expect(screen.getByTestId("adjust-points-wrong").textContent).toBe("Only 40 points can be taken."));
    expect(document.activeElement).toBe(field("adjust-points"));
    expect(called("customers.adjust")).toEqual([]);
  });

  test("that the server refuses stays open and says why", async () => {
    core.answers["customers.adjust"] = () => {
      throw { code: "own_card", message: "You cannot award points to your own card." };
    };
    await open();
    await press("adjust-open");
    await submit("adjust");
    expect((await screen.findByRole("alert")).textContent).toContain("your own card");
  });
});

describe("taking back", () => {
  test("wants a reason, names the entry, and sends both", async () => {
    await open();
    await press("reverse-open");
    expect(document.activeElement).toBe(field("reverse-reason"));
    expect(screen.getByTestId("reverse-sure").textContent).toContain("Take back: Earned 17 points");
    await submit("reverse");
    expect(screen.getByTestId("reverse-reason-wrong").textContent).toBe("Fill this in.");
    await type("reverse-reason", " Goods came back ");
    await submit("reverse");
    await gone("reverse");
    expect(called("customers.reverse")).toEqual([{ entry: "e1", reason: "Goods came back" }]);
  });

  test("is not offered for what was taken back already", async () => {
    story.lines = [{ ...earned, result: "reversed" }];
    await open();
    expect(screen.queryByTestId("reverse-open")).toBeNull();
    expect(screen.getByTestId("story-line").textContent).toContain("Taken back");
  });
});

test("a merge that cannot be says why in words", async () => {
  const other = { ...customer.line, person: { ...amina, id: "h2", name: "Amina Old" } };
  core.answers["customers.view"] = () => ({ page: [other] });
  core.answers["customers.merge"] = () => {
    throw { code: "cannot_merge", message: "Cannot be merged.", details: { why: "both_have_accounts" } };
  };
  await open();
  await press("tab-details");
  await press("merge-open");
  await type("merge-search", "old");
  await fireEvent.click(await screen.findByText("Amina Old"));
  await press("merge-sure");
  expect((await screen.findByRole("alert")).textContent).toContain("without their yes");
  expect(called("customers.merge")).toEqual([{ keep: "h1", merge: "h2" }]);
});

test("what the customer was told is folded away until somebody asks for it", async () => {
  const told = { at: earned.at, kind: "message", id: "m1", what: "points_added" };
  story.lines = [earned, told, { ...told, id: "m2" }];
  await open();
  const shown = () => screen.getAllByTestId("story-line").map((line) => line.querySelector("b")!.textContent);
  expect(shown()).toEqual(["Earned 17 points"]);
  expect(screen.getByTestId("story-messages").textContent).toContain("Show 2 messages");
  await press("story-messages");
  expect(shown()).toEqual(["Earned 17 points", "Was told", "Was told"]);
  await press("story-messages");
  expect(shown()).toHaveLength(1);
});

test("a cashier sees neither", async () => {
  await open({ corrects: false, manages: false });
  expect([screen.queryByTestId("adjust-open"), screen.queryByTestId("reverse-open")]).toEqual([null, null]);
});

test("a printed code is a card with shop, customer, number and code, beside the window's own parts", async () => {
  const print = vi.fn();
  vi.stubGlobal("print", print);
  await open();
  await press("tab-details");
  await press("print-code");
  const sheet = await screen.findByTestId("sheet");
  expect(sheet.parentElement).toBe(document.body);
  for (const words of ["Baraka Mini-Mart", "Amina Hassan", "7301 4482"]) expect(sheet.textContent).toContain(words);
  expect(sheet.querySelector("img")!.src).toBe("data:image/png;base64,iVBORw0=");
  expect(screen.getByTestId("saved").textContent).toContain("/d/customer-code.png");
  expect(document.activeElement).toBe(screen.getByTestId("print-now"));
  await press("print-now");
  expect(print).toHaveBeenCalledOnce();
  vi.unstubAllGlobals();
});
