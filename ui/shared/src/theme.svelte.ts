// Light, dark, or as the computer has it. The tokens follow `data-theme` on the page.
import type { Theme } from "./wire";

const computersDark = () => window.matchMedia?.("(prefers-color-scheme: dark)");
let chosen: Theme = "system";
let dark = $state(false);

function draw(): void {
  dark = chosen === "system" ? (computersDark()?.matches ?? false) : chosen === "dark";
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

export function setTheme(theme: Theme): void {
  chosen = theme;
  draw();
}

/** Follows the computer's setting while the choice is "system". */
export function followComputer(): void {
  draw();
  computersDark()?.addEventListener("change", draw);
}

/** What the person sees now, whatever was chosen. */
export function looksDark(): boolean {
  return dark;
}
