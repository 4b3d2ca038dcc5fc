// Numbers that hosts need before they load any schema.

/** builder-hex0's memory map is fixed and ends at 0xBBFFFFFF (builder-hex0 a2781242, stage2 header); rounded up, with room for firmware. */
export const MINIMUM_MEMORY_MIB = 3072;
/** Defaults of live-bootstrap's rootfs.py (--qemu-ram, --cores). */
export const DEFAULT_MEMORY_MIB = 4096;
export const DEFAULT_CORES = 2;
