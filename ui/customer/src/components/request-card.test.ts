// @vitest-environment jsdom
import { fireEvent, render, screen } from "@testing-library/svelte";
import { beforeEach, expect, test, vi } from "vitest";
import type { ConsentText, RequestBody } from "@reda/shared/wire";

/** As the server words it. */
const words: ConsentText = {
  question: "Join Pwani Points at Pwani Bakery?",
  sees: "If you accept, Pwani Bakery sees",
  shares: ["Your name", "Your phone number"],
  never_sees: "They never see",
  never_shares: ["Your e-mail address"],
  purpose: "It counts your points.",
  freedom: "Nothing is shared unless you accept.",
  accept: "Accept",
  decline: "Decline",
};

const request: RequestBody = {
  id: "0198c2a8-0000-7000-8000-000000000100",
  kind: "enrollment",
  status: "pending",
  business: "0198c2a8-0000-7000-8000-000000000022",
  business_name: "Pwani Bakery",
  program: "0198c2a8-0000-7000-8000-000000000062",
  program_name: "Pwani Points",
  customer: null,
  asked_name: null,
  asked_address: null,
  points: 0,
  reason: null,
  asked_at: new Date().toISOString(),
  expires_at: new Date(Date.now() + 7 * 86_400_000).toISOString(),
  counter_until: new Date(Date.now() + 120_000).toISOString(),
  seen_at: null,
  closed_at: null,
  card: null,
  waiting: 0,
  shares: ["name", "phone"],
  never_shares: ["email"],
  wording: "enrollment-1",
  text: { en: words, sw: words },
};

const fetched = vi.fn<typeof fetch>();

let count = 0;

/** A request of its own for each test, since answers are kept by request. */
async function shown(facts: Partial<RequestBody> = {}) {
  // Read late: the session is taken from this browser's storage when it is first imported.
  const { default: RequestCard } = await import("./RequestCard.svelte");
  const body = { ...request, ...facts, id: request.id.slice(0, -3) + String(100 + count++) };
  return { ...render(RequestCard, { request: body }), id: body.id };
}

beforeEach(() => {
  localStorage.setItem("reda.session", JSON.stringify({ token: "t", refresh_token: "r", expires_at_ms: 9e15, user: { id: "u" } }));
  vi.stubGlobal("IntersectionObserver", class { observe() {} disconnect() {} });
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
});

test("it says who asks, what is shared, what is not, and for how long", async () => {
  const { container } = await shown();
  const text = container.textContent ?? "";
  for (const words of [
    "Join Pwani Points at Pwani Bakery?", "open for 7 days", "Your name", "Your phone number",
    "They never see", "Your e-mail", "Nothing is shared unless you accept.",
  ]) expect(text).toContain(words);
});

test("both answers have one look", async () => {
  await shown();
  expect(screen.getByTestId("accept").className).toBe(screen.getByTestId("decline").className);
});

test("a double tap sends one answer, and the page says it is being sent", async () => {
  fetched.mockReturnValue(new Promise(() => undefined));
  const { id } = await shown();
  await fireEvent.click(screen.getByTestId("accept"));
  await fireEvent.click(screen.getByTestId("accept"));
  await fireEvent.click(screen.getByTestId("decline"));
  expect(screen.getByText("Sending…")).toBeTruthy();
  await vi.waitFor(() => expect(fetched).toHaveBeenCalledTimes(1));
  const [path, init] = fetched.mock.calls[0]!;
  expect(path).toBe(`/api/requests/${id}/answer`);
  expect(JSON.parse(String(init?.body))).toEqual({ answer: "accept", language: "en" });
});

test("without a connection nothing is kept, and one can tap again", async () => {
  fetched.mockRejectedValue(new TypeError("no network"));
  await shown();
  await fireEvent.click(screen.getByTestId("decline"));
  expect(await screen.findByText("No connection. Your answer was not sent.")).toBeTruthy();
  await fireEvent.click(screen.getByTestId("decline"));
  await vi.waitFor(() => expect(fetched).toHaveBeenCalledTimes(2));
});

test("a closed request says what became of it", async () => {
  const { container } = await shown({ status: "expired" });
  expect(container.textContent).toContain("This request is no longer open");
  expect(screen.queryByTestId("accept")).toBeNull();
});

const points: Partial<RequestBody> = {
  kind: "points_deduction",
  points: 200,
  reason: "KES 100 off",
  card: "0198c2a8-0000-7000-8000-000000000072",
  expires_at: new Date(Date.now() + 76_000).toISOString(),
  wording: "points-1",
};
const { text: _, ...wordless } = request;

async function shownPoints(facts: Partial<RequestBody> = {}) {
  const { default: RequestCard } = await import("./RequestCard.svelte");
  const body: RequestBody = { ...wordless, ...points, ...facts, id: request.id.slice(0, -3) + String(200 + count++) };
  return { ...render(RequestCard, { request: body }), id: body.id };
}

test("a request for points says how many, what for, where, and for how long", async () => {
  const { container } = await shownPoints();
  for (const words of ["Use 200 points?", "KES 100 off at Pwani Bakery.", "left to answer"]) {
    expect(container.textContent).toContain(words);
  }
  expect(screen.getByTestId("ring").textContent).toMatch(/1:1\d/);
  const [accept, decline] = [screen.getByTestId("accept"), screen.getByTestId("decline")];
  expect([accept.textContent, decline.textContent].map((it) => it?.trim())).toEqual(["Approve", "Decline"]);
  expect(accept.className).toBe(decline.className);
});

test("a key that is too new is told, with the time from which it counts", async () => {
  const until = new Date(Date.now() + 86_400_000).toISOString();
  const error = { code: "key_too_new", message: "This phone is new here.", details: { until } };
  fetched.mockResolvedValue(new Response(JSON.stringify({ error }), { status: 409 }));
  await shownPoints();
  await fireEvent.click(screen.getByTestId("accept"));
  expect((await screen.findByText(/This phone is new here\./)).textContent).toMatch(/From then on: .*\d\d:\d\d/);
});

test.each([
  ["accepted", "You approved 200 points"],
  ["declined", "You declined to use 200 points"],
  ["expired", "This request is no longer open"],
  ["cancelled", "Pwani Bakery took this request back"],
] as const)("points that were %s say so, and what it means", async (status, words) => {
  const { container } = await shownPoints({ status });
  expect(container.textContent).toContain(words);
  expect(container.textContent).toContain(status === "accepted" ? "KES 100 off at Pwani Bakery." : "Nothing was taken.");
});
