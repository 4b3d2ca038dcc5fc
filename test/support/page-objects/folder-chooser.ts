// The dialog that chooses a folder or file.
import type { Locator, Page } from 'playwright-core';

export interface FolderChooser {
  dialog: Locator;
  path: Locator;
  entries: Locator;
  entry(name: string): Locator;
  choose: Locator;
}

export function folderChooser(page: Page): FolderChooser {
  const dialog = page.getByRole('dialog');
  const entries = dialog.getByRole('grid');
  return {
    dialog,
    path: dialog.locator('output.path'),
    entries,
    entry: (name) => entries.getByRole('row', { name }),
    choose: dialog.getByRole('button', { name: /^Choose/ }),
  };
}
