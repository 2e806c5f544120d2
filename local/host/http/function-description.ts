import { type AppFunction, isOfType } from '../functions.ts'
import type { HostJson } from '../host-json.ts'
import { getRoutePath } from './router.ts'

/** An entry of `/admin/functions`. Its links are made with https whatever the call was made with. */
export function describeFunction(fn: AppFunction, host: string | undefined, hostJson: HostJson | undefined): object {
  const { name, scriptFile, bindings, isDisabled } = fn
  const base = `https://${host}/admin`
  const isHttp = isOfType(fn.trigger, 'httpTrigger')
  return {
    name,
    script_root_path_href: `${base}/vfs/${name}/`,
    script_href: `${base}/vfs/${scriptFile}`,
    config_href: `${base}/vfs/${name}/function.json`,
    test_data_href: null,
    href: `${base}/functions/${name}`,
    invoke_url_template: isHttp ? `https://${host}/${getRoutePath(fn, hostJson?.http.routePrefix ?? 'api')}` : null,
    language: 'node',
    config: { name, entryPoint: '', scriptFile, language: 'node', bindings },
    files: null,
    test_data: null,
    isDisabled,
    isDirect: true,
    isProxy: false,
  }
}
