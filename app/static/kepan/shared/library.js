// Scripts of others, which are larger than all the rest of a page: fetched once, when they are needed.
const arrivals = new Map();

/** Fetch a script that puts itself into the window. */
export function fetchLibrary(address) {
  if (!arrivals.has(address)) {
    const arrival = new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = address;
      script.onload = resolve;
      script.onerror = reject;
      document.head.appendChild(script);
    });
    arrivals.set(address, arrival);
  }
  return arrivals.get(address);
}
