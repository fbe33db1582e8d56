// Keeps this form and its scripts on the device; the first script, so it copies the page as sent.
'use strict';

async function keepPage(address) {
  const copy = document.documentElement.cloneNode(true);
  for (const field of copy.querySelectorAll('[name=k],[name=v]')) field.removeAttribute('value');
  for (const link of copy.querySelectorAll('nav a')) link.href = withoutToken(link.href);
  const sent = new Response('<!DOCTYPE html>' + copy.outerHTML, {headers: {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "script-src 'self'; object-src 'none'; base-uri 'self'",
  }});
  const cache = await caches.open('light' + new URL(address).search);
  await cache.addAll([...document.scripts].map(script => script.src).filter(Boolean));
  await cache.put(withoutToken(location.href), sent);
  await navigator.serviceWorker.register(address, {scope: '/s/'});
}

// A token is good for one visit: the copy must not hold it.
function withoutToken(address) {
  const url = new URL(address);
  url.searchParams.delete('v');
  url.hash = '';
  return url.href;
}

const {worker} = document.currentScript.dataset;
if (!isSecureContext) document.getElementById('online-only').hidden = false;
else if (worker && navigator.serviceWorker && !document.getElementById('problems')) {
  keepPage(new URL(worker, location).href).catch(() => {});
}
