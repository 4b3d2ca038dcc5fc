// What only a desktop can do: its file dialogs, its question before a drive is written, and keeping the computer awake.
import type { BrowserWindow, Dialog, MessageBoxOptions, OpenDialogOptions, PowerSaveBlocker } from 'electron';
import type { FlashAnswer } from '../engine/flash/flash.ts';
import type { FlashQuestion } from '../shared/model/flash.ts';
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

/** Before a drive is written: a dialog of the system's, which no page can answer. A word that must be typed is typed in the page, and compared by the engine. */
export async function askInDialog(
  dialog: Pick<Dialog, 'showMessageBox'>,
  window: BrowserWindow | null,
  { lines: [message = '', ...details] }: FlashQuestion,
): Promise<FlashAnswer> {
  const options: MessageBoxOptions = {
    type: 'warning',
    title: 'Erase and write',
    message,
    detail: details.join('\n'),
    buttons: ['Cancel', 'Erase and write'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  };
  const { response } = await (window === null
    ? dialog.showMessageBox(options)
    : dialog.showMessageBox(window, options));
  return response === 1 ? { state: 'yes', typed: null } : { state: 'no' };
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
