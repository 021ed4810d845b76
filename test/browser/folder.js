// folder: the pages of build/pages over HTTP, with the policy that the product sends.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { out } from './harness.js'

export const dir = join(out, 'pages')
const types = { '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.svg': 'image/svg+xml' }

// Gives { base, close }.
export async function folder () {
  const policy = readFileSync(join(dir, 'policy.txt'), 'utf8')
  const server = createServer((request, response) => {
    try {
      const path = new URL(request.url, 'http://x').pathname
      const body = readFileSync(join(dir, path))
      response.writeHead(200, { 'content-type': types[extname(path)], 'content-security-policy': policy, 'x-content-type-options': 'nosniff' })
      response.end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return { base: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() }
}
