// Opens a form that was visited before without network, and sends what was kept meanwhile.
'use strict';

self.oninstall = () => self.skipWaiting();
self.onsync = event => event.waitUntil(sendQueued().finally(tellPages));
self.onfetch = event => {
  const {request} = event;
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (request.destination === 'script') event.respondWith(script(request));
};

async function tellPages() {
  for (const page of await clients.matchAll({includeUncontrolled: true})) page.postMessage('sent');
}

const script = async request => await caches.match(request) || fetch(request);

async function page(request) {
  const fresh = fetch(request);
  const late = new Promise((done, fail) => setTimeout(fail, 3000));
  const answer = await Promise.race([fresh, late]).catch(() => null);
  return answer && answer.status < 500 ? answer : await copyOf(request) || fresh;
}

async function copyOf(request) {
  const address = new URL(request.url);
  address.searchParams.delete('v');
  return await caches.match(address.href) || likeness(address);
}

// The form in another language will do; an interviewer's is nobody else's.
async function likeness(address) {
  const same = one => one.pathname + (one.searchParams.get('e') || '');
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    const found = (await cache.keys()).find(one => same(new URL(one.url)) === same(address));
    if (found) return cache.match(found);
  }
}
