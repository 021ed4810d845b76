// Stylesheet, script and icon into C: names with the hash of what they say, and each plain, br and gzip.
// usage: node build.js OUT.h OUT.c   (meson calls it; `npm run build` shows the sizes alone)
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import * as sass from 'sass'

const here = fileURLToPath(new URL('.', import.meta.url))
const css = sass.compile(here + 'scss/app.scss', { style: 'compressed', loadPaths: [here], quietDeps: true, logger: sass.Logger.silent }).css
const js = await build({ entryPoints: [here + 'app.js'], bundle: true, minify: true, write: false, format: 'esm', target: ['es2020'], legalComments: 'none' })

// name, file, media type, most bytes as br
const assets = [
  ['app_css', 'app.css', 'text/css; charset=utf-8', Buffer.from(css), 20 * 1024],
  ['app_js', 'app.js', 'text/javascript; charset=utf-8', Buffer.from(js.outputFiles[0].contents), 12 * 1024],
  ['favicon_svg', 'favicon.svg', 'image/svg+xml', readFileSync(here + 'favicon.svg'), 1024]
].map(([name, file, type, plain, most]) => {
  const br = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } })
  if (br.length > most) throw new Error(`${file} is ${br.length} bytes as br; ${most} are allowed`)
  const hash = createHash('sha256').update(plain).digest('hex').slice(0, 10)
  return { name, type, plain, br, gzip: gzipSync(plain, { level: 9 }), path: '/assets/' + file.replace('.', `-${hash}.`) }
})

// Octal escapes: three digits always, so that no digit behind one is read as part of it.
const quoted = bytes => {
  let lines = []
  for (let i = 0; i < bytes.length; i += 96) {
    lines.push('\t\t"' + [...bytes.subarray(i, i + 96)].map(b =>
      b > 34 && b < 127 && b !== 63 && b !== 92 ? String.fromCharCode(b) : '\\' + b.toString(8).padStart(3, '0')).join('') + '"')
  }
  return `{\n${lines.join('\n')}, ${bytes.length} }`
}

const [header, source] = process.argv.slice(2)
if (header) {
  writeFileSync(header, '/* Made by assets/build.js. */\n#ifndef ASSET_GEN_H\n#define ASSET_GEN_H\n' +
    assets.map(a => `#define ASSET_${a.name} S("${a.path}")\n`).join('') + '#endif\n')
  writeFileSync(source, '/* Made by assets/build.js. */\n#include "web/asset.h"\n\n' +
    `static const struct asset assets[] = {\n${assets.map(a =>
      `\t{\n\t\tS("${a.type}"),\n\t\t${[a.plain, a.br, a.gzip].map(quoted).join(',\n\t\t')}\n\t},\n`).join('')}};\n` +
    `static const struct str paths[] = {\n${assets.map(a => `\tS("${a.path}"),\n`).join('')}};\n\n` +
    'const struct asset *\nasset_find(struct str path)\n{\n\tfor (ptrdiff_t i = 0; i < COUNT(paths); i++)\n' +
    '\t\tif (str_eq(paths[i], path))\n\t\t\treturn &assets[i];\n\treturn NULL;\n}\n')
} else {
  for (const a of assets) console.log(`${a.path}: ${a.plain.length} bytes, br ${a.br.length}, gzip ${a.gzip.length}`)
}
