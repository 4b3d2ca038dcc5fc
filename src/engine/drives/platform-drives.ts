// The reader of drives for the platform that this is; null where there is none.
import type { DriveSource } from './drive-source.ts';
import { openLinuxSource } from './linux-source.ts';

export function platformDrives(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): DriveSource | null {
  if (platform === 'linux') return openLinuxSource(env);
  return null;
}
