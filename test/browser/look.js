// For the eye: pictures of the pages named, and what axe says. usage: node look.js WIDTH NAME …
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { open, out } from './harness.js'

const [width, ...names] = process.argv.slice(2)
const server = createServer((request, response) => {
  try {
    const body = readFileSync(join(out, 'pages', new URL(request.url, 'http://x').pathname))
    response.writeHead(200, { 'content-type': { html: 'text/html', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' }[request.url.split('.').pop()] })
    response.end(body)
  } catch { response.writeHead(404).end() }
})
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
const browser = await open()
const visitor = await browser.visitor({ width: Number(width) })
for (const name of names) {
  await visitor.go(`http://127.0.0.1:${server.address().port}/${name}.html`)
  const wide = await visitor.page.evaluate(() => [...document.querySelectorAll('main *, header *')].filter(el => el.getBoundingClientRect().right > document.documentElement.clientWidth + 1).slice(0, 6).map(el => el.tagName + '.' + el.className))
  if (wide.length) console.log(name, wide.join(' | '))
  await visitor.shot(name)
}
server.close()
await browser.close().catch(error => console.log(error.message))
