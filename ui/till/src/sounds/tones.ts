// The till's sounds, made here: short, never repeated, each beside something that is seen (DESIGN 5).
// Where the computer has no player, nothing is heard and nothing fails.

export type Sound = "read" | "yes" | "no" | "error" | "tick";

interface Tone {
  hertz: number;
  atMs: number;
}
const TONE_MS = 45;

export const tones: Record<Sound, Tone[]> = {
  tick: [{ hertz: 1320, atMs: 0 }],
  read: [
    { hertz: 880, atMs: 0 },
    { hertz: 1175, atMs: 55 },
  ],
  yes: [
    { hertz: 784, atMs: 0 },
    { hertz: 988, atMs: 50 },
    { hertz: 1319, atMs: 100 },
  ],
  no: [{ hertz: 262, atMs: 0 }],
  error: [
    { hertz: 220, atMs: 0 },
    { hertz: 196, atMs: 90 },
  ],
};

/** A player that nothing is played by costs a twentieth of a core, so it rests this long after a sound. */
const REST_AFTER_MS = 1_000;

let player: AudioContext | null = null;
let resting: ReturnType<typeof setTimeout> | undefined;

/** Opens the player, which takes a quarter of a second the first time: while nobody waits for anything. */
export function open(): void {
  try {
    player ??= new AudioContext();
    void player.resume().catch(() => {});
    clearTimeout(resting);
    resting = setTimeout(() => void player?.suspend().catch(() => {}), REST_AFTER_MS);
  } catch {
    // No player: what a sound says is on the screen too.
  }
}

export function play(sound: Sound): void {
  afterPaint(() => {
    open();
    if (player === null) return;
    for (const { hertz, atMs } of tones[sound]) sing(player, hertz, player.currentTime + atMs / 1000);
  });
}

/** Waking the player holds the page up for some milliseconds: what is seen does not wait for that. */
function afterPaint(then: () => void): void {
  if (document.hidden) then();
  else requestAnimationFrame(() => setTimeout(then));
}

function sing(player: AudioContext, hertz: number, at: number): void {
  const tone = player.createOscillator();
  const loudness = player.createGain();
  tone.frequency.value = hertz;
  // Swelling and fading, because a hard edge clicks.
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(0.14, at + 0.006);
  loudness.gain.linearRampToValueAtTime(0, at + TONE_MS / 1000);
  tone.connect(loudness).connect(player.destination);
  tone.start(at);
  tone.stop(at + TONE_MS / 1000);
}
