// What mbr.ts uses of the npm package mbr 1.1.3 (lib/mbr.js, lib/format/modern.js, lib/partition.js), which has no types.
declare module 'mbr' {
  /** lib/partition.js: an entry of the table. Its addresses by cylinder, head and sector are left alone: package chs puts their bytes in the wrong order. */
  interface Partition {
    type: number;
    firstLBA: number;
    sectors: number;
  }

  /** lib/format/modern.js: a table with a disk signature. */
  interface Modern {
    partitions: Partition[];
    signature: number;
    /** 512 bytes, new each time. */
    readonly buffer: Uint8Array;
  }

  const MBR: {
    MODERN: new (sector: Uint8Array) => Modern;
    /** An empty sector with the mark 55 AA. */
    createBuffer: () => Uint8Array;
  };
  export = MBR;
}
