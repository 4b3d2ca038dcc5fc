// What a drive looks like: stick, card, external or internal disk, as a sum of reasons. A hint for people; no rule trusts it alone.
// After Rufus' IsHDD (src/dev.c), which sums points over bus, size and names, turned around: above 0 looks like made to be written over.
import type { DriveBus, DriveKind } from '../../../shared/model/drive.ts';
import type { BlockNode } from './machine-facts.ts';

const GB = 1e9;

const BUS_POINTS: Record<DriveBus, [number, string]> = {
  usb: [30, 'It is on USB.'],
  sd: [40, 'It is an SD card.'],
  mmc: [-40, 'It is soldered flash memory (eMMC).'],
  sata: [-40, 'It is on SATA, inside the computer.'],
  nvme: [-40, 'It is on NVMe, inside the computer.'],
  scsi: [-40, 'It is on SCSI or SAS.'],
  firewire: [20, 'It is on FireWire.'],
  thunderbolt: [10, 'It is on Thunderbolt.'],
  virtual: [-40, 'It is a disk of the virtual machine that this is.'],
  network: [-30, 'It is somewhere else, over a network.'],
  loop: [40, 'It is a file made into a loop device.'],
  other: [-30, 'Its bus is not known.'],
};

const CARD_WORDS = /\b(?:SD\b|SDHC|SDXC|MMC|CF\b|card ?reader|mass ?storage ?class|SD\/MMC|microSD|MicroSD)/i;
const STICK_WORDS =
  /flash|cruzer|datatraveler|data traveler|jumpdrive|thumb|stick|pen ?drive|ultra fit|store ?n ?go|usb disk|usb ?drive|udisk|transmemory/i;
const DISK_WORDS =
  /\b(?:ssd|hdd|elements|expansion|my ?passport|my ?book|backup|portable|external|wdc?|hgst|st\d{3,}|toshiba (?:mq|dt|ext)|samsung ?(?:portable|t\d)|barracuda|ironwolf|one touch|dock(?:ing)?)\b/i;

export function judgeKind(node: BlockNode): DriveKind {
  const { bus, sizeBytes, removable, rotational } = node;
  const name = [node.vendor, node.model].filter((part) => part !== null).join(' ');
  const [busPoints, busWhy] = BUS_POINTS[bus];
  const reasons: DriveKind['reasons'] = [{ points: busPoints, why: busWhy }];
  const add = (applies: boolean, points: number, why: string): void => {
    if (applies) reasons.push({ points, why });
  };
  const isPlugged = bus === 'usb' || bus === 'sd';
  add(isPlugged && removable, 15, 'It says that its medium can be taken out.');
  add(isPlugged && CARD_WORDS.test(name), 10, `Its name is that of a card reader: ${name}.`);
  add(isPlugged && STICK_WORDS.test(name), 15, `Its name is that of a stick: ${name}.`);
  add(bus !== 'loop' && DISK_WORDS.test(name), -20, `Its name is that of a disk: ${name}.`);
  add(rotational && bus !== 'loop' && !removable, -10, 'It says that it turns.');
  add(sizeBytes > 0 && sizeBytes <= 128 * GB, 10, 'It is no larger than 128 GB.');
  add(sizeBytes > 256 * GB, -10, 'It is larger than 256 GB.');
  add(sizeBytes > 800 * GB, -15, 'It is larger than 800 GB.');
  add(sizeBytes > 1800 * GB, -15, 'It is larger than 1.8 TB.');
  const score = reasons.reduce((sum, { points }) => sum + points, 0);
  return { kind: kindOf(node, name, score), score, reasons };
}

function kindOf({ bus, removable }: BlockNode, name: string, score: number): DriveKind['kind'] {
  if (bus === 'loop') return 'file';
  if (bus === 'sd') return 'card';
  if (bus === 'usb' && CARD_WORDS.test(name)) return 'card';
  const saysStick = removable || STICK_WORDS.test(name);
  if (bus === 'usb' && score > 20 && saysStick && !DISK_WORDS.test(name)) return 'stick';
  return bus === 'usb' || bus === 'firewire' || bus === 'thunderbolt' ? 'external disk' : 'internal disk';
}
