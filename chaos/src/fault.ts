/** By the names of the command line. */
export const faultKinds = { cut: 'cut connections', kill: 'kill a node', pause: 'pause a node', postgres: 'kill PostgreSQL', disk: 'fill the disk' } as const
export type FaultKind = (typeof faultKinds)[keyof typeof faultKinds]

/** Something that was done to the run, from when until when; instants are milliseconds since 1970. */
export interface Fault {
  kind: FaultKind
  what: string
  from: number
  /** When all was in its place again: the node ready, the database answering, the disk with space. */
  until: number
}
