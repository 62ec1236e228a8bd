// Search: titles come first that begin with the query, then those with words that begin with its words, then sections whose text has such words.
const input = document.getElementById('search'), list = document.getElementById('found');
let chosen = -1;

function rank([name, where, , text = ''], words) {
  const title = name.toLowerCase(), full = (where + '::' + name).toLowerCase(), query = words.join(' ');
  const begin = in_what => words.every(word => (' ' + in_what).match('[^a-z0-9]' + word.replace(/[^\w\s]/g, '\\$&')));
  if (title === query || full === query) return name.length;
  const quality = title.startsWith(query) ? 1 : begin(full) ? 2 : begin(text) ? 3 : words.every(word => full.includes(word)) ? 4 : Infinity;
  return quality * 1000 + name.length;
}

function show() {
  const words = input.value.toLowerCase().replace('mpi::', '').split(/\s+/).filter(Boolean);
  const hits = words.length ? ENTRIES.map(entry => [rank(entry, words), entry]).filter(([r]) => r < Infinity).sort((a, b) => a[0] - b[0]).slice(0, 30) : [];
  list.replaceChildren(...hits.map(([, [name, where, place]]) => {
    const item = document.createElement('li'), link = document.createElement('a'), small = document.createElement('small');
    link.href = place;
    link.textContent = name;
    small.textContent = where;
    link.append(' ', small);
    item.append(link);
    return item;
  }));
  if (words.length && !hits.length) list.textContent = 'nothing of this name';
  chosen = -1;
}

input.addEventListener('input', show);
input.addEventListener('keydown', event => {
  const links = [...list.querySelectorAll('a')];
  if (event.key === 'Escape') { input.value = ''; show(); }
  if (event.key === 'Enter' && links.length) links[Math.max(chosen, 0)].click();
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  event.preventDefault();
  chosen = Math.max(0, Math.min(links.length - 1, chosen + (event.key === 'ArrowDown' ? 1 : -1)));
  links.forEach((link, i) => link.classList.toggle('chosen', i === chosen));
});
document.addEventListener('keydown', event => {
  if (event.key === '/' && document.activeElement !== input) { event.preventDefault(); input.focus(); }
});
document.addEventListener('click', event => { if (!event.target.closest('.search')) list.replaceChildren(); });
if (location.search.startsWith('?q=')) { input.value = decodeURIComponent(location.search.slice(3)); show(); }
