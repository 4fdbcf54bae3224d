// Joins the wedge to the page: keys that it holds back never reach a field; those that it owes do.
import { BURST_MS, type Fate, Wedge } from "./wedge";

type Field = HTMLInputElement | HTMLTextAreaElement;

/** Listens until the function that it returns is called; `onscan` gets each scan's text. */
export function scannerKeys(onscan: (text: string) => void): () => void {
  const wedge = new Wedge();
  /** The field as it was before the burst, which may have begun in it. */
  let before: { field: Field; value: string } | null = null;
  /** The field that keys were kept back from, and are owed to if they turn out to be no scan. */
  let owed: Field | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function onkeydown(event: KeyboardEvent): void {
    if (event.isComposing || event.repeat) return;
    const field = focusedField();
    if (field !== owed) settle();
    clearTimeout(timer);
    const known = before;
    const fate = wedge.press(event, event.timeStamp);
    if (fate.kind === "pass") {
      if (known === null || known.field !== field) before = field && { field, value: field.value };
    } else if (fate.kind === "hold") {
      owed = field;
      swallow(event);
    } else if (fate.kind === "scan") {
      swallow(event);
      if (known) put(known.field, known.value);
      before = null;
      owed = null;
      onscan(fate.text);
      return;
    } else {
      give(owed, fate);
      owed = null;
      before = field && { field, value: field.value };
    }
    timer = setTimeout(() => {
      settle();
      before = null;
    }, BURST_MS);
  }

  /** Nothing more of a burst will come here: what was kept back goes where it was typed. */
  function settle(): void {
    if (owed === null) return;
    give(owed, wedge.stopped());
    owed = null;
  }

  window.addEventListener("keydown", onkeydown, { capture: true });
  window.addEventListener("focusout", settle, { capture: true });
  return () => {
    clearTimeout(timer);
    window.removeEventListener("keydown", onkeydown, { capture: true });
    window.removeEventListener("focusout", settle, { capture: true });
  };
}

function swallow(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function give(field: Field | null, fate: Fate): void {
  if (fate.kind !== "release" || field === null) return;
  const at = field.selectionStart ?? field.value.length;
  const end = field.selectionEnd ?? at;
  put(field, field.value.slice(0, at) + fate.text + field.value.slice(end));
  field.setSelectionRange(at + fate.text.length, at + fate.text.length);
}

/** As if it had been typed: whoever follows the field hears of it. */
function put(field: Field, value: string): void {
  if (field.value === value) return;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function focusedField(): Field | null {
  const active = document.activeElement;
  const isText = active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement;
  return isText && !active.readOnly && !active.disabled ? active : null;
}
