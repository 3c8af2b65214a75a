import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'

/** Makes a folder and those above it, unless they are there. */
export function makeFolder(folder: string): void {
  // A relative path is resolved before Node sees it: where the working folder has been removed, its recursive mkdir never ends.
  mkdirSync(resolve(folder), { recursive: true })
}
