import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { answerEventGrid } from '../event-grid/webhook.ts'
import type { AppFunction } from '../functions.ts'
import { type AdminDeps, answerAdmin } from './admin.ts'
import { sendEmpty } from './answer.ts'
import type { AnswerFunction } from './functions-front.ts'
import { decodePath, type Router } from './router.ts'

/** The app once it is loaded; until then calls wait. */
export interface Site {
  readonly admin: AdminDeps
  readonly router: Router
  readonly answerFunction: AnswerFunction
  readonly functions: readonly AppFunction[]
  readonly customHeaders: Readonly<Record<string, string>>
}

/** Limits of the real host's web server. */
const maxRequestLineLength = 8192
const maxHeaderBytes = 32_768

const startPage =
  '<!DOCTYPE html><html lang="en"><title>Functions host</title><p>Your local functions host is running.</p></html>'

export function createHttpServer(site: Promise<Site>): Server {
  const options = { maxHeaderSize: maxHeaderBytes, keepAliveTimeout: 130_000, requestTimeout: 0 }
  return createServer(options, async (request, response) => {
    try {
      await answer(await site, request, response)
    } catch {
      if (!response.headersSent) sendEmpty(response, 500)
      else response.destroy()
    }
  })
}

async function answer(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/' } = request
  response.setHeader('server', 'Kestrel')
  for (const [name, value] of Object.entries(site.customHeaders)) response.setHeader(name, value)
  if (`${method} ${url} HTTP/1.1`.length > maxRequestLineLength) return sendEmpty(response, 414)

  const queryStart = url.indexOf('?')
  const path = decodePath(queryStart < 0 ? url : url.slice(0, queryStart))
  const search = new URLSearchParams(queryStart < 0 ? '' : url.slice(queryStart + 1))
  if (/^\/admin\//i.test(path)) return answerAdmin(request, response, path, search, site.admin)
  if (site.admin.errors.length > 0) return void response.writeHead(503).end('Function host is not running.')
  if (/^\/runtime\/webhooks\/eventgrid\/?$/i.test(path)) {
    return answerEventGrid(request, response, search, { ...site.admin, functions: site.functions })
  }
  const match = site.router.match(method, path)
  if (match) return site.answerFunction(request, response, match, search)
  if (path === '/') return void response.writeHead(200, { 'content-type': 'text/html' }).end(startPage)
  sendEmpty(response, 404)
}
