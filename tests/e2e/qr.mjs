// A text as the PNG of a QR code, for codes that no page of ours would draw: forged, foreign.

import { randomBytes } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import qrcode from "qrcode-generator";

const QUIET_ZONE = 4;
const MODULE_PX = 6;

/** A grey PNG, level M, as large as a webcam would see it. */
export function qrPng(text) {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const modules = code.getModuleCount();
  const size = (modules + 2 * QUIET_ZONE) * MODULE_PX;
  const row = 1 + size;
  const pixels = Buffer.alloc(row * size, 255);
  for (let y = 0; y < size; y += 1) {
    pixels[y * row] = 0; // the row's filter: none
    const r = Math.floor(y / MODULE_PX) - QUIET_ZONE;
    for (let x = 0; x < size; x += 1) {
      const c = Math.floor(x / MODULE_PX) - QUIET_ZONE;
      const within = r >= 0 && c >= 0 && r < modules && c < modules;
      if (within && code.isDark(r, c)) pixels[y * row + 1 + x] = 0;
    }
  }
  return greyPng(size, pixels);
}

/** A rotating code as it should be, but for a key that nobody has and a signature that is none. */
export function forgedCode() {
  const step = Buffer.alloc(4);
  step.writeUInt32BE(Math.floor(Date.now() / 30_000));
  return `R1${base32(Buffer.concat([Buffer.of(1), randomBytes(8), step, randomBytes(64)]))}`;
}

function base32(bytes) {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const fives = bits.match(/.{1,5}/g).map((five) => Number.parseInt(five.padEnd(5, "0"), 2));
  return fives.map((five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[five]).join("");
}

/** A PNG of rows that each begin with a filter. */
export function greyPng(size, filtered) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 0, 0, 0, 0], 8); // 8 bits, grey, no interlace
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  const parts = [chunk("IHDR", head), chunk("IDAT", deflateSync(filtered)), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([signature, ...parts]);
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
