import type { ImagePlan } from './image-plan.ts';
export function planBootCheck(): Promise<ImagePlan> {
  return Promise.reject(new Error('not there'));
}
