/** An endpoint of the run. */
export interface Cast { path: string; organization: string; ordered: boolean; schedule: string[] }

const patient = ['0s', '200ms', '300ms', '500ms', ...Array.from({ length: 40 }, () => '1s')]

/** Who takes part in every run: organizations with plain endpoints, strictly ordered ones, and one that refuses some for good. */
export const cast: readonly Cast[] = [
  { path: '/ada/plain', organization: 'ada', ordered: false, schedule: patient },
  { path: '/ada/strict', organization: 'ada', ordered: true, schedule: patient },
  { path: '/bob/plain', organization: 'bob', ordered: false, schedule: patient },
  { path: '/bob/strict', organization: 'bob', ordered: true, schedule: patient },
  { path: '/bob/refusing', organization: 'bob', ordered: false, schedule: ['0s', '100ms', '200ms'] },
  { path: '/cyd/plain', organization: 'cyd', ordered: false, schedule: patient },
  { path: '/dan/strict', organization: 'dan', ordered: true, schedule: patient },
  { path: '/eve/one', organization: 'eve', ordered: false, schedule: patient },
  { path: '/eve/two', organization: 'eve', ordered: false, schedule: patient },
]

export const organizations: readonly string[] = [...new Set(cast.map(({ organization }) => organization))]

/** Every twentieth event of a publisher is refused by the refusing endpoint each time, until it is dead. */
export function isRefused(path: string, serial: string): boolean {
  return path === '/bob/refusing' && Number(serial.slice(serial.indexOf('-') + 1)) % 20 === 0
}
