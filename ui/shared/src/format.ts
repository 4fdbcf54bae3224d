// Numbers, money and times as people in the shop read them.
import type { Language, Money } from "./wire";

const locales: Record<Language, string> = { en: "en-KE", sw: "sw-KE" };

/** A whole number with separators: 1,240. */
export function whole(n: number): string {
  return n.toLocaleString("en-KE", { maximumFractionDigits: 0 });
}

/** Money in two parts, because the cents are set smaller: KES, 1,700 and .00. */
export function moneyParts(money: Money): { currency: string; major: string; minor: string } {
  const digits = new Intl.NumberFormat("en-KE", { style: "currency", currency: money.currency })
    .resolvedOptions().maximumFractionDigits ?? 2;
  const text = (money.amount / 10 ** digits).toLocaleString("en-KE", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const dot = digits === 0 ? text.length : text.length - digits - 1;
  return { currency: money.currency, major: text.slice(0, dot), minor: text.slice(dot) };
}

/** A card's number in groups of four, as on the card itself: 7301 4482 0915. */
export function cardNumber(number: string): string {
  return number.replace(/(\d{4})(?=\d)/g, "$1 ");
}

/** The time of day, 24 h: 14:32. */
export function clock(at: Date | string): string {
  return new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

/** A day in words: 28 November. */
export function day(at: Date | string, language: Language): string {
  return new Date(at).toLocaleDateString(locales[language], { day: "numeric", month: "long" });
}

/** Minutes and seconds: 1:26. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
