// What a QEMU command line says about what executed the guest. The report follows this, not what was meant.
export interface MachineWords {
  /** `tcg`, `kvm`, …; QEMU's own default without -accel. */
  accelerator: string;
  /** The file after -kernel, or null. */
  kernel: string | null;
  /** False for -nic none and -net none. */
  network: boolean;
  /** The words after -rtc, or null for the host's clock. */
  rtc: string | null;
  /** A firmware other than QEMU's own (-bios, pflash). */
  ownFirmware: boolean;
}

export function readMachineWords(argv: readonly string[]): MachineWords {
  const after = (option: string): string | null => {
    const at = argv.lastIndexOf(option);
    return at < 0 ? null : (argv[at + 1] ?? null);
  };
  const accelerator =
    (after('-accel') ?? (argv.includes('-enable-kvm') ? 'kvm' : 'tcg')).split(',')[0] ?? 'tcg';
  const network = after('-nic') ?? after('-net') ?? after('-netdev') ?? 'user';
  return {
    accelerator,
    kernel: after('-kernel'),
    network: network !== 'none',
    rtc: after('-rtc'),
    ownFirmware: argv.includes('-bios') || argv.some((word) => word.includes('if=pflash')),
  };
}
