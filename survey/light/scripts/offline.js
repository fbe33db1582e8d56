// Keeps this form and its scripts on the device, as it was sent; a copy is not copied again.
'use strict';

async function keepPage(address) {
  const cache = await caches.open('light' + new URL(address).search);
  await cache.addAll([...document.scripts].map(script => script.src).filter(Boolean));
  const {headers} = await fetch(location.href, {method: 'HEAD'});
  await cache.put(withoutToken(location.href), copyOf(asSent, headers));
  await forgetOlder(new URL(address).search);
  await navigator.serviceWorker.register(address, {scope: '/s/'});
}

// With the page's own headers: where they differ, a browser opens the copy as another site's page,
// and its tab forgets its name.
function copyOf(page, headers) {
  const copy = page.cloneNode(true);
  copy.querySelector('#rate').dataset.copy = '';
  for (const field of copy.querySelectorAll('[name=k],[name=v]')) field.removeAttribute('value');
  const kept = new Headers(headers);
  for (const name of ['Content-Encoding', 'Content-Length', 'Vary']) kept.delete(name);
  return new Response('<!DOCTYPE html>' + copy.outerHTML, {headers: kept});
}

// An interviewer keeps the units of a day before there is no network.
async function keepAhead() {
  const cache = await caches.open('light' + new URL(form.dataset.worker, location).search);
  const told = {kept: [], failed: []};
  for (const code of byId('ahead').value.split(/[\s,]+/).filter(Boolean)) {
    const address = new URL(withoutToken(location.href));
    address.pathname = '/s/' + encodeURIComponent(code);
    const answer = await fetch(address).catch(() => null);
    const page = new DOMParser().parseFromString(answer ? await answer.text() : '', 'text/html');
    const there = page.getElementById('rate');
    if (there) await cache.put(address.href, copyOf(page.documentElement, answer.headers));
    told[there ? 'kept' : 'failed'].push(code);
  }
  const [kept, failed] = [told.kept, told.failed].map(codes => codes.join(', ') || '–');
  byId('told').textContent = tell(words.fetched, {kept, failed});
  byId('told').focus();
}

// Other units stay as they were kept, with the scripts of their time, until visited again.
async function forgetOlder(version) {
  for (const name of await caches.keys()) {
    if (name === 'light' + version) continue;
    const cache = await caches.open(name);
    await cache.delete(withoutToken(location.href));
    const left = (await cache.keys()).filter(one => new URL(one.url).pathname.startsWith('/s/'));
    if (!left.length) await caches.delete(name);
  }
}

// A token is good for one visit: the copy must not hold it.
function withoutToken(address) {
  const url = new URL(address);
  url.searchParams.delete('v');
  url.hash = '';
  return url.href;
}

const {worker, copy} = form.dataset;
if (byId('bring')) byId('bring').onclick = keepAhead;
const wished = asked.get('lang') || lang;
if (copy === '' && wished !== lang) byId('told').textContent = words.one_language;
if (!isSecureContext) byId('online-only').hidden = false;
else if (copy === undefined && worker && navigator.serviceWorker && byId('problems').hidden) {
  keepPage(new URL(worker, location).href).catch(() => {});
}
