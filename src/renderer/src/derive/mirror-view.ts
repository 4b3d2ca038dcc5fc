// What the page says of a mirror.
import type { MirrorView } from '../../../shared/model/mirror.ts';
import { countOf } from './distfile-view.ts';
import type { Tone } from './run-view.ts';

export function mirrorStatus({ on, health }: MirrorView): { word: string; tone: Tone } {
  if (!on) return { word: 'Off', tone: 'quiet' };
  if (health === null) return { word: 'Not asked yet', tone: 'quiet' };
  switch (health.state) {
    case 'good':
      return { word: 'Good', tone: 'good' };
    case 'partial':
      return { word: 'Incomplete', tone: 'warn' };
    case 'unreachable':
      return { word: 'No answer', tone: 'bad' };
  }
}

/** "24 of 24 asked files · answers in 85 ms". */
export function mirrorNumbers({ health }: MirrorView): string {
  if (health === null) return '';
  const parts = [
    health.state === 'unreachable'
      ? ''
      : `has ${health.has} of ${countOf(health.asked, 'file', 'files')} asked for`,
    health.latencyMilliseconds === null ? '' : `answers in ${Math.round(health.latencyMilliseconds)} ms`,
    health.detail,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** An http or https address, tidied; null when it is none. */
export function readWebAddress(text: string): string | null {
  const trimmed = text.trim().replace(/\/+$/, '');
  if (!/^https?:\/\/[^\s/]+/.test(trimmed) || /\s/.test(trimmed)) return null;
  return URL.canParse(trimmed) ? trimmed : null;
}
