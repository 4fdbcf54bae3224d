import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import type { CounterStage, SpendState, RewardLine } from "@reda/shared/wire";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Core, counterView, stages } from "../testing/core";
import App from "../App.svelte";
import { freshCore } from "../testing/platform";

vi.mock("@reda/shared/platform", () => import("../testing/platform"));

let core: Core;
beforeEach(() => {
  core = freshCore();
});
afterEach(cleanup);

const at = (stage: CounterStage) => {
  core.counter = counterView(stage);
  core.changed("counter");
};
const ended = (state: SpendState): CounterStage => ({ ...stages.spending, state });

async function open(stage: CounterStage): Promise<void> {
  core.counter = counterView(stage);
  render(App);
  await vi.waitFor(() => expect(screen.getByTestId("stage").dataset.stage).toBe(stage.stage));
}
const field = (id: string) => screen.getByTestId<HTMLInputElement>(id);
const key = (key: string, more = {}) => fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
const calls = (name: Parameters<Core["count"]>[0], n = 1) => vi.waitFor(() => expect(core.count(name)).toBe(n));
const dialog = () => screen.findByTestId("spend");

async function choose(): Promise<HTMLElement> {
  await open(stages.member);
  expect(await key("F8")).toBe(false);
  return dialog();
}

describe("choosing", () => {
  test("F8 opens it on the points, with a reason to begin with", async () => {
    const shown = await choose();
    expect(shown.dataset.step).toBe("choose");
    expect(document.activeElement).toBe(field("spend-points"));
    expect(field("spend-reason").value).toBe("Money off this sale");
    expect(shown.textContent).toContain("Amina approves on the phone. Nothing is taken before that.");
  });

  test("it says what the points leave, and Enter asks for them", async () => {
    await choose();
    await fireEvent.input(field("spend-points"), { target: { value: "200" } });
    await vi.waitFor(() => expect(screen.getByTestId("spend-says").textContent).toContain("Leaves 1,040 points"));
    await fireEvent.input(field("spend-reason"), { target: { value: "KES 100 off" } });
    await fireEvent.submit(field("spend-points").form!);
    await calls("counter.spend");
    expect(core.calls).toContainEqual(["counter.spend", { text: "200", reason: "KES 100 off", reward: null }]);
  });

  test("more than there is cannot be asked for, in the core's words", async () => {
    const error = { code: "not_enough_points", message: "There are not enough points on this card." };
    core.answers["counter.spending"] = () => ({ points: null, leaves: null, error });
    await choose();
    await fireEvent.input(field("spend-points"), { target: { value: "2000" } });
    await vi.waitFor(() => expect(screen.getByTestId<HTMLButtonElement>("spend-ask").disabled).toBe(true));
    expect(screen.getByTestId("spend-says").textContent).not.toContain(error.message);
    await fireEvent.submit(field("spend-points").form!);
    await vi.waitFor(() => expect(screen.getByTestId("spend-says").textContent).toContain(error.message));
    expect(core.count("counter.spend")).toBe(0);
  });

  test("a refused ask keeps what was typed and says why", async () => {
    core.answers["counter.spend"] = () => Promise.reject({ code: "busy", message: "Too much at once." });
    await choose();
    await fireEvent.input(field("spend-points"), { target: { value: "200" } });
    await fireEvent.submit(field("spend-points").form!);
    expect((await screen.findByRole("alert")).textContent).toContain("Too much at once.");
    expect(field("spend-points").value).toBe("200");
  });

  test("Escape closes it, takes nobody off, and gives the focus back to the amount", async () => {
    await choose();
    await key("Escape");
    await vi.waitFor(() => expect(screen.queryByTestId("spend")).toBeNull());
    expect(core.count("counter.clear")).toBe(0);
    expect(document.activeElement).toBe(field("amount"));
  });

  test("without points, or without the line, it is off and says why", async () => {
    await open({ ...stages.member, card: { ...stages.member.card, balance: 0, available: 0 } });
    expect(screen.getByTestId<HTMLButtonElement>("use-points").disabled).toBe(true);
    expect(screen.getByTestId("stage").textContent).toContain("None to use yet");
    core.app.connection.status = "offline";
    core.changed("app");
    at(stages.member);
    await vi.waitFor(() => expect(screen.getByTestId("stage").textContent).toContain("Needs the line"));
    await key("F8");
    expect(screen.queryByTestId("spend")).toBeNull();
  });
});

describe("rewards", () => {
  const flour = { id: "w1", name: "Flour, 2 kg", cost: 400, gives: { kind: "product", product: "Flour" }, leaves: 840, missing: 0 } as const;
  const hamper = { id: "w2", name: "Hamper", cost: 1500, gives: { kind: "text", text: "Hamper" }, leaves: -260, missing: 260 } as const;
  const offered = async (...rewards: RewardLine[]) => {
    core.counter = { ...counterView(stages.member), rewards };
    render(App);
    await vi.waitFor(() => expect(screen.getByTestId("stage").dataset.stage).toBe("member"));
  };
  const radio = (name: RegExp) => screen.getByRole<HTMLInputElement>("radio", { name });

  test("the counter says how many are within reach, and how far the next one is", async () => {
    await offered(flour, hamper);
    expect(screen.getByTestId("stage").textContent).toMatch(/1 reward within reach.*Hamper.*260 points to go/s);
  });

  test("the first within reach is chosen; one out of reach says what is missing and cannot be", async () => {
    await offered(flour, hamper);
    await key("F8");
    await dialog();
    expect(document.activeElement).toBe(radio(/Flour, 2 kg\s+Leaves 840 points/));
    expect([radio(/Flour/).checked, radio(/Hamper\s+260 points short/).disabled]).toEqual([true, true]);
    expect(screen.queryByTestId("spend-points")).toBeNull();
  });

  test("Enter asks for it, by its id", async () => {
    await offered(flour, hamper);
    await key("F8");
    await dialog();
    await fireEvent.submit(radio(/Flour/).form!);
    await calls("counter.spend");
    expect(core.calls).toContainEqual(["counter.spend", expect.objectContaining({ reward: "w1" })]);
  });

  test("another number of points is typed as before", async () => {
    await offered(flour);
    await key("F8");
    await dialog();
    await fireEvent.click(radio(/Another number/));
    await fireEvent.input(field("spend-points"), { target: { value: "200" } });
    await fireEvent.submit(field("spend-points").form!);
    await calls("counter.spend");
    expect(core.calls).toContainEqual(["counter.spend", { text: "200", reason: "Money off this sale", reward: null }]);
  });

  test("where nothing is within reach, points are typed", async () => {
    await offered(hamper);
    await key("F8");
    await dialog();
    expect(document.activeElement).toBe(radio(/Another number/));
    expect(field("spend-reason").value).toBe("Money off this sale");
  });

  test("a chosen reward that is taken away cannot be asked for any more", async () => {
    await offered(flour);
    await key("F8");
    await dialog();
    core.answers["counter.spending"] = () => ({ points: null, leaves: null, error: null });
    await fireEvent.click(radio(/Another/));
    await fireEvent.input(field("spend-points"), { target: { value: "" } });
    await fireEvent.click(radio(/Flour/));
    core.counter = { ...core.counter, rewards: [] };
    core.changed("counter");
    await screen.findByTestId("spend-points");
    expect(document.activeElement).toBe(field("spend-points"));
    expect(screen.getByTestId<HTMLButtonElement>("spend-ask").disabled).toBe(true);
  });

  test("a question that ran out is asked again for the same reward", async () => {
    core.counter = { ...counterView({ ...stages.spending, reward: "w1", state: { state: "timed_out" } }), rewards: [flour] };
    render(App);
    await fireEvent.click(await screen.findByTestId("spend-again"));
    await calls("counter.spend");
    expect(core.calls).toContainEqual(["counter.spend", expect.objectContaining({ reward: "w1" })]);
  });
});

test("the counter shows the tier, and the amount what it makes of the points", async () => {
  const gold = { name: "Gold", from: 1000, multiplier_percent: 150 };
  core.answers["counter.amount"] = () => ({ amount: { amount: 170000, currency: "KES" }, points: 51, tier: gold, error: null });
  await open({ ...stages.member, card: { ...stages.member.card, tier: "Gold" } });
  expect(screen.getByTestId("tier").textContent).toMatch(/Tier:\s*Gold/);
  await fireEvent.input(field("amount"), { target: { value: "1700" } });
  await vi.waitFor(() => expect(document.body.textContent).toContain("Earns 51 points · Gold ×1.5"));
});

describe("waiting", () => {
  test("it shows what for, how far it came, and the time that is left", async () => {
    await open(stages.spending);
    const text = (await dialog()).textContent;
    for (const words of ["Waiting for Amina to approve…", "−200 points", "KES 100 off", "Opened on the phone", "left to answer"]) {
      expect(text).toContain(words);
    }
  });

  test("Enter once more takes nothing back; Escape does, once", async () => {
    core.answers["counter.clear"] = () => new Promise(() => {});
    await open(stages.spending);
    await dialog();
    expect(document.activeElement?.tagName).toBe("H3");
    await key("Escape");
    await key("Escape");
    expect(core.count("counter.clear")).toBe(1);
  });

  test("Alt R sends it again", async () => {
    await open(stages.spending);
    await dialog();
    await key("r", { altKey: true, code: "KeyR" });
    await calls("counter.send_again");
  });

  test("taking it back says that an answer may have been first", async () => {
    await open(ended({ state: "cancelling" }));
    expect((await dialog()).textContent).toMatch(/Taking the request back….*the answer counts/s);
    core.app.connection.status = "offline";
    core.changed("app");
    await vi.waitFor(() => expect(screen.getByTestId("spend-cancel").textContent).toContain("Remove"));
  });
});

describe("the customer's code", () => {
  const code = "R1" + "AB".repeat(62);
  const waiting = (more: object) => ended({ ...stages.spending.state, ...more } as SpendState);
  const scan = async (): Promise<void> => {
    for (const key of [...code, "Enter"]) await fireEvent.keyDown(document.activeElement ?? document.body, { key });
  };

  test("is offered and taken behind the dialog where it counts", async () => {
    await open(waiting({ by_code: true }));
    expect((await dialog()).textContent).toContain("Or Amina holds the code on the phone to the camera again");
    await scan();
    await calls("counter.scanned");
    expect(core.calls).toContainEqual(["counter.scanned", { text: code }]);
  });

  test("is neither where it does not count", async () => {
    await open(stages.spending);
    expect((await dialog()).textContent).not.toContain("camera");
    await scan();
    expect(core.count("counter.scanned")).toBe(0);
  });

  test("that is no yes says why", async () => {
    await open(waiting({ by_code: true, refused: { code: "code_used", message: "This code was shown before." } }));
    expect((await screen.findByTestId("spend-refused")).textContent).toMatch(/not taken as a yes.*shown before/s);
  });
});

describe("the end", () => {
  test.each([
    [{ state: "approved", at: new Date().toISOString() }, /Amina approved.*KES 100 off · 1,240 points left/s, false],
    [{ state: "declined" }, /Amina said no, thanks.*Nothing was taken/s, false],
    [{ state: "timed_out" }, /No answer yet.*Nothing was taken/s, true],
    [{ state: "cancelled" }, /The request was taken back.*Nothing was taken/s, true],
  ] as [SpendState, RegExp, boolean][])("%o", async (state, words, again) => {
    await open(ended(state));
    expect((await dialog()).textContent).toMatch(words);
    expect(document.activeElement).toBe(screen.getByTestId("spend-done"));
    expect(screen.queryByTestId("spend-again") !== null).toBe(again);
  });

  test("closing it leaves the member at the counter", async () => {
    await open(ended({ state: "declined" }));
    await fireEvent.click(await screen.findByTestId("spend-done"));
    await calls("counter.clear");
    at(stages.member);
    await vi.waitFor(() => expect(screen.queryByTestId("spend")).toBeNull());
  });

  test("asking again asks for the same", async () => {
    await open(ended({ state: "timed_out" }));
    await fireEvent.click(await screen.findByTestId("spend-again"));
    await calls("counter.spend");
    expect(core.calls).toContainEqual(["counter.spend", { text: "200", reason: "KES 100 off", reward: null }]);
    at(stages.spending);
    await vi.waitFor(() => expect(screen.getByTestId("spend").dataset.step).toBe("approve"));
  });
});

test("the dialog speaks Swahili", async () => {
  core.app.language = "sw";
  await open(stages.spending);
  expect((await dialog()).textContent).toContain("Tunasubiri Amina aidhinishe…");
});
