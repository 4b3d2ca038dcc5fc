// The contract: everything that a host can ask the engine. Client, handlers and fakes are typed by it.
import type { ContractRouterClient } from '@orpc/contract';
import { hostContract, jobContract, placeContract } from './host.ts';
import { imageContract } from './image.ts';
import { runContract } from './run.ts';

export const contract = {
  host: hostContract,
  place: placeContract,
  job: jobContract,
  image: imageContract,
  run: runContract,
};

export type SeedbedClient = ContractRouterClient<typeof contract>;
