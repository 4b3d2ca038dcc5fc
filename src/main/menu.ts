// The menu: the platform's own roles, nothing that opens developer tools.
import type { Menu, MenuItemConstructorOptions } from 'electron';

export function createMenu(menu: typeof Menu, platform: NodeJS.Platform): Menu {
  const application: MenuItemConstructorOptions[] = platform === 'darwin' ? [{ role: 'appMenu' }] : [];
  return menu.buildFromTemplate([
    ...application,
    { role: 'fileMenu' },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'reload' },
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
  ]);
}
