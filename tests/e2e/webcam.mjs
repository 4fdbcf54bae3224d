// A webcam at /dev/video0 that is not there: tests/v4l2-shim, preloaded into the window and its
// camera process, answers in the kernel's place.

import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const shim = fileURLToPath(new URL("../v4l2-shim/shim.c", import.meta.url));
const VIEW = "1280x720";

export class Webcam {
  /** What the window is told to use. */
  source = "auto";

  constructor() {
    const root = mkdtempSync(join(process.env.XDG_RUNTIME_DIR ?? tmpdir(), "webcam-"));
    this.dir = join(root, "device");
    this.aside = join(root, "aside");
    mkdirSync(this.dir);
    mkdirSync(this.aside);
    writeFileSync(join(this.dir, "formats"), "MJPG 640 480 30\nMJPG 1280 720 30\nYUYV 640 480 30\n");
    const library = join(root, "shim.so");
    execFileSync("cc", ["-O2", "-shared", "-fPIC", shim, "-o", library]);
    /** What the window's environment needs. */
    this.env = { LD_PRELOAD: library, REDA_WEBCAM: this.dir };
  }

  /** Holds a picture (bytes, or the path of a PNG) up to the webcam, in place of what was there. */
  async show(picture) {
    let path = picture;
    if (typeof picture !== "string") {
      path = join(this.aside, "picture.png");
      await writeFile(path, picture);
    }
    await this.#see([path, "-gravity", "center", "-composite"]);
  }

  /** Takes away what is held up. */
  clear() {
    return this.#see([]);
  }

  /** Lets something go wrong: "unplugged", "stalled", "busy", "forbidden"; or nothing, by "". */
  async suffer(trouble) {
    await writeFile(join(this.aside, "trouble"), trouble);
    await rename(join(this.aside, "trouble"), join(this.dir, "trouble"));
  }

  /** Lets it see a grey wall, with more before it. */
  async #see(more) {
    const part = join(this.aside, "picture.jpg");
    await promisify(execFile)("convert", ["-size", VIEW, "xc:gray55", ...more, "-quality", "80", part]);
    await rename(part, join(this.dir, "picture.jpg"));
  }
}
