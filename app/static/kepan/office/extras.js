// Scripts that few pages need (charts, rich text): fetched with the first content that names one.
import {onContent} from '../shared/content.js';

const fetched = new Set();

function fetchScript(address) {
  if (fetched.has(address)) return;
  fetched.add(address);
  const arrival = import(address);
  arrival.catch(() => fetched.delete(address)); // the page works without: tables, a plain field
}

onContent((root) => root.querySelectorAll('[data-script]').forEach((element) => fetchScript(element.dataset.script)));
