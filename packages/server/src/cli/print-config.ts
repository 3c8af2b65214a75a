import { describeSettings } from '../config/describe-settings.js'
import type { Settings } from '../config/settings.js'
import type { Terminal } from './terminal.js'

export function printConfig(settings: Settings, terminal: Terminal): void {
  terminal.print(describeSettings(settings))
}
