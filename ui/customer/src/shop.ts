// A shop's colour and letter, the same wherever the shop appears.

/** As many as --shop-… tokens. */
export const SHOP_COLOURS = 6;

export function shopColour(business: string): number {
  let sum = 0;
  for (const letter of business) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return sum % SHOP_COLOURS;
}

export function initial(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? "?";
}

/** Up to two letters for a person. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const ends = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return ends.map(initial).join("");
}
