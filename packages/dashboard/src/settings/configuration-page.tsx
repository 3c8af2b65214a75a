import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Empty } from '../pieces/empty.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { SettingsTabs } from './settings-tabs.js'
import type { Configuration } from '@posthorn/client'

type Setting = Configuration['settings'][number]

/** What the server was started with, retention included: to read, because it is changed where it is started. */
export function ConfigurationPage() {
  const { data, error } = useQuery({ queryKey: ['configuration'], queryFn: () => posthorn.configuration.get() })
  const [sought, setSought] = useState('')
  if (data === undefined) return error ? <ProblemNote error={error} /> : <Loading />
  const found = data.settings.filter(({ name, env, about }) => `${name} ${env} ${about}`.toLowerCase().includes(sought.toLowerCase()))
  return (
    <>
      <SettingsTabs isAdmin />
      <PageHead title="Server configuration" about={<>Posthorn {data.version}{data.mode !== null && <>, started with <code>posthorn {data.mode}</code></>}. Settings are changed in the environment, the configuration file or by flags, and count from the next start.</>} />
      <input data-search type="search" className="control mb-4 w-80 max-w-full" placeholder="Find a setting" aria-label="Find a setting" value={sought} onChange={(event) => setSought(event.target.value)} />
      <div className="flex flex-col gap-5">
        {found.length === 0 && <div className="card"><Empty title="No such setting">None has this in its name or description.</Empty></div>}
        {[...Map.groupBy(found, ({ section }) => section)].map(([section, settings]) => <Section key={section} title={section} settings={settings} />)}
      </div>
    </>
  )
}

function Section({ title, settings }: { title: string; settings: readonly Setting[] }) {
  return (
    <section className="card overflow-hidden" aria-label={title}>
      <h2 className="card-head">{title}</h2>
      <table className="list"><tbody>{settings.map((setting) => <SettingRow key={setting.name} setting={setting} />)}</tbody></table>
    </section>
  )
}

function SettingRow({ setting: { env, value, from, about, accepts } }: { setting: Setting }) {
  return (
    <tr>
      <td className="w-1/2 align-top!"><code className="font-medium break-all">{env}</code><p className="text-[13px] text-faint"><WithCode text={about} /> <span>(<WithCode text={accepts} />)</span></p></td>
      <td className="mono w-1/2 align-top! break-all">{value ?? <span className="font-sans text-faint">not set</span>}</td>
      <td className="align-top! text-right whitespace-nowrap text-faint max-sm:hidden">{from === 'default' ? 'default' : from ?? ''}</td>
    </tr>
  )
}

/** Between backticks stands what is typed. */
function WithCode({ text }: { text: string }) {
  return text.split('`').map((part, index) => index % 2 === 1 ? <code key={index} className="text-ink">{part}</code> : part)
}
