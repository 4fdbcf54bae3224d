// People on the customers' page: with an account, and as members of a shop that works by the API.

import { firstNumber } from "./till.mjs";
import { until } from "./wait.mjs";

export const PASSWORD = "battery staple";
// The first programme earns 1 point per KES 100.00.
const KES_1250 = 125_000;
export const EARNED = 12;

export function emailOf(who) {
  return `${who.toLowerCase().replace(" ", ".")}@example.com`;
}

export function signUpAs(who, { phone, server }) {
  return phone.signUp(server.url, { name: who, address: emailOf(who), password: PASSWORD });
}

/** Signs up, is asked by the shop, says yes on the page, and gets points; the card. */
export async function joinAs(who, { phone, server, shop }) {
  await signUpAs(who, { phone, server });
  const { text } = await phone.code();
  await shop.ask(text);
  await phone.at("accept").click();
  const card = await until("a card", async () => {
    const { status, enrollments } = await shop.operation("scan", { code: text });
    return status === "member" && enrollments[0].card;
  });
  await shop.award(card, KES_1250);
  await phone.page.getByRole("button", { name: "Close" }).click();
  await until(`the page to show ${EARNED} points`, async (saw) => {
    const balance = await phone.at("card-balance").first().innerText();
    saw(balance);
    return firstNumber(balance) === EARNED;
  });
  return { card };
}
