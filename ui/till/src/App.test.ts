import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SENT_MAX_BYTES } from "./state/pictures";
import App from "./App.svelte";
import { type Core, counterView, stages } from "./testing/core";
import { freshCore } from "./testing/platform";

vi.mock("@reda/shared/platform", () => import("./testing/platform"));

let core: Core;
beforeEach(() => {
  core = freshCore();
});
afterEach(cleanup);

async function open(stage: keyof typeof stages = "idle"): Promise<void> {
  core.counter = counterView(stages[stage]);
  render(App);
  await vi.waitFor(() => expect(screen.getByTestId("stage").dataset.stage).toBe(stage));
}
const amount = () => screen.getByTestId<HTMLInputElement>("amount");
const key = (key: string, more = {}) => fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
const calls = (name: Parameters<Core["count"]>[0], n = 1) =>
  vi.waitFor(() => expect(core.count(name)).toBe(n));

describe("first run", () => {
  test("offers a shop of its own first, then joining, then the demo", async () => {
    core.app.setup = { state: "first_run" };
    core.answers["app.try_demo"] = () => new Promise(() => {});
    render(App);
    const button = await screen.findByTestId<HTMLButtonElement>("try-demo");
    const ways = [...document.querySelectorAll<HTMLElement>("main button")].map((it) => it.dataset.testid);
    expect(ways).toEqual(["start-shop", "join-shop", "try-demo"]);
    expect(document.activeElement).toBe(screen.getByTestId("start-shop"));
    await fireEvent.click(button);
    expect(core.count("app.try_demo")).toBe(1);
    expect(button.disabled).toBe(true);
  });

  test("a refused form stays as it was filled in and says why", async () => {
    core.app.setup = { state: "first_run" };
    core.answers["app.start_shop"] = () => {
      throw { code: "weak_password", message: "A password has 8 to 200 characters." };
    };
    render(App);
    await fireEvent.click(await screen.findByTestId("start-shop"));
    const make = screen.getByTestId<HTMLButtonElement>("make-shop");
    expect(make.disabled).toBe(true);
    const fields = { "shop-name": "Baraka", "owner-name": "Joseph", "owner-address": "0720000001" };
    for (const [id, value] of Object.entries({ ...fields, "owner-password": "short", "owner-pin": "2a468" })) {
      await fireEvent.input(screen.getByTestId(id), { target: { value } });
    }
    await fireEvent.click(make);
    expect((await screen.findByRole("alert")).textContent).toContain("8 to 200");
    expect(core.calls).toContainEqual([
      "app.start_shop",
      { shop: "Baraka", name: "Joseph", address: "0720000001", password: "short", pin: "2468", till: "Main till" },
    ]);
    expect(screen.getByTestId<HTMLInputElement>("shop-name").value).toBe("Baraka");
  });

  test("says why the demo shop did not start, and offers it again", async () => {
    core.app.setup = { state: "failed", error: { code: "internal", message: "The disk is full." } };
    render(App);
    expect((await screen.findByRole("alert")).textContent).toContain("The disk is full.");
    expect(screen.getByTestId<HTMLButtonElement>("try-demo").disabled).toBe(false);
  });
});

describe("each stage says its own sentence", () => {
  const sentences: { [S in keyof typeof stages]: RegExp } = {
    idle: /Scan the customer’s code/,
    looking_up: /Looking up/,
    member: /Amina Hassan.*1,240/s,
    spending: /Amina Hassan.*1,240/s,
    not_member: /Ask Amina to join\?/,
    asking: /Sending the request/,
    waiting: /Waiting for Amina to accept/,
    accepted: /Amina joined · \+34 points/,
    declined: /Amina said no, thanks.*You can ask again from/s,
    no_answer: /No answer yet.*34 points/s,
    cancelled: /The request was taken back/,
    refused: /This code is too old/,
  };
  test.each(Object.keys(stages) as (keyof typeof stages)[])("%s", async (stage) => {
    await open(stage);
    expect(screen.getByTestId("stage").textContent).toMatch(sentences[stage]);
    expect(screen.getByTestId("camera").dataset.state).toBe("live");
  });
});

describe("the keyboard", () => {
  test("the amount has the focus from the start", async () => {
    await open();
    expect(document.activeElement).toBe(amount());
  });

  test("Enter in the amount awards to a member", async () => {
    await open("member");
    await fireEvent.input(amount(), { target: { value: "1700" } });
    await fireEvent.submit(amount().form!);
    await calls("counter.award");
    expect(core.calls).toContainEqual(["counter.award", { text: "1700" }]);
  });

  test("an amount on its way is not called wrong; one that is left is", async () => {
    const error = { code: "bad_amount", message: "This is not an amount." };
    core.answers["counter.amount"] = ({ text }) =>
      text === "1,700" ? { amount: null, points: 34, error: null } : { amount: null, points: null, error };
    await open("member");
    const says = () => document.querySelector("#amount-says")!.textContent + screen.getByTestId("award-why").textContent!;
    for (const value of ["1", "1,", "1,7", "1,70"]) {
      await fireEvent.input(amount(), { target: { value } });
      await vi.waitFor(() => expect(screen.getByTestId<HTMLButtonElement>("award").disabled).toBe(true));
      expect(says()).not.toContain(error.message);
      expect(amount().getAttribute("aria-invalid")).toBe("false");
    }
    await fireEvent.blur(amount());
    await vi.waitFor(() => expect(says()).toBe(error.message.repeat(2)));
    await fireEvent.submit(amount().form!);
    expect(core.count("counter.award")).toBe(0);
    await fireEvent.input(amount(), { target: { value: "1,700" } });
    await vi.waitFor(() => expect(says()).toBe("Earns 34 points"));
  });

  test("Enter awards nothing while nobody is at the counter", async () => {
    await open("idle");
    await fireEvent.input(amount(), { target: { value: "1700" } });
    await fireEvent.submit(amount().form!);
    expect(core.count("counter.award")).toBe(0);
    expect(screen.getByTestId("award-why").textContent).toBe("Scan the customer’s code first");
  });

  test("F5 asks, and never reloads the page", async () => {
    await open("not_member");
    expect(await key("F5")).toBe(false);
    await calls("counter.ask");
  });

  test("F5 with nobody at the counter enrols somebody", async () => {
    core.answers["enrol.view"] = () => ({ programs: [], open: [], answered: [] });
    await open("idle");
    await key("F5");
    expect((await screen.findByRole("heading", { level: 1 })).textContent).toContain("Enrol");
    expect(core.count("counter.ask")).toBe(0);
  });

  test("Alt R sends again", async () => {
    await open("waiting");
    await key("r", { altKey: true, code: "KeyR" });
    await calls("counter.send_again");
  });

  test("Alt R does nothing before it may be sent again", async () => {
    const soon = new Date(Date.now() + 26_000).toISOString();
    await open("idle");
    core.counter = counterView({ ...stages.waiting, send_again_from: soon });
    core.changed("counter");
    const button = await screen.findByTestId("send-again");
    await key("r", { altKey: true, code: "KeyR" });
    expect(core.count("counter.send_again")).toBe(0);
    expect(button.textContent).toMatch(/Again in 0:2\d/);
  });

  test("F3 goes to the look-up, Escape back to the amount before it removes the customer", async () => {
    await open("member");
    await key("F3");
    expect(document.activeElement).toBe(screen.getByTestId("look-up"));
    await key("Escape");
    expect(document.activeElement).toBe(amount());
    expect(core.count("counter.clear")).toBe(0);
    await key("Escape");
    await calls("counter.clear");
  });

  test("F1 shows the keys, and closing them gives the focus back", async () => {
    await open();
    await key("F1");
    const dialog = await screen.findByTestId("keys-dialog");
    amount().blur();
    await fireEvent(dialog, new Event("close"));
    expect(document.activeElement).toBe(amount());
  });

  test("a click beside the fields leaves the focus with the amount", async () => {
    await open("member");
    screen.getByTestId("clear").focus();
    await fireEvent.click(screen.getByTestId("clear"), { detail: 1 });
    expect(document.activeElement).toBe(amount());
  });
});

describe("a picture of a code", () => {
  const picture = (bytes: BlobPart = "PNG!") => new File([bytes], "code.png", { type: "image/png" });
  const carrying = (...files: File[]) => ({ types: files.length > 0 ? ["Files"] : ["text/plain"], files });

  test("is read when it is pasted, wherever the cashier is", async () => {
    await open();
    await key("3", { ctrlKey: true });
    await fireEvent.paste(document.body, { clipboardData: carrying(picture()) });
    await calls("counter.picture");
    expect(core.calls).toContainEqual(["counter.picture", { data: btoa("PNG!") }]);
    expect(screen.getByTestId("stage")).toBeTruthy();
  });

  test("is read when it is dropped, and the window opens no file by itself", async () => {
    await open();
    const event = { dataTransfer: carrying(picture()) };
    expect(await fireEvent.dragOver(document.body, event)).toBe(false);
    expect(await fireEvent.drop(document.body, event)).toBe(false);
    await calls("counter.picture");
    expect(await fireEvent.drop(document.body, { dataTransfer: carrying() })).toBe(false);
    expect(core.count("counter.picture")).toBe(1);
  });

  test.each([
    ["no_code_in_picture", "There is no code in this picture."],
    ["picture_too_large", "This picture is too large."],
  ])("that cannot be used says why: %s", async (code, message) => {
    core.answers["counter.picture"] = () => Promise.reject({ code, message });
    await open();
    await fireEvent.paste(document.body, { clipboardData: carrying(picture()) });
    expect((await screen.findByRole("alert")).textContent).toContain(message);
  });

  test("that is huge is not sent whole", async () => {
    await open();
    await fireEvent.paste(document.body, { clipboardData: carrying(picture(new Uint8Array(SENT_MAX_BYTES + 5000))) });
    await calls("counter.picture");
    const { data } = core.calls.find(([name]) => name === "counter.picture")![1] as { data: string };
    expect(data.length).toBe(Math.ceil(SENT_MAX_BYTES / 3) * 4);
  });

  test("does not keep text from being pasted into the amount", async () => {
    await open();
    expect(await fireEvent.paste(amount(), { clipboardData: carrying() })).toBe(true);
    expect(core.count("counter.picture")).toBe(0);
  });
});

describe("a locked till", () => {
  const grace = { id: "s1", name: "Grace W.", short_name: "Grace", initials: "GW", role: "cashier", has_pin: true };
  async function locked(): Promise<void> {
    core.app.locked = true;
    core.app.staff = null;
    core.answers["staff.who"] = () => ({ staff: [grace, { ...grace, id: "s2", name: "Joseph", has_pin: false }] });
    render(App);
    await screen.findByText("PIN for Grace");
  }

  test("opens by digits and Enter, wherever the focus is", async () => {
    await locked();
    for (const digit of "2468") await key(digit);
    await key("Enter");
    await calls("staff.switch_on");
    expect(core.calls).toContainEqual(["staff.switch_on", { staff: "s1", pin: "2468" }]);
  });

  test("says how long it takes no PIN, and takes none meanwhile", async () => {
    core.answers["staff.switch_on"] = () => {
      throw { code: "rate_limited", message: "Too many tries.", details: { retry_after: 300 } };
    };
    await locked();
    for (const digit of "1111") await key(digit);
    await key("Enter");
    await vi.waitFor(() => expect(screen.getByTestId("pin-says").textContent).toMatch(/Try again in (5:00|4:5)/));
    for (const digit of "2468") await key(digit);
    await key("Enter");
    expect(core.count("staff.switch_on")).toBe(1);
  });

  test("Ctrl L locks it, and shows no customer", async () => {
    await open("member");
    await key("l", { ctrlKey: true, code: "KeyL" });
    await calls("staff.lock");
    core.app.locked = true;
    core.answers["staff.who"] = () => ({ staff: [grace] });
    core.changed("app");
    await screen.findByTestId("pin-screen");
    expect(document.body.textContent).not.toContain("Amina");
  });
});

describe("without the line", () => {
  test("asking, finding and awarding are off and say why", async () => {
    core.app.connection.status = "offline";
    await open("not_member");
    for (const id of ["ask", "find", "award"]) {
      expect(screen.getByTestId<HTMLButtonElement>(id).disabled).toBe(true);
    }
    expect(screen.getByTestId("award-why").textContent).toBe("Needs the line");
    expect(screen.getByTestId("connection").dataset.status).toBe("offline");
  });

  test("it is tried at once when somebody asks, and when the computer has its network back", async () => {
    core.app.connection.status = "offline";
    await open("idle");
    await fireEvent.click(screen.getByTestId("try-now"));
    expect(core.count("app.try_now")).toBe(1);
    window.dispatchEvent(new Event("online"));
    expect(core.count("app.try_now")).toBe(2);
  });

  test("a try that is under way is not tried again, and typing goes on once the line is back", async () => {
    core.app.connection.status = "offline";
    await open("idle");
    screen.getByTestId("try-now").focus();
    core.app.connection.status = "connecting";
    core.changed("app");
    await vi.waitFor(() => expect(screen.getByTestId("try-now").ariaBusy).toBe("true"));
    await fireEvent.click(screen.getByTestId("try-now"));
    expect(core.count("app.try_now")).toBe(0);
    core.app.connection.status = "online";
    core.changed("app");
    await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("amount")));
  });
});

test("a customer who said no lately cannot be asked before the day that is shown", async () => {
  await open("idle");
  const later = new Date(Date.now() + 12 * 86_400_000).toISOString();
  core.counter = counterView({ ...stages.not_member, ask_again_from: later });
  core.changed("counter");
  expect((await screen.findByTestId<HTMLButtonElement>("ask")).disabled).toBe(true);
});

test("the last award shows the balance that the server has", async () => {
  await open("member");
  core.counter.last_award = { name: "Amina Hassan", points: 34, balance: 1274, at: new Date().toISOString() };
  core.changed("counter");
  expect((await screen.findByTestId("last-award")).textContent).toContain("+34 points · balance 1,274");
});

test("the whole counter speaks Swahili", async () => {
  core.app.language = "sw";
  await open("waiting");
  expect(screen.getByTestId("stage").textContent).toContain("Tunasubiri Amina akubali…");
  expect(document.documentElement.lang).toBe("sw");
});
