// An action for elements: calls back once when the element was really on the screen for a moment.

/** Shorter is scrolling past. */
const LOOKED_MS = 600;
/** What lies behind the tab bar is not seen. */
const TAB_BAR_PX = 72;

export function onScreen(seen: () => void) {
  return (element: Element) => {
    let inView = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(timer);
      if (inView && document.visibilityState === "visible") timer = setTimeout(done, LOOKED_MS);
    };
    const watcher = new IntersectionObserver(
      (entries) => {
        inView = entries.at(-1)?.isIntersecting ?? false;
        look();
      },
      { threshold: 0.9, rootMargin: `0px 0px -${TAB_BAR_PX}px 0px` },
    );
    const stop = () => {
      clearTimeout(timer);
      watcher.disconnect();
      document.removeEventListener("visibilitychange", look);
    };
    const done = () => {
      stop();
      seen();
    };
    watcher.observe(element);
    document.addEventListener("visibilitychange", look);
    return stop;
  };
}
