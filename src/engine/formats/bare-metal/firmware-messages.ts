// What a machine prints that never came to the boot check: words of PC firmware and of boot loaders, and what to do about each.

interface Message {
  words: RegExp;
  sentence: string;
  hint: string;
}

const MESSAGES: readonly Message[] = [
  {
    words: /secure boot|security (violation|policy)|verification failed/i,
    sentence: 'The firmware refused the drive because of Secure Boot.',
    hint: 'Switch Secure Boot off and legacy boot (CSM) on: the boot sector is for a PC BIOS.',
  },
  {
    words: /uefi|efi shell|startup\.nsh|\bshell>/i,
    sentence: 'The firmware looked for a UEFI program and found none.',
    hint: 'Switch legacy boot (CSM) on and UEFI boot off, and choose the drive by its name without “UEFI:” in the boot menu.',
  },
  {
    words: /grub|windows boot manager|bootmgr|ntldr|syslinux|lilo/i,
    sentence: 'Another system was started, from another drive.',
    hint: 'Put the flashed drive first in the boot order, or choose it in the boot menu; better, unplug the other drives.',
  },
  {
    words: /pxe|dhcp|network boot/i,
    sentence: 'The firmware tried to start from the network: it found nothing on the drives before it.',
    hint: 'Put the flashed drive first in the boot order, switch USB legacy support on, and verify the drive: seedbed flash verify.',
  },
  {
    words:
      /no boot(able)?|boot(able)? (device|disk|medi)|reboot and select|insert (boot|system)|operating system|missing os|disk boot failure|non.?system disk|invalid (boot|partition)/i,
    sentence: 'The firmware found nothing to start from on the drive that it looked at.',
    hint: 'Switch legacy boot (CSM) and USB legacy support on, try another port, and verify the drive: seedbed flash verify.',
  },
];

/** Null for what is none of them. */
export function describeFirmware(text: string): { sentence: string; hint: string } | null {
  const found = MESSAGES.find(({ words }) => words.test(text.slice(0, 40_000)));
  return found === undefined ? null : { sentence: found.sentence, hint: found.hint };
}
