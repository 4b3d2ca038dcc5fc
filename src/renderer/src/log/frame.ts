// The browser's next frame. A page that nobody sees gets none, so whoever waits for it does nothing until it is seen again.

export function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => resolve());
  });
}
