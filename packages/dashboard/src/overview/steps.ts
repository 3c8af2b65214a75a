import type { Overview } from '@posthorn/client'

export type Step = Overview['steps'][number]

/** Every step of the span, also those in which nothing happened. */
export function timesOf({ from, to, stepMinutes, steps }: Overview): { at: number; step: Step | undefined }[] {
  const stepMs = stepMinutes * 60_000
  const known = new Map(steps.map((step) => [Date.parse(step.at), step]))
  const times: { at: number; step: Step | undefined }[] = []
  for (let at = Math.floor(Date.parse(from) / stepMs) * stepMs; at < Date.parse(to); at += stepMs) times.push({ at, step: known.get(at) })
  return times
}
