// RFC 4648 base32 in capitals without padding: the letters of a QR code's alphanumeric mode.

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export function base32(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let heldBits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    heldBits += 8;
    while (heldBits >= 5) {
      heldBits -= 5;
      text += letters[(held >> heldBits) & 31];
    }
    held &= (1 << heldBits) - 1;
  }
  // Spare bits are zero; a reader refuses others.
  return heldBits > 0 ? text + letters[(held << (5 - heldBits)) & 31] : text;
}
