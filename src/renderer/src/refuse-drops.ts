// A file that is dropped where nothing takes it would replace the page in a browser: it is refused everywhere but where a page takes it.

export function refuseDrops(): void {
  for (const name of ['dragover', 'drop'] as const)
    window.addEventListener(name, (event) => {
      if (event.defaultPrevented || event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'none';
    });
}
