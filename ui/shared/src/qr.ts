// A QR code as one SVG path.
import qrcode from "qrcode-generator";

/** Light modules that a reader needs around the code. */
const QUIET = 4;

export interface Drawing {
  /** Modules along a side, with the quiet zone. */
  side: number;
  path: string;
}

export function drawQr(text: string): Drawing {
  const code = qrcode(0, "M");
  code.addData(text, "Alphanumeric");
  code.make();
  const modules = code.getModuleCount();
  let path = "";
  for (let row = 0; row < modules; row++) {
    for (let from = 0; from < modules; from++) {
      if (!code.isDark(row, from)) continue;
      let to = from + 1;
      while (to < modules && code.isDark(row, to)) to++;
      path += `M${from + QUIET} ${row + QUIET}h${to - from}v1h${from - to}z`;
      from = to;
    }
  }
  return { side: modules + 2 * QUIET, path };
}
