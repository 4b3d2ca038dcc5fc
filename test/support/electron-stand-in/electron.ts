// Stand-in for the module `electron` in the main process: enough of it to run the built bundle under plain Node, on the terms that Electron
// documents (https://www.electronjs.org/docs/latest/api). It keeps what the program set; a test acts on it through the parent process.
import { EventEmitter } from 'node:events';
import type {
  Dialog,
  Menu as ElectronMenu,
  MenuItemConstructorOptions,
  PowerSaveBlocker,
  Shell,
} from 'electron';
import type { ProgramRecord, StandInSetup } from './acts.ts';
import { AppStandIn } from './app.ts';
import { createActs } from './create-acts.ts';
import { NotificationStandIn } from './notification.ts';
import { answerParent } from './parent.ts';
import { ProtocolStandIn, SessionStandIn } from './session.ts';
import { strict } from './strict.ts';
import { createWindowClass } from './window.ts';

const setup: StandInSetup = {
  firstInstance: true,
  holdLoading: false,
  isPackaged: false,
  resourcesPath: '',
  switches: [],
  noBrowser: false,
  ...(JSON.parse(process.env['SEEDBED_STAND_IN'] ?? '{}') as Partial<StandInSetup>),
};

Object.defineProperty(process, 'resourcesPath', { value: setup.resourcesPath });

let finishLoading: () => void = () => undefined;
const mayLoad = setup.holdLoading
  ? new Promise<void>((done) => {
      finishLoading = done;
    })
  : Promise.resolve();

const appStandIn = new AppStandIn(setup);
const defaultSession = new SessionStandIn();
const protocolStandIn = new ProtocolStandIn(appStandIn, defaultSession);
const ipc = new EventEmitter();
const windowClass = createWindowClass({ app: appStandIn, protocol: protocolStandIn, mayLoad });
const dialogAnswers: (string[] | null)[] = [];
const noted = { openedExternally: [], dialogs: [], errorBoxes: [], menu: [], blockers: [] } satisfies Pick<
  ProgramRecord,
  'openedExternally' | 'dialogs' | 'errorBoxes' | 'menu' | 'blockers'
> as Pick<ProgramRecord, 'openedExternally' | 'dialogs' | 'errorBoxes' | 'menu' | 'blockers'>;

export const app = strict('app', appStandIn);
export const protocol = strict('protocol', protocolStandIn);
export const ipcMain = strict('ipcMain', ipc);
export const BrowserWindow = strict('BrowserWindow', windowClass);
export const Notification = strict('Notification', NotificationStandIn);

export const session = strict('session', {
  get defaultSession() {
    appStandIn.afterReady('session');
    return strict('session', defaultSession);
  },
});

export const shell = strict('shell', {
  openExternal(url: string): Promise<void> {
    noted.openedExternally.push(url);
    return setup.noBrowser ? Promise.reject(new Error('Failed to open URL')) : Promise.resolve();
  },
} satisfies Pick<Shell, 'openExternal'>);

export const dialog = strict('dialog', {
  showOpenDialog(first: object, second?: object) {
    noted.dialogs.push({ options: second ?? first, hadWindow: second !== undefined });
    const filePaths = dialogAnswers.shift() ?? null;
    return Promise.resolve({ canceled: filePaths === null, filePaths: filePaths ?? [] });
  },
  showErrorBox(title: string, content: string): void {
    noted.errorBoxes.push(`${title}: ${content}`);
    process.stderr.write(`${title}: ${content}\n`);
  },
} satisfies Pick<Dialog, 'showErrorBox' | 'showOpenDialog'>);

export const powerSaveBlocker = strict('powerSaveBlocker', {
  start: (kind: 'prevent-app-suspension' | 'prevent-display-sleep') => noted.blockers.push(kind) - 1,
  stop(id: number): boolean {
    return noted.blockers.splice(id, 1).length === 1;
  },
} satisfies Pick<PowerSaveBlocker, 'start' | 'stop'>);

export const Menu = strict('Menu', {
  buildFromTemplate: (template: MenuItemConstructorOptions[]) => template,
  setApplicationMenu(menu: MenuItemConstructorOptions[] | null): void {
    noted.menu = menu === null ? [] : menuNames(menu);
  },
} satisfies Record<keyof Pick<typeof ElectronMenu, 'buildFromTemplate' | 'setApplicationMenu'>, unknown>);

answerParent(
  createActs({
    app: appStandIn,
    session: defaultSession,
    protocol: protocolStandIn,
    ipc,
    windows: () => windowClass.getAllWindows(),
    noted,
    answerDialog: (paths) => void dialogAnswers.push(paths),
    finishLoading: () => finishLoading(),
  }),
);

function menuNames(items: MenuItemConstructorOptions[]): string[] {
  return items.flatMap((item) => [
    item.role ?? item.label ?? item.type ?? '',
    ...(Array.isArray(item.submenu) ? menuNames(item.submenu) : []),
  ]);
}
