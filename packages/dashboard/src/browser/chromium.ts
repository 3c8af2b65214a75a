import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import sparticuz, { inflate } from '@sparticuz/chromium'
import { chromium, type Browser } from 'playwright-core'

/** The Chromium that comes with npm, unpacked where no run before has done so. It brings the libraries that a bare system lacks. */
export async function launchChromium(): Promise<Browser> {
  const packed = fileURLToPath(new URL('../../bin', import.meta.resolve('@sparticuz/chromium')))
  const [executablePath, libraries] = await Promise.all([sparticuz.executablePath(), inflate(join(existsSync(packed) ? packed : join(packed, '..', '..', 'bin'), 'al2023.tar.br'))])
  return chromium.launch({ executablePath, args: ['--no-sandbox'], env: { ...process.env, LD_LIBRARY_PATH: join(libraries, 'lib') } as Record<string, string> })
}
