// One field takes a phone number or an e-mail; the server says whether it is a good one.

export type Address = { phone: string } | { email: string };

export function phoneOrEmail(text: string): Address | null {
  const address = text.trim();
  if (!address) return null;
  return address.includes("@") ? { email: address } : { phone: address };
}

/** A number as people write it: 0722 481 412 at home, others as they stand. */
export function phoneShown(phone: string): string {
  const home = /^\+254(\d{3})(\d{3})(\d{3})$/.exec(phone);
  return home ? `0${home[1]} ${home[2]} ${home[3]}` : phone;
}

/** An address as a person reads it. */
export function addressShown(address: Address): string {
  return "phone" in address ? phoneShown(address.phone) : address.email;
}
