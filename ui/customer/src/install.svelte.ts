// Opening without a connection, a newer version of the page, and a place on the home screen: what the
// browser does of it, and what it does not.

/** Asked at most this often whether there is a newer page; browsers ask when the page is opened. */
const LOOK_EVERY_MS = 60 * 60_000;

export type Offline =
  /** It opens without a connection. */
  | "ready"
  /** On its way, or not offered by this browser. */
  | "not_yet"
  /** The address is not secure, so that no browser keeps the page. */
  | "insecure";

/** Not in TypeScript's own list; Chromium has it. */
interface InstallPrompt extends Event {
  prompt: () => Promise<unknown>;
}

let offline = $state<Offline>("not_yet");
let newer = $state(false);
let prompt = $state.raw<InstallPrompt | null>(null);
let installed = $state(false);

export const install = {
  get offline() { return offline; },
  /** A newer page was fetched and shows when this one is loaded anew. */
  get newer() { return newer; },
  /** The browser would put it on the home screen. */
  get offered() { return prompt !== null; },
  get installed() { return installed; },
  ask,
};

export function startInstall(): void {
  installed = matchMedia("(display-mode: standalone)").matches;
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    prompt = event as InstallPrompt;
  });
  addEventListener("appinstalled", () => {
    installed = true;
    prompt = null;
  });
  if (!isSecureContext) offline = "insecure";
  // A worker of the development server would keep files that change.
  else if ("serviceWorker" in navigator && import.meta.env.PROD) void keepPage(navigator.serviceWorker);
}

async function ask(): Promise<void> {
  await prompt?.prompt();
  prompt = null;
}

async function keepPage(workers: ServiceWorkerContainer): Promise<void> {
  // The first one to take over is the version that this page came with.
  let hadOne = workers.controller !== null;
  workers.addEventListener("controllerchange", () => {
    newer ||= hadOne;
    hadOne = true;
  });
  try {
    // After the page's own files, so that it does not slow them down.
    if (document.readyState !== "complete") await new Promise((loaded) => addEventListener("load", loaded));
    const registration = await workers.register("/sw.js");
    lookNowAndThen(registration);
    await workers.ready;
    offline = "ready";
  } catch {
    // A private window, or no room: the page works while there is a connection.
  }
}

function lookNowAndThen(registration: ServiceWorkerRegistration): void {
  let lookedAt = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || Date.now() - lookedAt < LOOK_EVERY_MS) return;
    lookedAt = Date.now();
    registration.update().catch(() => undefined);
  });
}
