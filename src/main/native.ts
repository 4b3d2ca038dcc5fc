// What only a desktop can do: its file dialogs, and keeping the computer awake.
import type { BrowserWindow, Dialog, OpenDialogOptions, PowerSaveBlocker } from 'electron';
import type { PlaceKind } from '../shared/model/host.ts';

const DIALOGS: Record<PlaceKind, { title: string; folder: boolean }> = {
  checkout: { title: 'Choose a live-bootstrap checkout', folder: true },
  archive: { title: 'Choose a checkout archive', folder: false },
  distfiles: { title: 'Choose the folder of distfiles', folder: true },
  file: { title: 'Choose a file', folder: false },
  folder: { title: 'Choose a folder', folder: true },
  image: { title: 'Choose an image', folder: false },
  log: { title: 'Choose a console log', folder: false },
};

/** The path that the person chose; null when they chose nothing. */
export async function chooseInDialog(
  dialog: Dialog,
  window: BrowserWindow | null,
  kind: PlaceKind,
): Promise<string | null> {
  const { title, folder } = DIALOGS[kind];
  const options: OpenDialogOptions = {
    title,
    properties: [folder ? 'openDirectory' : 'openFile', 'dontAddToRecent'],
  };
  const { canceled, filePaths } = await (window === null
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options));
  return canceled ? null : (filePaths[0] ?? null);
}

/** The screen may go dark; the computer does not sleep. */
export function createWakefulness(
  blocker: Pick<PowerSaveBlocker, 'start' | 'stop'>,
): (awake: boolean) => void {
  let id: number | null = null;
  return (awake) => {
    if (awake) id ??= blocker.start('prevent-app-suspension');
    else if (id !== null) {
      blocker.stop(id);
      id = null;
    }
  };
}
