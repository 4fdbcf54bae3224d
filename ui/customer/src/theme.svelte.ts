// Light, dark, or as the phone is; the choice is kept on this browser. The tokens follow
// `data-theme` on the page.
import type { Theme } from "@reda/shared/wire";
import { keep, kept } from "./kept";

const themes: readonly Theme[] = ["system", "light", "dark"];
const phoneIsDark = matchMedia("(prefers-color-scheme: dark)");

let current = $state<Theme>("system");

export function theme(): Theme {
  return current;
}

export function startTheme(): void {
  current = themes.find((theme) => theme === kept("theme")) ?? "system";
  draw();
  phoneIsDark.addEventListener("change", draw);
}

export function chooseTheme(next: Theme): void {
  current = next;
  keep("theme", next);
  draw();
}

function draw(): void {
  const dark = current === "system" ? phoneIsDark.matches : current === "dark";
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  // The browser's own bar goes on from the page.
  const canvas = getComputedStyle(document.documentElement).getPropertyValue("--canvas").trim();
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) meta.content = canvas;
}
