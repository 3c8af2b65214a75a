/** Ids of events lie in ranges by the day they were accepted on: the first of a day (since 1970, UTC) is day × 2^32. */
export function firstIdOfDay(at: number): number {
  return Math.floor(at / msPerDay) * idsPerDay
}

/** When the day of an id began: its event was accepted then or later. */
export function firstInstantOfDay(id: number): number {
  return Math.floor(id / idsPerDay) * msPerDay
}

export const idsPerDay = 2 ** 32
export const msPerDay = 86_400_000
