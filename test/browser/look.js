// For the eye: pictures of the pages named, what axe says, and what sticks out. usage: node look.js WIDTH NAME …
import { folder } from './folder.js'
import { open } from './harness.js'

const [width, ...names] = process.argv.slice(2)
const pages = await folder()
const browser = await open()
const visitor = await browser.visitor({ width: Number(width) })
for (const name of names) {
  await visitor.go(`${pages.base}${name}.html`)
  const wide = await visitor.page.evaluate(() => [...document.querySelectorAll('main *, header *')]
    .filter(el => el.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .slice(0, 6).map(el => `${el.tagName}.${el.getAttribute('class')}`))
  if (wide.length) console.log(name, wide.join(' | '))
  await visitor.shot(name)
}
pages.close()
await browser.close().catch(error => console.log(error.message))
