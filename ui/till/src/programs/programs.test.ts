import { cleanup, fireEvent, render, screen, within } from "@testing-library/svelte";
import type { ProgramCheck, ProgramForm, ProgramsView, RewardForm, Wrong } from "@reda/shared/wire";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Core } from "../testing/core";
import Programs from "../settings/Programs.svelte";
import { freshCore } from "../testing/platform";

vi.mock("@reda/shared/platform", () => import("../testing/platform"));

const earn = { points: 1, per: { amount: 10000, currency: "KES" } };
const form: ProgramForm = {
  program: "p1",
  name: "Baraka Points",
  points: "1",
  per: "100",
  rounding: "down",
  welcome_bonus: "50",
  tiers: [{ name: "Gold", from: "500", times: "1.5" }],
  expiry: "never",
  months: "",
};
const tiers = [{ name: "Gold", from: 500, multiplier_percent: 150 }];
const program = { id: "p1", name: "Baraka Points", kind: "points", status: "active", earn, welcome_bonus: 50, tiers, expiry: { kind: "never" } } as const;
const tea = { id: "w1", program: "p1", name: "Tea", cost: 80, gives: { kind: "money_off", amount: { amount: 5000, currency: "KES" } }, status: "active" } as const;
const teaForm: RewardForm = { program: "p1", reward: "w1", name: "Tea", cost: "80", gives: "money_off", value: "50" };

let core: Core;
let view: ProgramsView;
let wrong: Wrong[];
beforeEach(() => {
  core = freshCore();
  wrong = [];
  view = {
    shop: "Baraka Mini-Mart",
    currency: "KES",
    programs: [{ program: { ...program, tiers }, form, rewards: [{ reward: tea, form: teaForm }] }],
  };
  core.answers["programs.view"] = () => structuredClone(view);
  const sound = { name: "Seen", earn, welcome_bonus: 50, tiers, expiry: { kind: "never" } as const, example: null };
  core.answers["programs.check"] = (): ProgramCheck => ({ wrong, sound: wrong.length === 0 ? sound : null });
  core.answers["rewards.check"] = () => ({ wrong, sound: wrong.length === 0 ? { name: "Coffee", cost: 60, gives: tea.gives } : null });
  core.answers["programs.save"] = core.answers["rewards.save"] = () => ({});
  core.answers["programs.change"] = core.answers["rewards.change"] = () => ({});
});
afterEach(cleanup);

async function open(online = true): Promise<HTMLElement> {
  render(Programs, { online });
  return screen.findByTestId("program");
}
const field = (id: string) => screen.getByTestId<HTMLInputElement>(id);
const called = (name: string) => core.calls.filter(([call]) => call === name).map(([, params]) => params);
const press = (id: string) => fireEvent.click(screen.getByTestId(id));

describe("the list", () => {
  test("says what each programme gives, and what its points buy", async () => {
    const text = (await open()).textContent;
    for (const words of ["1 point for each KES 100", "50 points", "Points stay for ever.", "from 500 points · ×1.5", "KES 50 off"]) {
      expect(text).toContain(words);
    }
  });

  test("pauses a programme and a reward", async () => {
    await open();
    await press("program-pause");
    expect(called("programs.change")).toEqual([{ program: "p1", status: "paused" }]);
    await press("reward-pause");
    expect(called("rewards.change")).toEqual([{ reward: "w1", status: "paused" }]);
  });

  test("ends a programme after a second press that names it", async () => {
    await open();
    await press("program-end");
    expect(called("programs.change")).toEqual([]);
    expect(screen.getByTestId("program-end").textContent).toContain("End Baraka Points for good");
    await press("program-end");
    expect(called("programs.change")).toEqual([{ program: "p1", status: "ended" }]);
  });

  test("one that ended can only be looked at", async () => {
    view.programs[0]!.program.status = "ended";
    const panel = await open();
    expect(within(panel).queryAllByRole("button")).toEqual([]);
  });

  test("changes nothing without the line", async () => {
    const panel = await open(false);
    for (const button of within(panel).getAllByRole<HTMLButtonElement>("button")) expect(button.disabled).toBe(true);
    expect(document.body.textContent).toContain("Needs the line");
  });
});

describe("a programme's form", () => {
  test("is sent as it was typed", async () => {
    await open();
    await press("program-change");
    expect(document.activeElement).toBe(field("program-name"));
    await fireEvent.input(field("program-per"), { target: { value: "200" } });
    await press("add-tier");
    await fireEvent.input(field("program-tiers.1.name"), { target: { value: "Platinum" } });
    await press("program-form-save");
    await vi.waitFor(() => expect(called("programs.save")).toHaveLength(1));
    const added = { name: "Platinum", from: "", times: "1" };
    expect(called("programs.save")).toEqual([{ ...form, per: "200", tiers: [...form.tiers, added] }]);
    await vi.waitFor(() => expect(screen.queryByTestId("program-form")).toBeNull());
  });

  test("says what is wrong where somebody typed, and the rest when it is to be saved", async () => {
    await open();
    await press("add-program");
    wrong = [
      { field: "name", why: { why: "empty" } },
      { field: "points", why: { why: "out_of_range", min: 1, max: 1000000 } },
    ];
    await fireEvent.input(field("program-points"), { target: { value: "0" } });
    await vi.waitFor(() => expect(called("programs.check")).toHaveLength(2));
    expect(screen.queryByTestId("program-points-wrong")).toBeNull();
    await fireEvent.focusOut(field("program-points"));
    await vi.waitFor(() => expect(screen.getByTestId("program-points-wrong").textContent).toBe("From 1 to 1,000,000."));
    expect(screen.queryByTestId("program-name-wrong")).toBeNull();
    await press("program-form-save");
    await vi.waitFor(() => expect(screen.getByTestId("program-name-wrong").textContent).toBe("Fill this in."));
    expect(document.activeElement).toBe(field("program-name"));
    expect(field("program-name").getAttribute("aria-invalid")).toBe("true");
    expect(called("programs.save")).toEqual([]);
  });

  test("shows what a customer sees, and goes on showing it while something is wrong", async () => {
    await open();
    await press("program-change");
    const seen = screen.getByTestId("customer-sees");
    await vi.waitFor(() => expect(seen.textContent).toMatch(/Baraka Mini-Mart\s*Seen.*Tea/s));
    wrong = [{ field: "name", why: { why: "empty" } }];
    await fireEvent.input(field("program-name"), { target: { value: "" } });
    await fireEvent.focusOut(field("program-name"));
    await vi.waitFor(() => expect(screen.getByTestId("program-name-wrong")).toBeTruthy());
    expect(seen.textContent).toContain("Seen");
  });

  test("keeps what was typed when the server refuses", async () => {
    core.answers["programs.save"] = () => Promise.reject({ code: "not_allowed", message: "A manager does this." });
    await open();
    await press("program-change");
    await press("program-form-save");
    expect((await screen.findByRole("alert")).textContent).toContain("A manager does this.");
    expect(field("program-name").value).toBe("Baraka Points");
  });

  test("asks for months only where points run out", async () => {
    await open();
    await press("program-change");
    expect(screen.queryByTestId("program-months")).toBeNull();
    await fireEvent.change(field("program-expiry"), { target: { value: "inactivity" } });
    expect(field("program-months")).toBeTruthy();
  });
});

describe("a reward's form", () => {
  test("makes one of the programme's, and shows it among the others", async () => {
    await open();
    await press("add-reward");
    await fireEvent.input(field("reward-name"), { target: { value: "Coffee" } });
    await fireEvent.input(field("reward-cost"), { target: { value: "60" } });
    await vi.waitFor(() => expect(screen.getByTestId("customer-sees").textContent).toMatch(/Coffee.*60 points.*Tea.*80 points/s));
    await press("reward-form-save");
    await vi.waitFor(() => expect(called("rewards.save")).toHaveLength(1));
    expect(called("rewards.save")).toEqual([{ program: "p1", reward: null, name: "Coffee", cost: "60", gives: "product", value: "" }]);
  });

  test("asks for what its kind needs", async () => {
    await open();
    await press("reward-change");
    expect(screen.getByText("How much off, in KES")).toBeTruthy();
    expect(field("reward-value").value).toBe("50");
    await fireEvent.change(field("reward-gives"), { target: { value: "percent_off" } });
    expect(screen.getByText("How many percent")).toBeTruthy();
  });
});
