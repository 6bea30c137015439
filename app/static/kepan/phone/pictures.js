// Pictures beside the first one are fetched when they come into view.
document.querySelectorAll('img[data-src]').forEach((image) => {
  const watcher = new IntersectionObserver(
    ([entry]) => {
      if (!entry.isIntersecting) return;
      watcher.disconnect();
      image.src = image.dataset.src;
    },
    {root: image.parentNode},
  );
  watcher.observe(image);
});
