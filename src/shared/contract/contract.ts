// The contract: everything that a host can ask the engine. Client, handlers and fakes are typed by it.
import type { ContractRouterClient } from '@orpc/contract';
import { auditContract } from './audit.ts';
import { bareMetalContract } from './bare-metal.ts';
import { blobsContract } from './blobs.ts';
import { bootstrapContract } from './bootstrap.ts';
import { chainContract } from './chain.ts';
import { checkoutContract } from './checkout.ts';
import { distfilesContract } from './distfiles.ts';
import { drivesContract } from './drives.ts';
import { flashContract } from './flash.ts';
import { evidenceContract } from './evidence.ts';
import { hostContract, jobContract, placeContract } from './host.ts';
import { imageContract } from './image.ts';
import { imageReadingContract } from './image-reading.ts';
import { mirrorContract } from './mirror.ts';
import { resultsContract } from './results.ts';
import { runContract } from './run.ts';
import { serialContract } from './serial.ts';
import { sandboxContract } from './sandbox.ts';
import { sbomContract } from './sbom.ts';
import { settingsContract } from './settings.ts';
import { trustContract } from './trust.ts';

export const contract = {
  host: hostContract,
  audit: auditContract,
  place: placeContract,
  job: jobContract,
  image: imageContract,
  imageReading: imageReadingContract,
  run: runContract,
  results: resultsContract,
  sandbox: sandboxContract,
  bareMetal: bareMetalContract,
  bootstrap: bootstrapContract,
  checkout: checkoutContract,
  distfiles: distfilesContract,
  drives: drivesContract,
  flash: flashContract,
  mirror: mirrorContract,
  serial: serialContract,
  chain: chainContract,
  sbom: sbomContract,
  evidence: evidenceContract,
  blobs: blobsContract,
  settings: settingsContract,
  trust: trustContract,
};

export type SeedbedClient = ContractRouterClient<typeof contract>;
