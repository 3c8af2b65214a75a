/**
 * What those who work on one database tell each other. All of it can be found out by looking, and is: told, it is found out
 * sooner. So nothing may rely on it, and it may be told once too often.
 */
export interface News {
  /** Organizations whose streams have something new; `all` where they are too many to be named. */
  streams?: readonly number[] | 'all'
  /** Lanes have something that their owners have not seen, or have become free. */
  lanes?: boolean
  /** The outbox has something for the streams. */
  outbox?: boolean
  /** A node has come or gone. */
  nodes?: boolean
  /** A key or an organization has changed. */
  access?: boolean
  /** Another process tells it; nobody sets this who tells. */
  isFromElsewhere?: boolean
}

export interface Wakeup {
  /** Whether what other processes tell is heard in this one. Where it is not, whoever waits for it has to look more often. */
  readonly isHeard: boolean
  /** Calls back with what all others tell from now on. */
  join(hear: (news: News) => void): Member
  close(): Promise<void>
}

/** One of those who tell and hear; it does not hear itself. */
export interface Member {
  /** Tells the others of this process at once and, for `everybody`, those of other processes within milliseconds. */
  tell(news: News, whom: 'this process' | 'everybody'): void
  leave(): void
}
