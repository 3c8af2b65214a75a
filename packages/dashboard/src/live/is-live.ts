import { useSyncExternalStore } from 'react'

/** Whether the server's stream is being heard. */
export const liveness = {
  isLive: false,
  listeners: new Set<() => void>(),
  set(isLive: boolean): void {
    if (isLive === this.isLive) return
    this.isLive = isLive
    for (const listener of this.listeners) listener()
  },
}

export function useIsLive(): boolean {
  return useSyncExternalStore(subscribe, () => liveness.isLive)
}

function subscribe(listener: () => void): () => void {
  liveness.listeners.add(listener)
  return () => liveness.listeners.delete(listener)
}
