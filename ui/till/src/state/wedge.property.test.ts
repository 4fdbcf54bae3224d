// What holds for the wedge whatever is typed, in whatever rhythm.
import fc from "fast-check";
import { expect, test } from "vitest";
import { BURST_MAX, BURST_MIN, BURST_MS, type Fate, Wedge } from "./wedge";

interface Stroke {
  key: string;
  /** Milliseconds since the stroke before. */
  gap: number;
  chord: boolean;
}

const NAMED = ["Shift", "CapsLock", "F8", "ArrowLeft", "Unidentified", "Dead"];
const ENDS = ["Enter", "Tab"];

const character = fc.oneof({ weight: 8, arbitrary: fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 1 }) }, fc.constantFrom("é", "漢", "😀"));
const fast = fc.integer({ min: 0, max: BURST_MS - 1 });
const slow = fc.integer({ min: BURST_MS, max: 2000 });
const never = fc.constant(false);

const strokes = (key: fc.Arbitrary<string>, gap: fc.Arbitrary<number>, chord: fc.Arbitrary<boolean>, most = 60) =>
  fc.array(fc.record<Stroke>({ key, gap, chord }), { maxLength: most });

const anything = strokes(
  fc.oneof({ weight: 8, arbitrary: character }, fc.constantFrom(...NAMED), fc.constantFrom(...ENDS)),
  fc.oneof({ weight: 5, arbitrary: fast }, slow),
  fc.oneof({ weight: 20, arbitrary: never }, fc.constant(true)),
);

/** A field and a counter before the wedge, as `scannerKeys` joins them to it. */
class Page {
  field: string[] = [];
  scans: string[] = [];
  fates: Fate[] = [];
  #wedge = new Wedge();
  #atMs = 0;

  type(all: Stroke[]): this {
    for (const { key, gap, chord } of all) {
      this.#atMs += gap;
      if (gap >= BURST_MS) this.#take(this.#wedge.stopped());
      const fate = this.#wedge.press({ key, altKey: chord, ctrlKey: false, metaKey: false }, this.#atMs);
      this.#take(fate, types(key, chord) ? key : undefined);
    }
    return this;
  }

  stop(): this {
    this.#take(this.#wedge.stopped());
    return this;
  }

  #take(fate: Fate, key?: string): void {
    this.fates.push(fate);
    if (fate.kind === "release") this.field.push(...fate.text);
    if (fate.kind === "scan") {
      this.field.splice(this.field.length - fate.passed);
      this.scans.push(fate.text);
    } else if (fate.kind !== "hold" && key !== undefined) this.field.push(key);
  }
}

function types(key: string, chord: boolean): boolean {
  return !chord && !NAMED.includes(key) && !ENDS.includes(key);
}

const typed = (all: Stroke[]) => all.filter(({ key, chord }) => types(key, chord)).map(({ key }) => key);

test("every key is in the field or in a scan, once, and in its order", () => {
  fc.assert(
    fc.property(anything, (all) => {
      const page = new Page().type(all).stop();
      // Scans are pieces of what was typed; the field is what is left when they are cut out.
      let rest = typed(all).join("");
      let left = "";
      for (const scan of page.scans) {
        const at = rest.indexOf(scan);
        expect(at).toBeGreaterThanOrEqual(0);
        left += rest.slice(0, at);
        rest = rest.slice(at + scan.length);
      }
      expect(page.field.join("")).toBe(left + rest);
      const lengths = page.scans.map((scan) => [...scan].length);
      expect(lengths.every((length) => length >= BURST_MIN && length <= BURST_MAX)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("keys that pause before they are enough for a code are never a scan", () => {
  const few = fc.array(character, { minLength: 1, maxLength: BURST_MIN - 1 });
  const clumps = fc.array(fc.tuple(few, slow, fc.constantFrom(...ENDS, "Shift")), { maxLength: 12 });
  fc.assert(
    fc.property(clumps, fast, (clumps, gap) => {
      const all = clumps.flatMap(([keys, pause, last]) =>
        [...keys, last].map((key, i) => ({ key, gap: i === 0 ? pause : gap, chord: false })),
      );
      const page = new Page().type(all).stop();
      expect(page.scans).toEqual([]);
      expect(page.field).toEqual(typed(all));
    }),
    { numRuns: 200 },
  );
});

test("a burst is a scan wherever it comes, and the field is as it was", () => {
  const burst = fc.array(fc.tuple(character, fc.integer({ min: 0, max: 15 }), fc.boolean()), {
    minLength: BURST_MIN,
    maxLength: BURST_MAX,
  });
  fc.assert(
    fc.property(strokes(character, slow, never), burst, fc.constantFrom(...ENDS), (before, keys, end) => {
      const scanned = keys.flatMap(([key, gap, shifted]): Stroke[] => [
        ...(shifted ? [{ key: "Shift", gap, chord: false }] : []),
        { key, gap, chord: false },
      ]);
      scanned[0]!.gap = BURST_MS;
      const page = new Page().type(before).type([...scanned, { key: end, gap: 5, chord: false }]);
      expect(page.scans).toEqual([keys.map(([key]) => key).join("")]);
      expect(page.field).toEqual(typed(before));
    }),
    { numRuns: 200 },
  );
});

test("what a person types at a person's speed is never kept back", () => {
  fc.assert(
    fc.property(strokes(fc.oneof(character, fc.constantFrom(...NAMED, ...ENDS)), slow, fc.boolean()), (all) => {
      const page = new Page().type(all).stop();
      expect(page.fates.every(({ kind }) => kind === "pass")).toBe(true);
      expect(page.field).toEqual(typed(all));
    }),
  );
});

test("more keys than any code has are no scan, and reach the field", () => {
  const many = fc.integer({ min: BURST_MAX + 1, max: 3 * BURST_MAX });
  fc.assert(
    fc.property(character, many, fast, (key, times, gap) => {
      const hanging = Array<Stroke>(times).fill({ key, gap, chord: false });
      const page = new Page().type([...hanging, { key: "Enter", gap, chord: false }]);
      expect(page.scans).toEqual([]);
      expect(page.field.length).toBe(times);
    }),
    { numRuns: 50 },
  );
});
