// A page that asks nothing still sends what waits on the device.
'use strict';

if (window.indexedDB) sendQueued(true).catch(() => {});
