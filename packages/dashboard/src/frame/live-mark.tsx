import { useIsLive } from '../live/is-live.js'

/** Whether what is shown follows the server by itself. */
export function LiveMark() {
  const isLive = useIsLive()
  return (
    <p className="flex items-center gap-2.5 px-2.5 py-1.5 text-[13px] text-faint" title={isLive ? 'What happens on the server shows at once.' : 'The stream of the server is not heard; pages look every few seconds.'}>
      <span aria-hidden className={`mx-[3px] size-2.5 rounded-full ${isLive ? 'bg-good-bar' : 'bg-wait-bar'}`} />{isLive ? 'live' : 'looking every few seconds'}
    </p>
  )
}
