#!/bin/sh
# pagegen refuses what could not be escaped, and the compiler what a page's struct has not, each at the template's line.
# usage: pagegen_test.sh PAGEGEN CC ROOT BUILD
set -u
pagegen=$(realpath "$1") cc=$2 root=$(realpath "$3") build=$(realpath "$4") tried=0 failed=0
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT
mkdir "$dir/page" "$dir/page/part"
cd "$dir" || exit 1

# refused LINE 'what must be said' 'template'
refused() {
	printf "$3" >page/start.html
	said=$("$pagegen" out.c page/start.html 2>&1) && said="taken: $said"
	judge "page/start.html:$1: error: $2" "$3"
}
# uncompiled LINE 'what must be said' 'template'
uncompiled() {
	printf "$3" >page/start.html
	said=$("$pagegen" out.c page/start.html 2>&1 && "$cc" -std=c17 -D_GNU_SOURCE -I"$root/src" -I"$root" -I"$build" -fsyntax-only out.c 2>&1)
	judge "page/start.html:$1:" "$3"
	judge "$2" "$3"
}
# made 'what must be in the C' 'template'
made() {
	printf "$2" >page/start.html
	said=$("$pagegen" out.c page/start.html 2>&1 && cat out.c)
	judge "$1" "$2"
}
judge() {
	tried=$((tried + 1))
	case $said in *"$1"*) ;; *) failed=$((failed + 1)); printf 'not said: %s\nof: %s\nbut: %s\n' "$1" "$2" "$said" >&2;; esac
}

refused 2 'a value may not stand in a script' '<p>\n<script>{{title}}</script>'
refused 1 'no script in a page' '<script>alert(1)</script>'
refused 2 'no <style>' '\n<style>'
refused 1 'no style attribute' '<p style="color: red">'
refused 1 'no style attribute' '<p {{#if a}}style{{/if}}>'
refused 3 'no event attribute' '<p>\n</p>\n<a onclick="x()">'
refused 1 'no event attribute' '<a OnClick="x()">'
refused 1 'no srcdoc' '<iframe srcdoc="x">'
refused 1 'the value of an attribute stands in double quotes' '<a href={{x}}>'
refused 1 'the value of an attribute stands in double quotes' "<a href='{{x}}'>"
refused 1 'the value of an attribute stands in double quotes' '<a href=x>'
refused 1 'a value may not stand in the name of a tag' '<{{x}}>'
refused 1 'a value may not stand in the name of a tag' '<h{{x}}>'
refused 1 'a value may not stand in the name of an attribute' '<p {{x}}>'
refused 1 'a value may not stand in the name of an attribute' '<p data-{{x}}="1">'
refused 1 'a value may not stand in a comment' '<!-- {{x}} -->'
refused 1 'a value may not stand in this attribute: srcset' '<img srcset="{{x}}">'
refused 1 'a value may not stand in this attribute: http-equiv' '<meta http-equiv="{{x}}">'
refused 2 "'<' that opens no tag" '<p>\n1 < 2'
refused 1 "'<' in an attribute" '<p class="a<b>'
refused 1 'the file ends inside a tag' '<p'
refused 2 'this block does not end' '<p>\n{{#if a}}\n</p>'
refused 1 'ends what is not open' '{{/if}}'
refused 1 'ends what is not open' '{{#if a}}{{/each}}'
refused 1 '{{else}} without {{#if}}' '{{#each a as r}}{{else}}{{/each}}'
refused 1 'the ways through this block end in different places' '<p {{#if a}}class="{{/if}}x">'
refused 1 'the ways through this block end in different places' '<p>{{#if a}}<b{{else}}<i>{{/if}}'
refused 1 'the ways through this block end in different places' '<p class="{{#each a as r}}">{{/each}}'
refused 1 'the ways through this block end in different places' '{{#if a}}<title>{{/if}}'
refused 1 'not {{#each rows as r}}' '{{#each rows r}}{{/each}}'
refused 1 'that name is taken' '{{#each a as r}}{{#each b as r}}{{/each}}{{/each}}'
refused 1 'not a name' '{{Title}}'
refused 1 'not a name' '{{a+b}}'
refused 1 'not a name' '{{a..b}}'
refused 1 'no loop has that name' '{{#if first r}}{{/if}}'
refused 1 'a part stands between tags' '<p class="{{> tick}}">'
refused 1 '{{ without its }}' '{{title'

uncompiled 2 titel '<p>\n{{frame.titel}}'
uncompiled 3 n_closed '<p>\n\n{{#each closed as c}}{{/each}}'
uncompiled 1 _Generic '{{frame.staff}}'
uncompiled 2 ASSET_nothing '\n{{asset nothing}}'
uncompiled 1 WORD_nothing '{{t.nothing}}'

made 'PAGE_TEXT(b, v->closed)' '<p>{{closed}}</p>'
made 'PAGE_TEXT(b, v->closed)' '<title>{{closed}}</title>'
made 'PAGE_ATTR(b, v->closed)' '<p class="a {{closed}}">'
made 'PAGE_URL(b, v->closed)' '<a href="{{closed}}">'
made 'PAGE_URL_PART(b, v->closed)' '<a href="/x?q={{closed}}">'
made 'PAGE_URL_PART(b, v->closed)' '<a href="{{#if a}}/x{{/if}}{{closed}}">'
made 'PAGE_TRUE(v->a) && !(PAGE_TRUE(v->b)) || v->c == ON' '{{#if a and not b or c is ON}}{{/if}}'
made '<ul><li>one two</li></ul>' '<ul>\n\t<li>one\n\t\ttwo</li>\n</ul>\n'
made '</b> <i>' '<p>x<b></b> <i></i></p>'
made '<textarea>\n"' '<textarea>{{closed}}</textarea>'
echo "pagegen: $tried templates judged, $failed wrongly"
[ $failed = 0 ]
