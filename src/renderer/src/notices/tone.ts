// A short tone made here (Web Audio API), so that no file of sound ships: two notes up for a good end, down for another, one twice for a question.
import type { RunNotice } from '../../../shared/model/notice.ts';

/** Hertz: A5, E6, A4. */
const NOTES: Record<RunNotice['tone'], readonly number[]> = {
  good: [880, 1318.5],
  bad: [880, 440],
  asks: [1318.5, 1318.5],
};
const NOTE_SECONDS = 0.18;
/** Well below what hurts in headphones. */
const LOUDNESS = 0.12;

let context: AudioContext | null = null;

/** False where there is no sound, or where the browser wants a click on the page first. */
export async function playTone(tone: RunNotice['tone']): Promise<boolean> {
  try {
    context ??= new AudioContext();
    // Not awaited for long: until somebody has touched the page, browsers leave it open.
    await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 500))]);
    if (context.state !== 'running') return false;
    for (const [at, hertz] of NOTES[tone].entries())
      playNote(context, hertz, context.currentTime + at * NOTE_SECONDS);
    return true;
  } catch {
    return false;
  }
}

function playNote(audio: AudioContext, hertz: number, fromSeconds: number): void {
  const source = new OscillatorNode(audio, { type: 'sine', frequency: hertz });
  const volume = new GainNode(audio, { gain: 0 });
  // Up and down again, or it clicks.
  volume.gain.setValueAtTime(0, fromSeconds);
  volume.gain.linearRampToValueAtTime(LOUDNESS, fromSeconds + 0.01);
  volume.gain.linearRampToValueAtTime(0, fromSeconds + NOTE_SECONDS);
  source.connect(volume).connect(audio.destination);
  source.start(fromSeconds);
  source.stop(fromSeconds + NOTE_SECONDS);
}
