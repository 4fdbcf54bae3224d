// Pictures of codes that are dropped anywhere on the window, or pasted. Nothing here looks into them.

/** One byte more than the core reads, so that it sees what is too large, and never gets more. */
export const SENT_MAX_BYTES = 16 * 1024 * 1024 + 1;

/** Listens until the function that it returns is called; `onpicture` gets the first file of each. */
export function pictures(onpicture: (file: File) => void): () => void {
  /** Without this the window would open a dropped file in the till's place, or refuse it. */
  function ondragover(event: DragEvent): void {
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = hasFiles(event.dataTransfer) ? "copy" : "none";
  }

  function take(event: Event, from: DataTransfer | null): void {
    if (from === null || !hasFiles(from)) return;
    event.preventDefault();
    // Text beside a picture, as browsers copy it, is not pasted as well.
    event.stopImmediatePropagation();
    const file = from.files[0];
    if (file) onpicture(file);
  }

  const ondrop = (event: DragEvent) => {
    event.preventDefault();
    take(event, event.dataTransfer);
  };
  const onpaste = (event: ClipboardEvent) => take(event, event.clipboardData);

  window.addEventListener("dragover", ondragover);
  window.addEventListener("drop", ondrop);
  window.addEventListener("paste", onpaste, { capture: true });
  return () => {
    window.removeEventListener("dragover", ondragover);
    window.removeEventListener("drop", ondrop);
    window.removeEventListener("paste", onpaste, { capture: true });
  };
}

/** What the core takes: the file's bytes in base64, of a huge file only its beginning. */
export async function base64(file: Blob): Promise<string> {
  const reader = new FileReader();
  const read = new Promise<string>((resolve, reject) => {
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
  });
  reader.readAsDataURL(file.slice(0, SENT_MAX_BYTES));
  const url = await read;
  return url.slice(url.indexOf(",") + 1);
}

function hasFiles(from: DataTransfer): boolean {
  return from.types.includes("Files");
}
