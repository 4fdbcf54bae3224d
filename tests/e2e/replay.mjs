// The folder that stands in for the webcam: the till's camera shows the pictures that lie in it,
// again and again.

import { mkdirSync, mkdtempSync } from "node:fs";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class Replay {
  constructor() {
    const root = mkdtempSync(join(process.env.XDG_RUNTIME_DIR ?? tmpdir(), "camera-"));
    this.dir = join(root, "shown");
    // On the same file system, so that a picture appears whole.
    this.aside = join(root, "aside");
    /** What the window is told to use. */
    this.source = `replay:${this.dir}`;
    mkdirSync(this.dir);
    mkdirSync(this.aside);
    this.count = 0;
  }

  /** Holds a picture (bytes, or the path of a PNG) up to the camera, in place of what was there. */
  async show(picture) {
    const bytes = typeof picture === "string" ? await readFile(picture) : picture;
    this.count += 1;
    const name = `${String(this.count).padStart(4, "0")}.png`;
    const before = await readdir(this.dir);
    await writeFile(join(this.aside, name), bytes);
    await rename(join(this.aside, name), join(this.dir, name));
    await this.#drop(before);
  }

  /** Takes away what is held up. */
  async clear() {
    await this.#drop(await readdir(this.dir));
  }

  #drop(names) {
    return Promise.all(names.map((name) => rm(join(this.dir, name), { force: true })));
  }
}
