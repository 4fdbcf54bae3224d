// The code of an invitation, as it is typed or pasted.

export const CODE_LENGTH = 8;

/** What of a text belongs to a code: the server's letters have no O and no I, so these are digits. */
export function codeOf(text: string): string {
  const letters = text.toUpperCase().replace(/O/g, "0").replace(/I/g, "1").replace(/[^A-Z0-9]/g, "");
  return letters.slice(0, CODE_LENGTH);
}
