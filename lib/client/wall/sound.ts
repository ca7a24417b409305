// Two short tones, made here: there is no file to load. A browser lets nobody make a sound before a person has touched the page.

export interface WallSound {
  /** A person has to click once. */
  readonly isBlocked: () => boolean;
  readonly unlock: () => void;
  readonly ring: () => void;
  readonly close: () => void;
}

const TONES = [
  { hertz: 660, atSeconds: 0 },
  { hertz: 880, atSeconds: 0.18 },
] as const;
const TONE_SECONDS = 0.16;
const LOUDNESS = 0.25;

/** `onChange`: whether it is blocked has changed. */
export function createSound(onChange: () => void): WallSound {
  const context = typeof AudioContext === 'undefined' ? null : new AudioContext();
  context?.addEventListener('statechange', onChange);
  return {
    isBlocked: () => context !== null && context.state === 'suspended',
    unlock: () => void context?.resume().catch(() => undefined),
    ring: () => {
      if (context === null || context.state !== 'running') return;
      for (const { hertz, atSeconds } of TONES) {
        const [tone, volume] = [context.createOscillator(), context.createGain()];
        const start = context.currentTime + atSeconds;
        tone.frequency.value = hertz;
        volume.gain.setValueAtTime(0, start);
        volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
        volume.gain.linearRampToValueAtTime(0, start + TONE_SECONDS);
        tone.connect(volume).connect(context.destination);
        tone.start(start);
        tone.stop(start + TONE_SECONDS);
      }
    },
    close: () => {
      context?.removeEventListener('statechange', onChange);
      void context?.close().catch(() => undefined);
    },
  };
}
