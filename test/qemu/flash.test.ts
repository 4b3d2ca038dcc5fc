// A drive that was flashed starts: the boot check's image on a loop device, as a USB stick and as a SATA disk, to its own "passed".
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BOOT_CHECK_EXIT_STATUS } from '../../src/engine/formats/boot-check-console.ts';
import { boot, defaultImage, type Medium } from '../support/boot-check-machine.ts';
import { argumentsFor, requestsFor, useHelper } from '../support/flash-helper.ts';
import { loopMissing, loopTitle, useLoopDevices } from '../support/loop-devices.ts';
import { qemuMissing, qemuTitle } from '../support/qemu.ts';
import { useTempFolders } from '../support/temp.ts';

const DRIVE_BYTES = 16 * 1024 * 1024;
const canRun = qemuMissing() === null && loopMissing() === null;

describe.skipIf(!canRun)(qemuTitle(loopTitle('a flashed drive in QEMU')), () => {
  const helper = useHelper();
  const tempFolder = useTempFolders();
  const makeLoop = useLoopDevices();

  test.each<Medium>(['usb', 'ahci'])('starts as %s and passes', async (medium) => {
    const folder = tempFolder();
    const image = { path: join(folder, 'boot.img'), bytes: Buffer.from(defaultImage().bytes) };
    writeFileSync(image.path, image.bytes);
    // What was on the drive before must not matter.
    writeFileSync(join(folder, 'drive.img'), Buffer.alloc(DRIVE_BYTES, 0xeb));
    const loop = makeLoop(folder, DRIVE_BYTES);
    const running = helper.start(argumentsFor(loop, image));
    running.send(...requestsFor(image.bytes).requests, { type: 'begin' });
    expect((await running.ended).last).toMatchObject({ type: 'done' });

    const { lines, status } = await boot(loop.path, folder, { medium });
    expect([lines.at(-1), status]).toEqual(['verdict: passed', BOOT_CHECK_EXIT_STATUS.passed]);
  });
});
