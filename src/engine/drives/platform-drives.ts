// The reader of drives for the platform that this is; null where there is none.
import type { DriveSource } from './drive-source.ts';
import { openLinuxSource } from './linux-source.ts';
import { openMacSource } from './macos-source.ts';
import { openWindowsSource } from './windows-source.ts';

export function platformDrives(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): DriveSource | null {
  if (platform === 'linux') return openLinuxSource(env);
  if (platform === 'darwin') return openMacSource(env);
  return platform === 'win32' ? openWindowsSource(env) : null;
}
